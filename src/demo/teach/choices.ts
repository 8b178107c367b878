import * as E from 'fp-ts/lib/Either.js'
import type { Answer } from '../../preferences/labeller.ts'
import { isTeachTaskName, teachTasks, type TeachTaskName } from './task.ts'

/** All that a session is a function of, as the link holds it. */
export interface TeachOrder {
  readonly task: TeachTaskName
  readonly seed: number
  /** a letter an answer: l, the left clip; r, the right one; n, neither */
  readonly choices: string
}

const LETTERS = new Map<string, Answer>([
  ['l', 'first'],
  ['r', 'second'],
  ['n', null],
])

/** The answers that letters stand for; letters of no meaning are left out. */
export const answersOf = (choices: string): readonly Answer[] =>
  Array.from(choices).flatMap((letter) => {
    const answer = LETTERS.get(letter)
    return answer === undefined ? [] : [answer]
  })

/** The letter of an answer. */
export const letterOf = (answer: Answer): string =>
  answer === null ? 'n' : answer === 'first' ? 'l' : 'r'

const WHOLE = /^\d{1,10}$/

/** The order that fields of a link hold. Left says which is wrong, what is allowed, and has the nearest order. */
export const decodeTeachOrder = (
  fields: URLSearchParams,
): E.Either<{ readonly problem: string; readonly nearest: TeachOrder }, TeachOrder> => {
  const task = fields.get('task') ?? 'pendulum'
  const seed = fields.get('seed') ?? '1'
  const choices = fields.get('choices') ?? ''
  const known = isTeachTaskName(task) ? task : 'pendulum'
  const most = teachTasks[known].preferences.labels
  const isSeed = WHOLE.test(seed) && Number(seed) <= 0xffff_ffff
  const letters = choices.replaceAll(/[^lrn]/g, '').slice(0, most)
  const nearest = { task: known, seed: isSeed ? Number(seed) : 1, choices: letters }
  const wrong = (problem: string) => E.left({ problem, nearest })
  if (task !== known)
    return wrong(
      `task: expected one of ${Object.keys(teachTasks).join(', ')}, got ${JSON.stringify(task.slice(0, 40))}`,
    )
  if (!isSeed)
    return wrong(
      `seed: expected a whole number from 0 to 4294967295, got ${JSON.stringify(seed.slice(0, 40))}`,
    )
  if (letters !== choices)
    return wrong(`choices: expected at most ${most} of the letters l, r and n, got others or more`)
  return E.right(nearest)
}

/** The fields of a link: `decodeTeachOrder` reads them. */
export const encodeTeachOrder = ({ task, seed, choices }: TeachOrder): URLSearchParams =>
  new URLSearchParams({ task, seed: String(seed), choices })
