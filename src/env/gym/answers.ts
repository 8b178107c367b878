import { errorAt, located } from '../../tensor/check.ts'
import type { Outcome } from '../environment.ts'
import { isList } from '../numbers.ts'
import { show } from '../show.ts'
import {
  box,
  discrete,
  multiBinary,
  multiDiscrete,
  product,
  type Space,
  type Spaces,
} from '../space.ts'

/** What a game says of where it is and how it came there; the numbers are for a guard to look at. */
export interface GymAnswer {
  readonly outcome: Outcome
  readonly observation: readonly number[]
}

type Record = { readonly [field: string]: unknown }

const isRecord = (x: unknown): x is Record => typeof x === 'object' && x !== null

const said = (x: unknown): string => {
  if (isList(x)) return `a list of ${x.length}`
  return isRecord(x) ? `an object of ${Object.keys(x).join(', ') || 'nothing'}` : show(x)
}

export const wrong = (field: string, expected: string, got: string): RangeError =>
  errorAt({ field }, `${field}: expected ${expected}, got ${got}`)

/** Throws where an answer is a promise that nobody waits for. */
export const expectHere = (field: string, answer: unknown): void => {
  if (!isRecord(answer) || typeof answer['then'] !== 'function') return
  // What becomes of it is no longer of interest, but must not end the process.
  Promise.resolve(answer).catch(() => undefined)
  throw wrong(field, 'an answer', 'a Promise: make the world of this game with fromGymAsync')
}

const readObservation = (x: unknown): readonly number[] => {
  if (!isList(x)) throw wrong('observation', 'an array of numbers', said(x))
  const seen: number[] = []
  for (let feature = 0; feature < x.length; feature++) {
    const one = x[feature]
    if (typeof one !== 'number')
      throw errorAt(
        { field: 'observation', feature },
        `observation[feature=${feature}]: expected a number, got ${said(one)}${isList(one) ? ': lay nested observations flat' : ''}`,
      )
    seen.push(one)
  }
  return seen
}

/** The first observation, from all forms in which `reset` may answer. */
export const readReset = (answer: unknown): readonly number[] => {
  expectHere('reset', answer)
  if (isList(answer)) {
    const withInfo = answer.length === 2 && isList(answer[0]) && !isList(answer[1])
    return readObservation(withInfo ? answer[0] : answer)
  }
  if (!isRecord(answer) || !('observation' in answer))
    throw wrong('reset', 'an observation, [observation, info] or { observation }', said(answer))
  return readObservation(answer['observation'])
}

const FIELDS = ['observation', 'reward', 'terminated', 'truncated'] as const

const FIVE = '[observation, reward, terminated, truncated, info]'

const fieldsOf = (answer: unknown): Record => {
  if (isList(answer)) {
    if (answer.length === 5) {
      return {
        observation: answer[0],
        reward: answer[1],
        terminated: answer[2],
        truncated: answer[3],
      }
    }
    const isOld = answer.length === 4
    throw wrong(
      'step',
      FIVE,
      isOld ? '4 of them: say of done whether it is terminated or truncated' : said(answer),
    )
  }
  if (!isRecord(answer)) throw wrong('step', `${FIVE} or an object of these`, said(answer))
  for (const field of FIELDS)
    if (!(field in answer)) throw wrong('step', `an object with ${field}`, said(answer))
  return answer
}

/** What a step brought, in either form. */
export const readStep = (answer: unknown): GymAnswer => {
  expectHere('step', answer)
  const { observation, reward, terminated, truncated } = fieldsOf(answer)
  return {
    outcome: { reward, terminated, truncated } as Outcome,
    observation: readObservation(observation),
  }
}

export const readMask = (answer: unknown): readonly boolean[] => {
  expectHere('actionMask', answer)
  if (!isList(answer)) throw wrong('actionMask', 'a list of true and false', said(answer))
  return Array.from(answer, (one, choice) => {
    if (one === true || one === 1) return true
    if (one === false || one === 0) return false
    throw errorAt(
      { field: 'actionMask', choice },
      `actionMask[choice=${choice}]: expected true or false, got ${said(one)}`,
    )
  })
}

const SPACES = 'a space of env.box, discrete, multiDiscrete, multiBinary or product'

/** The space made anew: whatever else its object has is gone, and bounds are plain numbers. */
const readSpace = (field: string, x: unknown): Space => {
  const given = x as Space
  try {
    if (given.kind === 'discrete') return discrete(given.n)
    if (given.kind === 'multiBinary') return multiBinary(given.n)
    if (given.kind === 'box') return box(given.size, Array.from(given.low), Array.from(given.high))
    if (given.kind === 'multiDiscrete') return multiDiscrete([...given.sizes])
    const spaces: Spaces = given.spaces
    return product(
      Object.fromEntries(
        Object.entries(spaces).map(([name, part]) => [name, readSpace(name, part)]),
      ),
    )
  } catch (error) {
    if (error instanceof RangeError) throw located(field, error, { field })
    throw wrong(field, SPACES, said(x))
  }
}

/**
 * The spaces of a game that has all that a game must have.
 *
 * @throws RangeError that says what it lacks
 */
export const readGame = (game: unknown) => {
  expectHere('make', game)
  if (!isRecord(game) || isList(game)) throw wrong('make', 'a game', said(game))
  for (const method of ['reset', 'step'])
    if (typeof game[method] !== 'function') throw wrong(method, 'a function', said(game[method]))
  for (const method of ['actionMask', 'snapshot', 'restore', 'close'])
    if (game[method] !== undefined && typeof game[method] !== 'function')
      throw wrong(method, 'a function or nothing', said(game[method]))
  if ((game['snapshot'] === undefined) !== (game['restore'] === undefined))
    throw wrong('restore', 'snapshot and restore, or neither of them', 'one of the two')
  const observationSpace = readSpace('observationSpace', game['observationSpace'])
  if (observationSpace.kind !== 'box')
    throw wrong('observationSpace', 'a box', `one of kind ${observationSpace.kind}`)
  return { observationSpace, actionSpace: readSpace('actionSpace', game['actionSpace']) }
}
