import { foldIn, split, type Key } from '../../random/key.ts'
import { contains } from '../contains.ts'
import type { Environment, Outcome } from '../environment.ts'
import { maskProblem } from '../mask.ts'
import type { NumberArray } from '../numbers.ts'
import { sampleElement } from '../sample.ts'
import { show } from '../show.ts'
import type { Element, Space } from '../space.ts'
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

/** The lines by which an episode is told from another. */
export const seenLines = (outcome: Outcome | null, observation: unknown): readonly string[] => [
  ...(outcome === null ? [] : linesOf(outcome, 'outcome')),
  ...linesOf(observation, 'observation'),
]

/** f(), asked twice: nothing given is written to, and the answers are the same to the bit. */
const asked = <T>(
  { run, enter, demand }: Ledger,
  law: LawId,
  place: string,
  given: { readonly [name: string]: unknown },
  f: () => T,
): T => {
  const gave = (): readonly string[] =>
    Object.entries(given).flatMap(([name, value]) => linesOf(value, name))
  const before = gave()
  const answer = run(law, place, f)
  const first = linesOf(answer, law)
  demand('untouched', `${place}, ${law}`, difference(before, gave()))
  const again = linesOf(run(law, place, f), law)
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

const cloneProblem = <S>(state: S, step: (state: S) => unknown): string | null => {
  try {
    const copy = structuredClone(state)
    const change = difference(linesOf(state, 'state'), linesOf(copy, 'state'))
    if (change !== null) return `a clone is another: ${change}`
    const next = difference(linesOf(step(state), 'step'), linesOf(step(copy), 'step'))
    return next === null ? null : `the step from a clone is another: ${next}`
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

/** What is no boolean counts as JavaScript counts it. */
const isOver = ({ terminated, truncated }: { readonly [K in keyof Outcome]: unknown }): boolean =>
  Boolean(terminated) || Boolean(truncated)

/**
 * Lives through episode `number` of at most `limit` steps with drawn actions, and enters what it
 * finds.
 */
export const liveThrough = <S>(
  env: Environment<S>,
  key: Key,
  number: number,
  limit: number,
  book: Ledger,
): Played => {
  const { observationSpace, actionSpace, actionMask } = env
  const [initKey, stepKey, chooseKey] = split(foldIn(key, number), 3)
  const actions: Array<Element<Space>> = []
  const seen: Array<readonly string[]> = []
  // What was given out before must stay as it was.
  let observation: NumberArray = []
  let mask: readonly boolean[] = []
  let told: unknown = null

  const see = (state: S, outcome: Outcome | null, place: string): void => {
    const given = { state, 'the observation before': observation }
    const next = asked(book, 'observe', place, given, () => env.observe(state))
    book.enter('seen', place, contains(observationSpace, next))
    observation = next
    seen.push(seenLines(outcome, next))
  }

  const choose = (state: S, at: number, place: string): Element<Space> => {
    const chooser = foldIn(chooseKey, at)
    if (actionMask === undefined) return sampleElement(actionSpace, chooser)
    const given = { state, 'the mask before': mask }
    const open = asked(book, 'mask', place, given, () => actionMask(state))
    mask = open
    book.demand('mask', place, maskProblem(actionSpace, open))
    return sampleElement(actionSpace, chooser, open)
  }

  let place = `episode ${number}, init`
  let state = asked(book, 'init', place, { key: initKey }, () => env.init(initKey))
  see(state, null, place)
  for (let t = 0; t < limit; t++) {
    place = `episode ${number}, step ${t}`
    const action = choose(state, t, place)
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
    const answer = asked(book, 'step', place, given, () => act(from))
    book.demand('step', place, outcomeProblem(answer))
    const fresh = book.run('step', place, () => env.step(action, stepped)(from))
    book.enter('step', place, difference(linesOf(answer, 'step'), linesOf(fresh, 'step')))

    const [outcome, next] = answer
    told = outcome
    enterOutcome(outcome, place, book)
    book.enter('plain', place, cloneProblem(from, act))
    see(next, outcome, place)
    actions.push(action)
    state = next
    if (isOver(outcome)) {
      book.enter('limit', place, null)
      return { initKey, stepKey, actions, seen }
    }
  }
  book.enter('limit', `episode ${number}`, `not over after ${limit} steps: it wants a time limit`)
  return { initKey, stepKey, actions, seen }
}
