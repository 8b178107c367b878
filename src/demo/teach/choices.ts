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
const LARGEST_SEED = 4_294_967_295
const HASH = /^[0-9a-f]{64}$/

/** An order, and what a link says that its session comes to; null where it says nothing. */
export interface TeachLink {
  readonly order: TeachOrder
  readonly hash: string | null
}

/** What is wrong with a link, and the nearest that it can mean. */
export interface BrokenTeachLink {
  readonly problem: string
  readonly nearest: TeachLink
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 40))

/** A seed in a link, or null. */
export const seedOf = (text: string): number | null =>
  WHOLE.test(text) && Number(text) <= LARGEST_SEED ? Number(text) : null

/** A hash in a link: the empty text stands for none, and null for something else. */
export const hashIn = (text: string): string | null => (HASH.test(text) ? text : null)

/**
 * Reads the field `teach` of a link: `pendulum.1.lrln.HASH`, of which the later parts may be left out.
 *
 * @returns Left of what is wrong, what is allowed, and the nearest link
 */
export const decodeTeachLink = (text: string): E.Either<BrokenTeachLink, TeachLink> => {
  const [task = '', seed = '1', choices = '', hash = ''] = text.split('.')
  const known = isTeachTaskName(task) ? task : 'pendulum'
  const most = teachTasks[known].preferences.labels
  const letters = choices.replaceAll(/[^lrn]/g, '').slice(0, most)
  const nearest: TeachLink = {
    order: { task: known, seed: seedOf(seed) ?? 1, choices: letters },
    hash: hashIn(hash),
  }
  const wrong = (problem: string) => E.left({ problem, nearest })
  if (task !== known)
    return wrong(`task: expected one of ${Object.keys(teachTasks).join(', ')}, got ${quoted(task)}`)
  if (seedOf(seed) === null)
    return wrong(`seed: expected a whole number from 0 to ${LARGEST_SEED}, got ${quoted(seed)}`)
  if (letters !== choices)
    return wrong(`choices: expected at most ${most} of the letters l, r and n, got others or more`)
  if (hash !== '' && nearest.hash === null)
    return wrong(`hash: expected 64 hexadecimal digits, got ${quoted(hash)}`)
  return E.right(nearest)
}

/** The field of a link: `decodeTeachLink` reads it. */
export const encodeTeachLink = ({ order: { task, seed, choices }, hash }: TeachLink): string =>
  [task, seed, choices, ...(hash === null ? [] : [hash])].join('.')
