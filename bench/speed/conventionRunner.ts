/**
 * A process that trains by one convention, a piece whenever it is asked to. One of its own, since a
 * loop that other element types have run through, too, is slower than in the run of a user.
 */
import { a2c, kernel, ppo, random, trpo, vpg } from '../../src/index.ts'
import * as environments from './syntheticEnvironments.ts'
import { rows, type Row } from './conventionRows.ts'
import { timesToFill } from './rounds.ts'

const envs: { readonly [name: string]: unknown } = { ...environments }
const algorithms = { ppo, vpg, a2c, trpo } as const

/** Work of one iteration: its operations, or its milliseconds of all cores. */
export interface Iteration {
  readonly all: number
  /** the update alone */
  readonly learning: number
  /** milliseconds until it was done */
  readonly waited: number
}

type Parts = ppo.ThreadedParts<unknown> | ppo.Parts<unknown>

/** The functions of an algorithm, whose rows each have a config of its own type. */
interface Trainer {
  readonly parts: (config: unknown, env: unknown, how: kernel.Machine | 'wasm') => Parts
  readonly threadedParts: (config: unknown, env: unknown, options: object) => Promise<Parts>
  readonly init: (parts: Parts) => (key: random.Key) => unknown
  readonly iterate: (config: unknown, parts: Parts) => (state: unknown) => [unknown, unknown]
}

/** Iterations from the first state on, and how much of a clock each takes. */
const runner = (
  { algorithm, config }: Row,
  parts: Parts,
  clock: () => number,
): ((iterations: number) => Iteration) => {
  const { init, iterate } = algorithms[algorithm] as unknown as Trainer
  let learning = 0
  const timed: Parts = {
    ...parts,
    update:
      (...how) =>
      (learner) => {
        const before = clock()
        const result = parts.update(...how)(learner)
        learning += clock() - before
        return result
      },
  }
  const next = iterate(config, timed)
  const start = init(parts)(random.key(1))
  return (iterations) => {
    learning = 0
    const [began, before] = [performance.now(), clock()]
    let state = start
    for (let i = 0; i < iterations; i++) state = next(state)[1]
    return {
      all: (clock() - before) / iterations,
      learning: learning / iterations,
      waited: (performance.now() - began) / iterations,
    }
  }
}

const [TANH, EXP, ADAM] = [20, 20, 15]

/** A machine that counts floating-point operations of matrix products, tanh, exp and vectors. */
const counting = (): { readonly machine: kernel.Machine; readonly flop: () => number } => {
  let flop = 0
  const { f32 } = kernel.js
  /** The kernels of a group, each of which first adds to the count. */
  const counted = <G extends object>(
    group: G,
    flopOf: { readonly [K in keyof G]?: (...args: never[]) => number },
  ): G =>
    Object.fromEntries(
      Object.entries(group as Record<string, (...args: unknown[]) => unknown>).map(([key, f]) => [
        key,
        (...args: unknown[]) => {
          const of = flopOf[key as keyof G] as ((...args: unknown[]) => number) | undefined
          flop += of?.(...args) ?? 0
          return f(...args)
        },
      ]),
    ) as G
  type Numbers = { readonly length: number }
  const product = (m: number, k: number, n: number): number => 2 * m * k * n
  const each =
    (times: number) =>
    (out: Numbers): number =>
      times * out.length
  const machine: kernel.Machine = {
    ...f32,
    matmul: counted(f32.matmul, {
      nn: (_out: Numbers, _a: Numbers, _b: Numbers, _bias: Numbers, m, k, n) => product(m, k, n),
      tn: (_out: Numbers, _a: Numbers, _b: Numbers, m, k, n) => product(m, k, n),
      nt: (_out: Numbers, _a: Numbers, _b: Numbers, m, k, n) => product(m, k, n),
    }),
    dense: counted(f32.dense, {
      affineTanh: (_y: Numbers, _x: Numbers, _w: Numbers, _b: Numbers, m, k, n) =>
        product(m, k, n) + TANH * m * n,
      tanhBackward: each(3),
      sumRows: (_out: Numbers, _x: Numbers, m: number, n: number) => m * n,
    }),
    softmax: counted(f32.softmax, { logSoftmax: each(EXP) }),
    vector: counted(f32.vector, {
      add: each(1),
      scale: each(1),
      exp: each(EXP),
      sumSquares: each(2),
    }),
    adam: (step, ...rest) => {
      flop += ADAM * step.length
      f32.adam(step, ...rest)
    },
  }
  return { machine, flop: () => flop }
}

/** Iterations whose operations are counted: how many a line search takes differs. */
const COUNTED = 5

/** Floating-point operations of an iteration. */
const flopOf = (row: Row): Iteration => {
  const { parts } = algorithms[row.algorithm] as unknown as Trainer
  const { machine, flop } = counting()
  return runner(row, parts(row.config, envs[row.env], machine), flop)(COUNTED)
}

/** Milliseconds of work, whoever else keeps the machine busy. */
const workMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const source = new URL('syntheticEnvironments.js', import.meta.url).href

const partsOf = (
  { algorithm, config, env: name }: Row,
  threads: number,
): Parts | Promise<Parts> => {
  const { parts, threadedParts } = algorithms[algorithm] as unknown as Trainer
  const env = envs[name]
  return threads === 1
    ? parts(config, env, 'wasm')
    : threadedParts(config, env, { threads, backend: 'wasm', source: { module: source, name } })
}

const [name, threads, seconds] = process.argv.slice(2)
const row = rows.get(name!)!
const parts = await partsOf(row, Number(threads))
const run = runner(row, parts, workMs)
const iterations = timesToFill(Number(seconds), run)
const tell = (message: Iteration): unknown => process.send?.(message)
process.on('message', (message) => {
  if (message === 'run') tell(run(iterations))
  else if ('stop' in parts) void parts.stop().then(() => process.disconnect())
  else process.disconnect()
})
tell(Number(threads) === 1 ? flopOf(row) : { all: 0, learning: 0, waited: 0 })
