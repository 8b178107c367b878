/** Choosing the better of two things, one pair after another, key by key. */
import { keySequences } from '../keySequences.ts'

/** Which of two is better. */
export type Choice = 'first' | 'second' | 'neither'

export type LabelKey = Choice | 'undo' | 'quit'

const KEYS: { readonly [sequence: string]: LabelKey } = {
  '1': 'first',
  '\u001B[D': 'first',
  '\u001BOD': 'first',
  '2': 'second',
  '\u001B[C': 'second',
  '\u001BOC': 'second',
  '0': 'neither',
  n: 'neither',
  N: 'neither',
  '\u001B[B': 'neither',
  '\u001BOB': 'neither',
  u: 'undo',
  U: 'undo',
  '\u007F': 'undo',
  q: 'quit',
  Q: 'quit',
  '\u0003': 'quit',
  '\u0004': 'quit',
  '\u001B': 'quit',
}

export const KEY_HELP =
  '1 or ←  the first    2 or →  the second    0  neither    u  undo    q  quit'

/** The keys in what a terminal sent, several at once or none. Unknown ones mean nothing. */
export const labelKeysIn = (input: string): readonly LabelKey[] =>
  keySequences(input).flatMap((sequence) =>
    Object.hasOwn(KEYS, sequence) ? [KEYS[sequence]!] : [],
  )

/** How far a session is. */
export interface Labelling {
  /** the pair that is asked about */
  readonly at: number
  readonly pairs: number
  readonly isDone: boolean
}

export const startLabelling = (pairs: number): Labelling => ({ at: 0, pairs, isDone: pairs === 0 })

/** What a key does: something to store about pair `at`, or nothing; and the state after it. */
export interface Pressed {
  readonly store: { readonly at: number; readonly what: Choice | 'undo' } | null
  readonly next: Labelling
}

/** Undo goes back to the beginning of the session, and no further. */
export const pressed = (state: Labelling, key: LabelKey): Pressed => {
  const { at, pairs, isDone } = state
  if (isDone || key === 'quit') return { store: null, next: { ...state, isDone: true } }
  if (key === 'undo')
    return at === 0
      ? { store: null, next: state }
      : { store: { at: at - 1, what: 'undo' }, next: { ...state, at: at - 1 } }
  return {
    store: { at, what: key },
    next: { at: at + 1, pairs, isDone: at + 1 === pairs },
  }
}
