import * as fc from 'fast-check'
import type { Environment } from '../env/environment.ts'
import { lay } from '../env/linear.ts'
import { partsOf, startOf, startsOf, type Element, type Space } from '../env/space.ts'
import { key, type Key } from '../random/key.ts'

const LARGEST = Number.MAX_VALUE
/** How far from its bounds, or from 0, an ordinary number of an endless entry lies. */
const ORDINARY = 100

const wholeFrom = (start: number, n: number): fc.Arbitrary<number> =>
  fc.noBias(fc.integer({ min: start, max: start + n - 1 }))

/** The ends of the ordinary numbers of an entry. */
const ordinary = (low: number, high: number): readonly [number, number] => {
  if (low > -Infinity && high < Infinity) return [low, high]
  if (low > -Infinity) return [low, low + ORDINARY]
  if (high < Infinity) return [high - ORDINARY, high]
  return [-ORDINARY, ORDINARY]
}

const numberBetween = (low: number, high: number): fc.Arbitrary<number> => {
  const [from, to] = ordinary(low, high)
  // Without −0, which fast-check puts below 0, so that [0, −0] would be no range.
  const min = Math.max(low, -LARGEST) + 0
  const max = Math.min(high, LARGEST) + 0
  return fc.oneof(
    { withCrossShrink: true },
    {
      weight: 4,
      arbitrary: fc.maxSafeNat().map((n) => lay(n, 0, Number.MAX_SAFE_INTEGER, from, to)),
    },
    { weight: 2, arbitrary: fc.double({ min, max, noNaN: true }) },
    { weight: 1, arbitrary: fc.constantFrom(min, max) },
  )
}

const made = (space: Space): fc.Arbitrary<unknown> => {
  if (space.kind === 'discrete') return wholeFrom(startOf(space), space.n)
  if (space.kind === 'box')
    return fc.tuple(...space.low.map((low, j) => numberBetween(low, space.high[j]!)))
  if (space.kind === 'multiDiscrete') {
    const starts = startsOf(space)
    return fc.tuple(...space.sizes.map((n, i) => wholeFrom(starts[i]!, n)))
  }
  if (space.kind === 'multiBinary')
    return fc.tuple(...Array.from({ length: space.n }, () => wholeFrom(0, 2)))
  const parts = partsOf(space).map(([name, part]) => [name, made(part)] as const)
  if (space.kind === 'tuple') return fc.tuple(...parts.map(([, part]) => part))
  return fc.record(Object.fromEntries(parts), { noNullPrototype: true })
}

/**
 * The elements of a space for fast-check: whole numbers and bits uniform; the numbers of a box
 * spread between its bounds, of all sizes down to the smallest, and the bounds themselves. Where
 * there is no bound they are finite, most of them within 100 of the other bound or of 0, up to the
 * largest there is. They shrink towards low bounds and 0.
 */
export const arbitrary = <S extends Space>(space: S): fc.Arbitrary<Element<S>> =>
  made(space) as fc.Arbitrary<Element<S>>

/** Actions of an environment, including those that a mask excludes. */
export const actions = <A extends Space>({
  actionSpace,
}: Pick<Environment<never, A>, 'actionSpace'>): fc.Arbitrary<Element<A>> => arbitrary(actionSpace)

/** Keys of the seeds 0 … 2⁵³ − 1. */
export const keys = (): fc.Arbitrary<Key> => fc.maxSafeNat().map(key)
