import { threefry2x32, words, type Words } from './threefry.ts'

/**
 * The state of random numbers. A key always gives the same numbers. Use each key once, and `split`
 * it when you need more.
 */
export interface Key {
  readonly words: Words
}

/** Streams of one key that never meet: drawn numbers, children by place, children by name. */
export const DRAW = 0
const SPLIT = 1
export const FOLD = 2

/** Numbers that a word holds. */
export const WORD = 0x1_0000_0000

/**
 * The key of a seed.
 *
 * @throws RangeError unless the seed is a whole number from 0 to 2⁵³ − 1.
 */
export const key = (seed: number): Key => {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`seed: expected a whole number from 0 to 2^53 - 1, got ${seed}`)
  return { words: [Math.floor(seed / WORD), seed % WORD] }
}

/** Returns the key, and throws if it is anything else: a seed is the usual mistake. */
export const expectKey = (argument: string, key: Key): Key => {
  // Words may be live, so they are not copied.
  const words: unknown = (key as Partial<Key> | null | undefined)?.words
  if (typeof words === 'object' && words !== null && 'length' in words && words.length === 2)
    return key
  const got: unknown = key
  const made = typeof got === 'number' ? `random.key(${got})` : 'random.key(1)'
  const what = got === undefined ? 'nothing' : typeof got === 'number' ? got : `a ${typeof got}`
  throw new RangeError(`${argument}: expected a key, got ${what}: make one with ${made}`)
}

// A literal count gives a tuple; an unknown, odd or long one a list.
type Tuple<T, N extends number, R extends T[] = []> = number extends N
  ? readonly T[]
  : `${N}` extends `-${string}` | `${string}.${string}`
    ? readonly T[]
    : R['length'] extends 64
      ? readonly T[]
      : R['length'] extends N
        ? Readonly<R>
        : Tuple<T, N, [...R, T]>

/**
 * Makes n keys. Their streams of random numbers are independent of each other and of the parent's.
 *
 * @param n how many keys, a whole number >= 0
 * @throws RangeError when n is not one, or the key is not a key
 */
export const split = <const N extends number>(parent: Key, n: N): Tuple<Key, N> => {
  if (!Number.isInteger(n) || n < 0)
    throw new RangeError(`n: expected a whole number >= 0, got ${n}`)
  const out = words(expectKey('key', parent).words, SPLIT, 2 * n)
  return Array.from({ length: n }, (_, i) => ({
    words: [out[2 * i]!, out[2 * i + 1]!],
  })) as unknown[] as Tuple<Key, N>
}

/**
 * Makes the child of a key with number n. Child 7 does not depend on whether children 0 … 6 were
 * made.
 *
 * @param n a whole number from 0 to 2³² − 1
 * @throws RangeError when n is not one, or the key is not a key
 */
export const foldIn = (parent: Key, n: number): Key => {
  if (!Number.isInteger(n) || n < 0 || n >= WORD)
    throw new RangeError(`n: expected a whole number from 0 to 2^32 - 1, got ${n}`)
  return { words: threefry2x32(expectKey('key', parent).words, [n, FOLD]) }
}
