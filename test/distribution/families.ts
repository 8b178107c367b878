import { fc } from '@fast-check/vitest'
import {
  bernoulli,
  boundedLogStd,
  categorical,
  diagonalGaussian,
  multiCategorical,
  product,
  squashedGaussian,
} from '../../src/distribution/index.ts'
import type { Family } from '../law/distributions.ts'

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** A number that f32 holds exactly. */
const between = (min: number, max: number): fc.Arbitrary<number> =>
  fc.maxSafeNat().map((n) => Math.fround(min + ((max - min) * n) / 2 ** 53))

const numbers = (n: number, min: number, max: number): fc.Arbitrary<number[]> =>
  fc.array(between(min, max), { minLength: n, maxLength: n })

export const categoricalFamily = (n: number): Family => ({
  distribution: categorical,
  params: n,
  actions: 1,
  actionType: 'i32',
  member: numbers(n, -2, 2),
  action: fc.nat(n - 1).map((a) => [a]),
  all: range(n).map((a) => [a]),
  groups: [range(n)],
  logits: range(n),
})

export const bernoulliFamily = (n: number): Family => ({
  distribution: bernoulli,
  params: n,
  actions: n,
  actionType: 'i32',
  member: numbers(n, -2, 2),
  action: fc.array(fc.constantFrom(0, 1), { minLength: n, maxLength: n }),
  all: range(2 ** n).map((bits) => range(n).map((j) => (bits >> j) & 1)),
  groups: [],
  logits: range(n),
})

const gaussian = (n: number): Pick<Family, 'params' | 'actions' | 'actionType' | 'member'> => ({
  params: 2 * n,
  actions: n,
  actionType: 'f32',
  member: fc
    .tuple(numbers(n, -1.5, 1.5), numbers(n, -1, 0.5))
    .map(([mean, logStd]) => [...mean, ...logStd]),
})

export const gaussianFamily = (n: number): Family => ({
  ...gaussian(n),
  distribution: diagonalGaussian,
  action: numbers(n, -2, 2),
  all: null,
  groups: [],
  logits: [],
})

/** log σ of members lie on both sides of the bounds, and nowhere near them. */
export const boundedFamily = (n: number, gaussianOf: typeof gaussianFamily): Family => ({
  ...gaussianOf(n),
  distribution: boundedLogStd(gaussianOf(n).distribution as typeof diagonalGaussian, BOUNDS),
  member: fc
    .tuple(
      numbers(n, -1.5, 1.5),
      fc.array(fc.oneof(between(-1, -0.6), between(-0.4, 0.2), between(0.3, 0.5)), {
        minLength: n,
        maxLength: n,
      }),
    )
    .map(([mean, logStd]) => [...mean, ...logStd]),
})

const BOUNDS = { min: -0.5, max: 0.25 }

export const squashedFamily = (n: number): Family => ({
  ...gaussian(n),
  distribution: squashedGaussian,
  action: numbers(n, -0.9, 0.9),
  all: null,
  groups: [],
  logits: [],
})

const concat = (parts: readonly fc.Arbitrary<readonly number[]>[]) =>
  fc.tuple(...parts).map((rows) => rows.flat())

const sums = (sizes: readonly number[]): number[] =>
  sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0))

const beside = (families: readonly Family[]): Omit<Family, 'distribution' | 'actionType'> => {
  const params = families.map((family) => family.params)
  const choices = sums(families.map(({ logits }) => logits.length))
  return {
    params: params.reduce((a, b) => a + b, 0),
    actions: families.reduce((sum, { actions }) => sum + actions, 0),
    member: concat(families.map(({ member }) => member)),
    action: concat(families.map(({ action }) => action)),
    all: families.reduce<Family['all']>(
      (all, family) =>
        all !== null && family.all !== null
          ? all.flatMap((head) => family.all!.map((tail) => [...head, ...tail]))
          : null,
      [[]],
    ),
    groups: families.flatMap(({ groups }, i) =>
      groups.map((group) => group.map((c) => c + choices[i]!)),
    ),
    logits: families.flatMap(({ logits }, i) => logits.map((j) => j + sums(params)[i]!)),
  }
}

export const multiCategoricalFamily = (sizes: readonly number[]): Family => ({
  ...beside(sizes.map(categoricalFamily)),
  distribution: multiCategorical(sizes),
  actionType: 'i32',
})

export const productFamily = (families: readonly Family[]): Family => ({
  ...beside(families),
  distribution: product(families.map(({ distribution, params }) => [distribution, params])),
  actionType: 'f32',
})
