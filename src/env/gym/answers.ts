import { errorAt, within } from '../../tensor/check.ts'
import type { Outcome } from '../environment.ts'
import { flatten } from '../flatten.ts'
import { isList } from '../numbers.ts'
import { show } from '../show.ts'
import type { Space } from '../space.ts'
import { readSpace } from './readSpace.ts'

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
  throw wrong(field, 'an answer', 'a Promise: make the environment of this game with fromGymAsync')
}

const readVector = (x: unknown): readonly number[] => {
  if (!isList(x)) throw wrong('observation', 'an array of numbers', said(x))
  const seen: number[] = []
  for (let feature = 0; feature < x.length; feature++) {
    const one = x[feature]
    if (typeof one !== 'number')
      throw errorAt(
        { field: 'observation', feature },
        `observation[feature=${feature}]: expected a number, got ${said(one)}${isList(one) ? ': flatten nested observations' : ''}`,
      )
    seen.push(one)
  }
  return seen
}

/** Flattens an observation of a space. */
const readObservation = (space: Space, x: unknown): readonly number[] =>
  space.kind === 'box'
    ? readVector(x)
    : within('observation', () => flatten<Space>(space, x as never), { field: 'observation' })

/** Whether a value has the shape of a space's observations. */
const isObservation = (space: Space, x: unknown): boolean => {
  try {
    readObservation(space, x)
    return true
  } catch {
    return false
  }
}

const isAnswerRecord = (x: unknown): x is Record => isRecord(x) && !isList(x) && 'observation' in x

/** Extracts the observation from the answer of `reset`: bare, paired with an info, or in an object. */
const resetObservation = (space: Space, answer: unknown): unknown => {
  if (space.kind === 'box') {
    if (!isList(answer)) {
      if (isAnswerRecord(answer)) return answer['observation']
      throw wrong('reset', 'an observation, [observation, info] or { observation }', said(answer))
    }
    const withInfo = answer.length === 2 && isList(answer[0]) && !isList(answer[1])
    return withInfo ? answer[0] : answer
  }
  // Do not unwrap an observation of the space itself: a product may have a part named observation.
  if (isObservation(space, answer)) return answer
  if (isAnswerRecord(answer)) return answer['observation']
  if (!Array.isArray(answer) || answer.length !== 2) return answer
  const [observation, info] = answer as readonly unknown[]
  const isInfo = info === null || info === undefined || (isRecord(info) && !isList(info))
  return isInfo || isObservation(space, observation) ? observation : answer
}

/** Reads the first observation from any form that `reset` may return. */
export const readReset = (space: Space, answer: unknown): readonly number[] => {
  expectHere('reset', answer)
  return readObservation(space, resetObservation(space, answer))
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
      isOld ? '4 of them: split done into terminated and truncated' : said(answer),
    )
  }
  if (!isRecord(answer)) throw wrong('step', `${FIVE} or an object of these`, said(answer))
  for (const field of FIELDS)
    if (!(field in answer)) throw wrong('step', `an object with ${field}`, said(answer))
  return answer
}

/** What a step brought, in either form. */
export const readStep = (space: Space, answer: unknown): GymAnswer => {
  expectHere('step', answer)
  const { observation, reward, terminated, truncated } = fieldsOf(answer)
  return {
    outcome: { reward, terminated, truncated } as Outcome,
    observation: readObservation(space, observation),
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

/**
 * The spaces of a game that has all that a game must have.
 *
 * @throws RangeError that names the missing method or the invalid answer
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
  return {
    observationSpace: readSpace('observationSpace', game['observationSpace']),
    actionSpace: readSpace('actionSpace', game['actionSpace']),
  }
}
