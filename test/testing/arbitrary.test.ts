import { fc, test } from '@fast-check/vitest'
import { describe, expect, expectTypeOf } from 'vitest'
import { contains } from '../../src/env/contains.ts'
import {
  box,
  cartPole,
  discrete,
  multiBinary,
  multiDiscrete,
  pendulum,
  product,
} from '../../src/env/index.ts'
import { key, type Key } from '../../src/random/index.ts'
import * as testing from '../../src/testing/index.ts'
import { actions, arbitrary, keys } from '../../src/testing/index.ts'
import { anySpace } from '../support/anySpace.ts'
import { chiSquareP } from '../support/statistics.ts'

/** Draws by a fixed seed, so that a test of what comes passes or fails for good. */
const drawn = <T>(from: fc.Arbitrary<T>, numRuns = 2000): T[] =>
  fc.sample(from, { seed: 5, numRuns })

const M = Number.MAX_VALUE

test.prop([anySpace, fc.nat()])('every element is contained', (space, seed) => {
  for (const element of fc.sample(arbitrary(space), { seed, numRuns: 20 }))
    expect(contains(space, element)).toBe(null)
})

test.prop([anySpace.chain((space) => arbitrary(space).map((element) => ({ space, element })))])(
  'and so it is in the middle of a chain',
  ({ space, element }) => {
    expect(contains(space, element)).toBe(null)
  },
)

describe('the numbers of a box', () => {
  test.each([
    [-1, 0.5],
    [3, 3],
    [0, 5e-324],
    [-M, M],
    [0, -0],
  ])('between %s and %s reach both', (low, high) => {
    const x = drawn(arbitrary(box(1, [low], [high]))).map(([y]) => y!)
    expect(Math.min(...x) === low).toBe(true)
    expect(Math.max(...x) === high).toBe(true)
  })

  test('have one in seven at a bound, where fast-check itself seeks no edges', () => {
    const x = drawn(fc.noBias(arbitrary(box(1, [-1], [1])))).map(([y]) => Math.abs(y!))
    // Six standard deviations of 2000 draws about 1/7.
    expect(Math.abs(x.filter((y) => y === 1).length / 2000 - 1 / 7)).toBeLessThan(0.047)
  })

  test('spread between the bounds, and go down to the smallest', () => {
    const x = drawn(arbitrary(box(1, [-1], [1]))).map(([y]) => y!)
    for (let from = -1; from < 1; from += 0.25)
      expect(x.some((y) => y > from && y < from + 0.25)).toBe(true)
    expect(x.some((y) => y !== 0 && Math.abs(y) < 1e-100)).toBe(true)
  })

  test.each([
    [7, Infinity, (x: number) => x - 7],
    [-Infinity, 7, (x: number) => 7 - x],
    [-Infinity, Infinity, Math.abs],
  ])('without a bound, from %s to %s, are finite and of all sizes', (low, high, far) => {
    const x = drawn(arbitrary(box(1, [low], [high]))).map(([y]) => y!)
    expect(x.every(Number.isFinite)).toBe(true)
    const share = x.filter((y) => far(y) <= 100).length / x.length
    expect(share).toBeGreaterThan(0.5)
    expect(share).toBeLessThan(0.95)
    expect(x.some((y) => far(y) > 1 && far(y) < 100)).toBe(true)
    expect(x.some((y) => far(y) > 1e100 && far(y) < M)).toBe(true)
    expect(x.some((y) => far(y) === M)).toBe(true)
    if (Number.isFinite(low)) expect(x).toContain(low)
    if (Number.isFinite(high)) expect(x).toContain(high)
  })
})

