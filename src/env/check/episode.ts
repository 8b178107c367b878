import { foldIn, split, type Key } from '../../random/key.ts'
import { contains } from '../contains.ts'
import type { AnyEnvironment, Outcome } from '../environment.ts'
import { maskProblem } from '../mask.ts'
import type { NumberArray } from '../numbers.ts'
import { sampleElement } from '../sample.ts'
import { show } from '../show.ts'
import type { Element, Space } from '../space.ts'
import type { Later, Task } from '../../engine/task.ts'
import type { Answered } from './answered.ts'
import type { LawId } from './laws.ts'
import type { Ledger } from './ledger.ts'
import { difference, linesOf } from './lines.ts'

/** What was done in an episode, under which keys, and what was seen of it. */
export interface Played {
  readonly initKey: Key
  readonly stepKey: Key
  readonly actions: ReadonlyArray<Element<Space>>
  /** Lines of the first observation, and of the outcome and the observation of every step. */
  readonly seen: ReadonlyArray<readonly string[]>
}

/** The lines that distinguish one episode from another. */
export const seenLines = (outcome: Outcome | null, observation: unknown): readonly string[] => [
  ...(outcome === null ? [] : linesOf(outcome, 'outcome')),
  ...linesOf(observation, 'observation'),
]

/** An environment, how to call it, and where to record results. */
export interface Asking {
  readonly env: AnyEnvironment<unknown>
  readonly answered: Answered
  readonly book: Ledger
}

/**
 * Calls f() twice, and checks that it changes no argument and gives the same bits. With `forwardOnly` it
 * calls f() once; replaying the episodes checks determinism then.
 */
const asked = function* <T>(
  { env, answered, book: { enter, demand } }: Asking,
  law: LawId,
  place: string,
  given: { readonly [name: string]: unknown },
  f: () => Later<T>,
): Task<T> {
  const gave = (): readonly string[] =>
    Object.entries(given).flatMap(([name, value]) => linesOf(value, name))
  const before = gave()
  const answer = yield* answered(law, place, f)
  const first = linesOf(answer, law)
  demand('untouched', `${place}, ${law}`, difference(before, gave()))
  if (env.forwardOnly === true && (law === 'init' || law === 'step')) {
    enter(law, place, null)
    return answer
  }
  const again = linesOf(yield* answered(law, place, f), law)
  demand('untouched', `${place}, ${law}, asked again`, difference(first, linesOf(answer, law)))
  enter(law, place, difference(first, again))
  return answer
}

const outcomeProblem = (answer: unknown): string | null => {
  if (!Array.isArray(answer) || answer.length !== 2)
    return `expected [outcome, state], got ${show(answer)}`
  const outcome: unknown = answer[0]
  return typeof outcome === 'object' && outcome !== null
    ? null
    : `expected an outcome, got ${show(outcome)}`
}

const cloneProblem = function* (
  answered: Answered,
  place: string,
  state: unknown,
  answer: unknown,
  step: (state: unknown) => Later<unknown>,
): Task<string | null> {
  try {
    const copy = structuredClone(state)
    const change = difference(linesOf(state, 'state'), linesOf(copy, 'state'))
    if (change !== null) return `a clone differs: ${change}`
    const other = yield* answered('plain', place, () => step(copy))
    const next = difference(linesOf(answer, 'step'), linesOf(other, 'step'))
    return next === null ? null : `the step from a clone differs: ${next}`
  } catch (error) {
    return error instanceof Error ? error.message : show(error)
  }
}

const booleanProblem = (name: string, value: unknown): string | null =>
  typeof value === 'boolean' ? null : `${name}: expected a boolean, got ${show(value)}`

const enterOutcome = (outcome: Outcome, place: string, { enter }: Ledger): void => {
  const { reward, terminated, truncated } = outcome
  const isPaid = Number.isFinite(reward)
  enter('reward', place, isPaid ? null : `expected a finite number, got ${show(reward)}`)
  enter('ends', place, booleanProblem('terminated', terminated))
  enter('ends', place, booleanProblem('truncated', truncated))
}

/** What is not a boolean counts as it does in JavaScript. */
const isOver = ({ terminated, truncated }: { readonly [K in keyof Outcome]: unknown }): boolean =>
  Boolean(terminated) || Boolean(truncated)

/**
 * Lives through episode `number` of at most `limit` steps with drawn actions, and enters what it
 * finds.
 */
export const liveThrough = function* (
  asking: Asking,
  key: Key,
  number: number,
  limit: number,
): Task<Played> {
  const { env, answered, book } = asking
  const { observationSpace, actionSpace, actionMask } = env
  const [initKey, stepKey, chooseKey] = split(foldIn(key, number), 3)
  const actions: Array<Element<Space>> = []
  const seen: Array<readonly string[]> = []
  // What was given out before must stay as it was.
  let observation: NumberArray = []
  let mask: readonly boolean[] = []
  let told: unknown = null

  const see = function* (state: unknown, outcome: Outcome | null, place: string): Task<void> {
    const given = { state, 'the observation before': observation }
    const next = yield* asked(asking, 'observe', place, given, () => env.observe(state))
    book.enter('seen', place, contains(observationSpace, next))
    observation = next
    seen.push(seenLines(outcome, next))
  }

  const choose = function* (state: unknown, at: number, place: string): Task<Element<Space>> {
    const chooser = foldIn(chooseKey, at)
    if (actionMask === undefined) return sampleElement(actionSpace, chooser)
    const given = { state, 'the mask before': mask }
    const open = yield* asked(asking, 'mask', place, given, () => actionMask(state))
    mask = open
    book.demand('mask', place, maskProblem(actionSpace, open))
    return sampleElement(actionSpace, chooser, open)
  }

  let place = `episode ${number}, init`
  let state = yield* asked(asking, 'init', place, { key: initKey }, () => env.init(initKey))
  yield* see(state, null, place)
  for (let t = 0; t < limit; t++) {
    place = `episode ${number}, step ${t}`
    const action = yield* choose(state, t, place)
    const stepped = foldIn(stepKey, t)
    place = `${place}, action ${JSON.stringify(action)}`

    const from = state
    const given = { action, key: stepped, state: from, 'the outcome before': told }
    const act = book.run('step', place, () => env.step(action, stepped))
    book.demand(
      'step',
      place,
      typeof act === 'function' ? null : `expected a function of the state, got ${show(act)}`,
    )
    const answer = yield* asked(asking, 'step', place, given, () => act(from))
    book.demand('step', place, outcomeProblem(answer))
    if (env.forwardOnly !== true) {
      const fresh = yield* answered('step', place, () => env.step(action, stepped)(from))
      book.enter('step', place, difference(linesOf(answer, 'step'), linesOf(fresh, 'step')))
    }

    const [outcome, next] = answer
    told = outcome
    enterOutcome(outcome, place, book)
    if (env.forwardOnly !== true)
      book.enter('plain', place, yield* cloneProblem(answered, place, from, answer, act))
    yield* see(next, outcome, place)
    actions.push(action)
    state = next
    if (isOver(outcome)) {
      book.enter('limit', place, null)
      env.release?.(state)
      return { initKey, stepKey, actions, seen }
    }
  }
  book.enter('limit', `episode ${number}`, `not over after ${limit} steps: it needs a time limit`)
  env.release?.(state)
  return { initKey, stepKey, actions, seen }
}
