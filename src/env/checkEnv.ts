import { key as keyOf, type Key } from '../random/key.ts'
import { expectCount } from '../tensor/argument.ts'
import { answering } from './check/answered.ts'
import { lookForChance, playAgain } from './check/again.ts'
import { liveThrough, type Played } from './check/episode.ts'
import { LAWS, NOTES, type LawId } from './check/laws.ts'
import { ledger, type Ledger } from './check/ledger.ts'
import { spaceProblem } from './check/space.ts'
import type { AnyEnvironment, AsyncEnvironment, Environment } from './environment.ts'
import { show } from './show.ts'
import type { Box, Space } from './space.ts'
import { runSync, runAsync, type Task } from '../engine/task.ts'

/** How thoroughly `checkEnv` checks an environment. */
export interface CheckOptions {
  /** The key of all random draws: equal keys run equal checks. `key(0)` by default. */
  readonly key?: Key
  /** Number of episodes to play, 4 by default. */
  readonly episodes?: number
  /** Maximum steps per episode, 1000 by default. */
  readonly steps?: number
}

/** A law that `checkEnv` checks, and what it found. */
export interface CheckedLaw {
  readonly id: LawId
  readonly name: string
  /** Whether this is a note, whose failure is not a fault. */
  readonly kind: 'law' | 'note'
  /** null if the environment broke another law before this one was checked. */
  readonly ok: boolean | null
  /** Where and how the law was first broken. */
  readonly problem: string | null
}

/** What `checkEnv` found: every law, and whether all of them hold. */
export interface CheckReport {
  readonly environment: string
  /** Every law holds. */
  readonly ok: boolean
  readonly laws: readonly CheckedLaw[]
}

const lawIds = Object.keys(LAWS) as ReadonlyArray<keyof typeof LAWS>
const noteIds = Object.keys(NOTES) as ReadonlyArray<keyof typeof NOTES>

const expectParts = (env: AnyEnvironment<unknown>, { demand }: Ledger): void => {
  const given: unknown = env
  const isObject = typeof given === 'object' && given !== null
  demand('parts', 'the environment', isObject ? null : `expected an object, got ${show(given)}`)
  const name: unknown = env.name
  demand('parts', 'name', typeof name === 'string' ? null : `expected a string, got ${show(name)}`)
  for (const part of ['init', 'step', 'observe', 'actionMask'] as const) {
    const f: unknown = env[part]
    const isThere = typeof f === 'function' || (part === 'actionMask' && f === undefined)
    demand('parts', part, isThere ? null : `expected a function, got ${show(f)}`)
  }
}

const expectSpaces = (env: AnyEnvironment<unknown>, { demand }: Ledger): void => {
  for (const argument of ['observationSpace', 'actionSpace'] as const)
    demand('spaces', argument, spaceProblem(env[argument]))
}

const nameOf = (env: unknown): string => {
  try {
    const { name } = env as { readonly name: unknown }
    return typeof name === 'string' ? name : 'the environment'
  } catch {
    return 'the environment'
  }
}

const checking = function* (
  env: AnyEnvironment<unknown>,
  options: CheckOptions,
  waits: boolean,
): Task<CheckReport> {
  const { key = keyOf(0), episodes = 4, steps = 1000 } = options
  expectCount('episodes', episodes)
  expectCount('steps', steps)
  const book = ledger()
  const check = function* (): Task<void> {
    expectParts(env, book)
    expectSpaces(env, book)
    const asking = { env, book, answered: answering(env, book, waits) }
    const played: Played[] = []
    for (let e = 0; e < episodes; e++) played.push(yield* liveThrough(asking, key, e, steps))
    if (env.actionMask === undefined) book.enter('mask', 'actionMask', null)
    if (lawIds.some((id) => typeof book.found.get(id) === 'string')) return
    yield* playAgain(asking, played)
    yield* lookForChance(asking, key)
  }
  yield* book.close(check())

  const found = (id: LawId, name: string, kind: 'law' | 'note'): CheckedLaw => {
    const problem = book.found.get(id)
    return {
      id,
      name,
      kind,
      ok: problem === undefined ? null : problem === null,
      problem: problem ?? null,
    }
  }
  const laws = [
    ...lawIds.map((id) => found(id, LAWS[id], 'law')),
    ...noteIds.map((id) => found(id, NOTES[id], 'note')),
  ]
  const ok = laws.every((law) => law.kind === 'note' || law.ok === true)
  return { environment: nameOf(env), ok, laws }
}

/**
 * Plays a few episodes of an environment with random actions, and reports which laws of an `Environment` it
 * obeys: its functions are pure, its values stay within its spaces, and its outcomes are plain numbers and
 * booleans. It makes each call several times, so use it only in tests. A law that holds here has held for the
 * episodes that were tried. An environment that throws breaks the law under check.
 *
 * @throws RangeError for options that are not whole numbers >= 1, and never for the environment
 */
export const checkEnv = <S, O extends Space = Box>(
  env: Environment<S, Space, O>,
  options: CheckOptions = {},
): CheckReport =>
  // Valid for any observation space: observations are only compared, with the space and each other.
  runSync(checking(env as unknown as AnyEnvironment<unknown>, options, false))

/**
 * Checks the laws of `checkEnv` for an environment that returns promises. If a state can be stepped only once
 * (`forwardOnly`, as with games without snapshots: see `fromGymAsync`), no call is repeated, and episodes are
 * replayed one after the other.
 *
 * @throws RangeError, as a rejection, if an option is not a whole number >= 1; never for a fault of the
 * environment
 */
export const checkEnvAsync = async <S>(
  env: AsyncEnvironment<S>,
  options: CheckOptions = {},
): Promise<CheckReport> => runAsync(checking(env as AnyEnvironment<unknown>, options, true))

const markOf = ({ ok, kind }: CheckedLaw): string =>
  ok === null ? '–' : ok ? '✓' : kind === 'law' ? '✗' : '·'

/**
 * A report as lines of text: ✓ for a law that holds, ✗ for one that does not, and where, · for a
 * note, – for a law that was not reached.
 */
export const describeReport = ({ environment, ok, laws }: CheckReport): string =>
  [
    `${environment} ${ok ? 'keeps the laws of an environment' : 'breaks the laws of an environment'}:`,
    ...laws.flatMap((law) => [
      `  ${markOf(law)} ${law.name}`,
      ...(law.problem === null ? [] : [`      ${law.problem}`]),
    ]),
  ].join('\n')

/**
 * `checkEnv` for a test: `test('my environment', () => expectEnv(myEnvironment))`.
 *
 * @throws Error with the described report unless every law holds
 */
export const expectEnv = <S, O extends Space = Box>(
  env: Environment<S, Space, O>,
  options: CheckOptions = {},
): void => {
  const report = checkEnv(env, options)
  if (!report.ok) throw new Error(describeReport(report))
}

/**
 * `checkEnvAsync` for a test: `test('my game', () => expectEnvAsync(game))`.
 *
 * @throws Error, as a rejection, with the described report unless every law holds
 */
export const expectEnvAsync = async <S>(
  env: AsyncEnvironment<S>,
  options: CheckOptions = {},
): Promise<void> => {
  const report = await checkEnvAsync(env, options)
  if (!report.ok) throw new Error(describeReport(report))
}
