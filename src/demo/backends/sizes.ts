import * as E from 'fp-ts/lib/Either.js'

const MOST = 4096

/** The sizes that a page is asked for, as `?sizes=16,32`, in rising order; else the given ones. */
export const sizesOf = (
  search: string,
  otherwise: readonly number[],
): E.Either<string, readonly number[]> => {
  const text = new URLSearchParams(search).get('sizes')
  if (text === null) return E.right(otherwise)
  const sizes = text.split(',').map((word) => (/^\d{1,4}$/.test(word) ? Number(word) : 0))
  return sizes.every((n) => n >= 1 && n <= MOST)
    ? E.right([...new Set(sizes)].toSorted((a, b) => a - b))
    : E.left(`sizes: expected whole numbers from 1 to ${MOST} and commas, got ${text}`)
}
