/** How fast products of n × n matrices are, by several backends in turns on one clock. */
import { factors, isProduct, type Product } from './product.ts'
import { speedOf, type Speed, type Table } from './speeds.ts'

export interface Contender {
  readonly name: string
  readonly product: Product
}

/** How to measure; times are in milliseconds. */
export interface Course {
  /** whole numbers, rising */
  readonly sizes: readonly number[]
  readonly rounds: number
  /** what a round of one contender lasts at least: as many products as that takes */
  readonly least: number
  /** for one contender at one size: a size that is predicted to take longer is left out */
  readonly budget: number
  readonly now: () => number
}

/** How far a measurement is: the last piece was of that contender at that size. */
export interface Progress {
  readonly done: number
  readonly total: number
  readonly name: string
  readonly n: number
}

/** A contender on its way through the sizes. */
interface Runner extends Contender {
  readonly speeds: Array<Speed | null>
  problem: string | null
  /** whether a size took too long, as larger ones would, too */
  isSlow: boolean
  /** size and time of the last two products that were measured, at first of none */
  before: readonly [n: number, ms: number]
  last: readonly [n: number, ms: number]
}

const cube = (n: number): number => n * n * n

/**
 * The milliseconds of a product of n by those of two smaller ones: what is fixed, and what grows with
 * n³, t = t₁ + (t₁ − t₀)(n³ − n₁³) / (n₁³ − n₀³). Of one alone, all grows.
 */
const predicted = ({ before: [n0, t0], last: [n1, t1] }: Runner, n: number): number =>
  n1 === 0 ? 0 : t1 + (Math.max(0, t1 - t0) * (cube(n) - cube(n1))) / (cube(n1) - cube(n0))

const expectWhole = (name: string, x: number, least: number): void => {
  if (!(Number.isSafeInteger(x) && x >= least))
    throw new RangeError(`${name}: expected a whole number >= ${least}, got ${x}`)
}

/**
 * All contenders at all sizes. At each size everyone is warmed up, its product is checked, and then
 * they take turns, each round from another one on, so that a machine that slows down slows all of
 * them. After each piece it reports its progress; time spent between two pieces is not measured.
 *
 * @throws RangeError where a size or the rounds are no whole number, or sizes do not rise
 */
export async function* measurement(
  contenders: readonly Contender[],
  { sizes, rounds, least, budget, now }: Course,
): AsyncGenerator<Progress, Table, void> {
  expectWhole('rounds', rounds, 1)
  sizes.forEach((n, i) => expectWhole(`sizes[${i}]`, n, i === 0 ? 1 : sizes[i - 1]! + 1))
  const runners = contenders.map(({ name, product }): Runner => ({
    name,
    product,
    speeds: [],
    problem: null,
    isSlow: false,
    before: [0, 0],
    last: [0, 0],
  }))
  const total = sizes.length * runners.length * (1 + rounds)
  let done = 0

  for (const n of sizes) {
    const [a, b] = factors(n)

    /** Milliseconds that so many products take. */
    const timed = async ({ product }: Runner, times: number): Promise<number> => {
      const start = now()
      for (let i = 0; i < times; i++) {
        const result = product(a, b, n)
        if (result instanceof Promise) await result
      }
      return now() - start
    }

    /** How many products a round takes; 0 where all rounds would take too long. */
    const warmedUp = async (runner: Runner): Promise<number> => {
      const isLong = (ms: number): boolean => (rounds + 2) * ms > budget
      if (isLong(predicted(runner, n))) return 0
      const start = now()
      const first = await runner.product(a, b, n)
      // A first product may have to compile: that it lasts says nothing of the next one yet.
      if (now() - start > budget) return 0
      if (!isProduct(first, a, b, n))
        throw new RangeError(`n = ${n}: expected the product of two matrices, got other numbers`)
      for (let times = 1; ; times *= 2) {
        const ms = await timed(runner, times)
        if (isLong(ms / times)) return 0
        if (ms >= least) return times
      }
    }

    /** What comes of it, or null where it throws, which ends the measurement of the runner. */
    const attempt = async (runner: Runner, work: Promise<number>): Promise<number | null> => {
      try {
        return await work
      } catch (error) {
        runner.problem = error instanceof Error ? error.message : String(error)
        return null
      }
    }

    const running: Array<{ runner: Runner; times: number; took: number[] }> = []
    for (const runner of runners) {
      const isOut = runner.isSlow || runner.problem !== null
      const times = isOut ? null : await attempt(runner, warmedUp(runner))
      runner.isSlow ||= times === 0
      if (times !== null && times > 0) running.push({ runner, times, took: [] })
      done += times !== null && times > 0 ? 1 : 1 + rounds
      yield { done, total, name: runner.name, n }
    }
    for (let round = 0; round < rounds; round++)
      for (let i = 0; i < running.length; i++) {
        const { runner, times, took } = running[(round + i) % running.length]!
        const ms = runner.problem === null ? await attempt(runner, timed(runner, times)) : null
        if (ms !== null) took.push(ms / times)
        done++
        yield { done, total, name: runner.name, n }
      }

    const timesOf = new Map(running.map(({ runner, took }) => [runner, took]))
    for (const runner of runners) {
      const took = timesOf.get(runner)
      const isMeasured = took !== undefined && runner.problem === null
      runner.speeds.push(isMeasured ? speedOf(took, n) : null)
      if (!isMeasured) continue
      runner.before = runner.last
      runner.last = [n, Math.min(...took)]
    }
  }
  return { sizes, rows: runners.map(({ name, speeds, problem }) => ({ name, speeds, problem })) }
}