describe('whole numbers', () => {
  // p > 1e-4: one seed in 10 000 would fail it by chance.
  test('are uniform', () => {
    const counts = [0, 0, 0, 0, 0, 0, 0]
    for (const n of drawn(arbitrary(discrete(7)), 7000)) counts[n]!++
    expect(
      chiSquareP(
        counts,
        counts.map(() => 1 / 7),
      ),
    ).toBeGreaterThan(1e-4)
  })

  test('of several are uniform in each entry', () => {
    const counts = Array.from({ length: 12 }, () => 0)
    const space = product({ keys: multiDiscrete([3, 2]), bit: multiBinary(1) })
    for (const { keys, bit } of drawn(arbitrary(space), 6000))
      counts[4 * keys[0] + 2 * keys[1] + bit[0]!]!++
    expect(
      chiSquareP(
        counts,
        counts.map(() => 1 / 12),
      ),
    ).toBeGreaterThan(1e-4)
  })
})

describe('shrinking', () => {
  const smallest = <T>(from: fc.Arbitrary<T>, fails: (x: T) => boolean): T => {
    const details = fc.check(
      fc.property(from, (x) => !fails(x)),
      { seed: 1, numRuns: 1000 },
    )
    return details.counterexample![0]
  }

  test('goes to small numbers, within the space', () => {
    expect(smallest(arbitrary(discrete(100)), (n) => n >= 17)).toBe(17)
    expect(smallest(arbitrary(multiDiscrete([9, 9])), ([a, b]) => a + b >= 9)).toHaveLength(2)
    expect(smallest(arbitrary(multiBinary(3)), (bits) => bits[1] === 1)).toEqual([0, 1, 0])
    expect(smallest(arbitrary(box(2, [2, -1], [4, 1])), () => true)).toEqual([2, -1])
    expect(smallest(arbitrary(box(1, [2], [Infinity])), () => true)).toEqual([2])
  })

  test.prop([anySpace, fc.nat()])('never leaves the space', (space, seed) => {
    const seen: unknown[] = []
    fc.check(
      fc.property(arbitrary(space), (element) => {
        seen.push(element)
        return false
      }),
      { seed, numRuns: 1 },
    )
    for (const element of seen) expect(contains(space, element)).toBe(null)
  })
})

describe('types', () => {
  test('are those of elements', () => {
    const pad = product({ stick: box(1, [0], [1]), keys: multiDiscrete([3, 2]) })
    expectTypeOf(arbitrary(discrete(2))).toEqualTypeOf<fc.Arbitrary<0 | 1>>()
    expectTypeOf(arbitrary(multiBinary(2))).toEqualTypeOf<fc.Arbitrary<ReadonlyArray<0 | 1>>>()
    expectTypeOf(arbitrary(pad)).toEqualTypeOf<
      fc.Arbitrary<{
        readonly stick: readonly number[]
        readonly keys: readonly [0 | 1 | 2, 0 | 1]
      }>
    >()
    expectTypeOf(actions(cartPole)).toEqualTypeOf<fc.Arbitrary<0 | 1>>()
    expectTypeOf(actions(pendulum)).toEqualTypeOf<fc.Arbitrary<readonly number[]>>()
    expectTypeOf(keys()).toEqualTypeOf<fc.Arbitrary<Key>>()
  })

  test.prop([actions(cartPole), keys()])('fit into an environment', (action, k) => {
    const [{ reward }] = cartPole.step(action, k)(cartPole.init(k))
    expect(reward).toBe(1)
    // @ts-expect-error there is no third push
    expectTypeOf(arbitrary(discrete(3))).toEqualTypeOf(actions(cartPole))
  })
})

test('keys are those of seeds', () => {
  expect(drawn(keys(), 1000)).toContainEqual(key(Number.MAX_SAFE_INTEGER))
  expect(new Set(drawn(keys(), 1000).map(({ words }) => words.join())).size).toBeGreaterThan(500)
})

test('what tests of an environment or a gradient need is in one place', () => {
  expect(Object.keys(testing).toSorted()).toEqual([
    'actions',
    'arbitrary',
    'checkEnv',
    'checkEnvAsync',
    'checkGradient',
    'closeProblem',
    'describeReport',
    'expectClose',
    'expectEnv',
    'expectEnvAsync',
    'expectGradient',
    'keys',
    'numericGradient',
    'trajectories',
  ])
  expect(() => testing.expectEnv(cartPole, { episodes: 1 })).not.toThrow()
})
