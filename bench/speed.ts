/**
 * How fast training is, beside straight C doing the same work on the same machine in the same
 * minutes: `npm run bench:speed -- [--rounds N] [--updates N]`.
 *
 * Rounds are interleaved (C, JavaScript, C, …), so that a machine that slows down slows both, and
 * the ratio is taken within each round. Absolute numbers say more about the machine.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Bench } from 'tinybench'
import { env, ppo, random } from '../src/index.ts'
import { js } from '../src/kernel/js/js.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, updates: { type: 'string', default: '40' } },
})
const rounds = Number(values.rounds)
const updates = Number(values.updates)

const root = fileURLToPath(new URL('../..', import.meta.url))
const floor = `${root}.build/floor`

const buildFloor = (): boolean => {
  try {
    mkdirSync(`${root}.build`, { recursive: true })
    execFileSync('gcc', ['-O3', `${root}bench/floor.c`, '-o', floor, '-lm'])
    return true
  } catch {
    console.log('floor: SKIPPED, gcc is not here to build bench/floor.c; no ratio without it')
    return false
  }
}

/** Env steps per second of the C floor over ten times as many updates, since it is faster. */
const floorSpeed = (): number => {
  const out = execFileSync(floor, ['ppo', String(10 * updates)], { encoding: 'utf8' })
  return Number(/: (\d+) steps\/s/.exec(out)?.[1])
}

const trainSpeed = (): number => {
  const config = { ...ppo.preset('cleanrl'), totalSteps: updates * 512 }
  const parts = ppo.parts(config, env.cartPole)
  const started = performance.now()
  for (const [{ update }] of ppo.train(config, parts)(ppo.init(parts)(random.key(1))))
    if (update === updates) break
  return (1000 * config.totalSteps) / (performance.now() - started)
}

const median = (xs: readonly number[]): number =>
  xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)]!

const row = (name: string, xs: readonly number[], digits: number): string =>
  `${name.padEnd(24)} ${median(xs).toFixed(digits).padStart(9)}  (${Math.min(...xs).toFixed(digits)} … ${Math.max(...xs).toFixed(digits)})`

const hasFloor = buildFloor()
trainSpeed()
const speeds: number[] = []
const floors: number[] = []
for (let round = 0; round < rounds; round++) {
  if (hasFloor) floors.push(floorSpeed())
  speeds.push(trainSpeed())
}
console.log(`CartPole at CleanRL's defaults, ${rounds} rounds: median (min … max)`)
console.log(row('js, steps/s', speeds, 0))
if (hasFloor) {
  console.log(row('C at -O3, steps/s', floors, 0))
  console.log(
    row(
      'js ÷ C',
      speeds.map((speed, i) => speed / floors[i]!),
      3,
    ),
  )
}

const bench = new Bench({ time: 20 * rounds, warmupTime: 20 })
const random32 = (n: number): Float32Array => Float32Array.from(random32Data(n), (x) => x - 0.5)
const random32Data = (n: number) => Array.from({ length: n }, (_, i) => ((i * 7919) % 997) / 997)
const gflop = new Map<string, number>()
for (const n of [16, 64, 256]) {
  const [a, b, out] = [random32(n * n), random32(n * n), new Float32Array(n * n)]
  for (const [name, run] of [
    ['nn', () => js.f32.matmul.nn(out, a, b, null, n, n, n)],
    ['tn', () => js.f32.matmul.tn(out, a, b, n, n, n)],
    ['nt', () => js.f32.matmul.nt(out, a, b, n, n, n)],
  ] as const) {
    gflop.set(`${name} ${n}`, (2 * n * n * n) / 1e9)
    bench.add(`${name} ${n}`, run)
  }
}
const wide = random32(8192)
bench.add('tanh 8192', () => {
  js.f32.dense.affineTanh(
    new Float32Array(8192),
    wide,
    new Float32Array(64),
    new Float32Array(64),
    128,
    0,
    64,
  )
})
await bench.run()
console.log('\njs kernels, median')
for (const { name, result } of bench.tasks) {
  if (!('latency' in result)) continue
  const seconds = result.latency.p50 / 1000
  const work = gflop.get(name)
  console.log(
    work === undefined
      ? `${name.padEnd(12)} ${((1e9 * seconds) / 8192).toFixed(1)} ns an element`
      : `${name.padEnd(12)} ${(work / seconds).toFixed(2)} GFLOP/s`,
  )
}
