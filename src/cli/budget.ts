import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { totalmem } from 'node:os'
import type { Estimate } from '../algo/ppo/estimate/estimate.ts'
import {
  describeBytes,
  estimateLongestUpdate,
  expectWithin,
  defaultBudget,
  type Budget,
} from '../run/budget.ts'
import type { Environment } from '../env/environment.ts'
import type { RunConfig } from '../run/config.ts'
import { threadsOf } from './backendOptions.ts'
import type { TrainOptions } from './types.ts'
import type { Problem } from './problem.ts'

/** Option of commands that process files from other people. */
export const budgetOptions = { budget: { type: 'string' } } as const

const SECONDS: { readonly [unit: string]: number } = { s: 1, min: 60, h: 3600, d: 86_400 }
const BYTES: { readonly [unit: string]: number } = {
  MiB: 1024 * 1024,
  GiB: 1024 * 1024 * 1024,
}

const AMOUNT = /^(\d{1,9}(?:\.\d{1,3})?)(s|min|h|d|MiB|GiB)$/

const expected = (text: string): Problem =>
  `--budget: expected a time such as 90s, 10min, 3h or 2d, memory such as 512MiB or 4GiB, both as in 3h,4GiB, or none, got ${JSON.stringify(text)}`

/** Parses `3h`, `4GiB`, `3h,4GiB` or `none`; a limit that is not given keeps its default. */
export const parseBudget = (text: string | undefined): E.Either<Problem, Budget> => {
  if (text === undefined) return E.right(defaultBudget)
  if (text === 'none') return E.right({ seconds: Infinity, bytes: Infinity })
  let budget: Budget = defaultBudget
  const parts = text.split(',')
  for (const part of parts) {
    const [, count, unit] = AMOUNT.exec(part) ?? []
    if (count === undefined || unit === undefined || parts.length > 2) return E.left(expected(text))
    const [seconds, bytes] = [SECONDS[unit], BYTES[unit]]
    budget =
      seconds === undefined
        ? { ...budget, bytes: Number(count) * bytes! }
        : { ...budget, seconds: Number(count) * seconds }
  }
  return E.right(budget)
}

const atLeast = (x: number, units: { readonly [unit: string]: number }): string => {
  const [unit, size] =
    Object.entries(units).findLast(([, one]) => x >= one) ?? Object.entries(units)[0]!
  return `${Math.ceil(x / size)}${unit}`
}

/** A value for `--budget` that allows the estimated work. */
const enough = ({ seconds, bytes }: Budget, budget: Budget): string => {
  const named = [
    ...(seconds > budget.seconds ? [atLeast(seconds, SECONDS)] : []),
    ...(bytes > budget.bytes ? [atLeast(bytes, BYTES)] : []),
  ].join(',')
  return AMOUNT.test(named.split(',')[0]!) ? named : 'none'
}

/** Left if the estimate exceeds the budget, with the value of `--budget` that would allow it. */
export const expectAffordable =
  (name: string, budget: Budget) =>
  <T extends Budget>(estimated: T): E.Either<Problem, T> =>
    pipe(
      estimated,
      expectWithin(budget),
      E.mapLeft(
        (problem): Problem =>
          `${name}: ${problem}: --budget ${enough(estimated, budget)} allows it`,
      ),
    )

/**
 * Left if a single update of a run exceeds the budget in time or memory. The number of updates does not
 * count: training shows its progress, and the user can end it after any update.
 */
export const expectLongestUpdate = (
  name: string,
  config: Pick<RunConfig, 'algorithm' | 'past' | 'settings' | 'evaluation'>,
  env: Environment<unknown>,
  { backend, budget }: Pick<TrainOptions, 'backend' | 'budget'>,
): TE.TaskEither<Problem, Estimate> =>
  pipe(
    TE.fromTask(() => threadsOf(backend)),
    TE.flatMapEither((threads) =>
      pipe(
        estimateLongestUpdate(config, env, { threads, kernels: backend.kernels }),
        expectAffordable(`${name}: one update`, budget),
      ),
    ),
  )

/** Memory of this machine, or the limit of its container, in bytes. */
const machineBytes = (): number => {
  const constrained = process.constrainedMemory()
  // Without a limit this is 0, or more than any machine has.
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
}

const MOST_IN_ONE = 4 * BYTES['GiB']!

/** Left if the work does not fit into the memory of this machine, or of WebAssembly. */
export const expectMemory = (
  { bytes, planBytes }: Pick<Estimate, 'bytes' | 'planBytes'>,
  most = machineBytes(),
): E.Either<Problem, void> => {
  if (planBytes > MOST_IN_ONE)
    return E.left(
      `memory: expected at most 4 GiB for networks and batch, got about ${describeBytes(planBytes)}: use smaller networks, fewer environments, steps, epochs or shards`,
    )
  return bytes > most
    ? E.left(
        `memory: expected at most the ${describeBytes(most)} of this machine, got about ${describeBytes(bytes)}: use smaller networks, fewer environments, steps, epochs or shards`,
      )
    : E.right(undefined)
}
