/** Env steps per second of whole training iterations, beside straight C doing the same work. */
import { env, ppo, random } from '../../src/index.ts'
import { cores } from './cores.ts'
import { floorSpeed, type Floor } from './floor.ts'
import { othersBusy } from './others.ts'
import { interleave, ratios, secondsOf, timesToFill, type Effort } from './rounds.ts'
import { spread, table } from './table.ts'

/** CleanRL's ppo.py, in a run that no bench gets to the end of. */
export const cleanrl: ppo.PpoConfig = { ...ppo.preset('cleanrl'), totalSteps: 1e9 }

/** So many iterations from the first state on: the same work each time. */
export const trainer = <S>(
  config: ppo.PpoConfig,
  parts: ppo.Parts<S>,
): ((updates: number) => void) => {
  const start = ppo.init(parts)(random.key(1))
  return (updates) => {
    for (const [{ update }] of ppo.train(config, parts)(start)) if (update === updates) break
  }
}

/** Warms training up; from then on a piece of it gives its env steps per second. */
export const piece = <S>(
  effort: Pick<Effort, 'seconds' | 'updates'>,
  config: ppo.PpoConfig,
  parts: ppo.Parts<S>,
): (() => number) => {
  const run = trainer(config, parts)
  const filling = timesToFill(effort.seconds, run)
  const updates = effort.updates ?? filling
  return () => (updates * config.envs * config.steps) / secondsOf(() => run(updates))
}

const floorPiece = (
  { seconds, updates }: Effort,
  { envs, steps }: ppo.PpoConfig,
  floor: Floor,
): (() => number) => {
  const filling = Math.ceil((seconds * floorSpeed(floor, 40)) / (envs * steps))
  return () => floorSpeed(floor, updates ?? filling)
}

/** A way to train: a backend on a number of threads, or a build of the floor. */
type Way = { readonly backend: 'js' | 'wasm'; readonly threads: number } | { readonly floor: Floor }

const WAYS: { readonly [name: string]: Way } = {
  js: { backend: 'js', threads: 1 },
  wasm: { backend: 'wasm', threads: 1 },
  'wasm × 2': { backend: 'wasm', threads: 2 },
  C: { floor: 'floor' },
  'C wide': { floor: 'floorWide' },
}

const WAYS_32: typeof WAYS = {
  wasm: { backend: 'wasm', threads: 1 },
  'wasm × 2': { backend: 'wasm', threads: 2 },
  C: { floor: 'floor32' },
}

const RATIOS = [
  ['js', 'C'],
  ['wasm', 'C'],
  ['wasm × 2', 'C'],
  ['wasm', 'C wide'],
  ['wasm × 2', 'wasm'],
] as const

/** What two threads could gain at most, in the same rounds. */
const CORES = 'two cores ÷ one'

const compare = async (
  effort: Effort,
  config: ppo.PpoConfig,
  ways: typeof WAYS,
  hasFloor: boolean,
): Promise<string> => {
  const contenders = new Map<string, () => number>()
  const stops: Array<() => Promise<void>> = []
  for (const [name, way] of Object.entries(ways)) {
    if ('floor' in way) {
      if (hasFloor) contenders.set(name, floorPiece(effort, config, way.floor))
    } else if (way.threads === 1)
      contenders.set(name, piece(effort, config, ppo.parts(config, env.cartPole, way.backend)))
    else {
      const parts = await ppo.threadedParts(config, env.cartPole, way)
      stops.push(parts.stop)
      contenders.set(name, piece(effort, config, parts))
    }
  }
  const second = cores(effort.seconds)
  second.piece()
  contenders.set(CORES, second.piece)
  const speeds = interleave(effort.rounds, contenders)
  second.stop()
  await Promise.all(stops.map((stop) => stop()))
  const steps = [...speeds].filter(([name]) => name !== CORES)
  return table([
    ...steps.map(([name, xs]) => [`${name}, steps/s`, spread(xs, 0)]),
    ...RATIOS.flatMap(([a, b]) => {
      const xs = ratios(speeds, a, b)
      return xs === null ? [] : [[`${a} ÷ ${b}`, spread(xs, 3)]]
    }),
    [CORES, spread(speeds.get(CORES)!, 3)],
  ])
}

export const training = async (effort: Effort, hasFloor: boolean): Promise<void> => {
  const show = async (title: string, config: ppo.PpoConfig, ways: typeof WAYS): Promise<void> => {
    console.log(`\n${title}, ${effort.rounds} rounds: median (min … max)`)
    console.log(`before it, ${await othersBusy()}\n`)
    console.log(await compare(effort, config, ways, hasFloor))
    console.log(`\nafter it, ${await othersBusy()}`)
  }
  console.log('C: gcc -O3; C wide: -march=native -mprefer-vector-width=512 -ffast-math, too')
  await show("CartPole at CleanRL's defaults", cleanrl, WAYS)
  await show('CartPole with 32 envs × 128 steps', { ...cleanrl, envs: 32 }, WAYS_32)
}
