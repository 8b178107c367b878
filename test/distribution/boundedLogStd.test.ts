import { describe, expect, test } from 'vitest'
import { boundedLogStd, diagonalGaussian, squashedGaussian } from '../../src/distribution/index.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { distributionLaws, paramsOf } from '../law/distributions.ts'
import { functionsOf } from '../support/derivatives.ts'
import { boundedFamily, gaussianFamily, squashedFamily } from './families.ts'

distributionLaws('diagonalGaussian of 2 entries with bounds', boundedFamily(2, gaussianFamily))
distributionLaws('squashedGaussian of 2 entries with bounds', boundedFamily(2, squashedFamily))

describe('boundedLogStd', () => {
  const { logProbGrad, entropyGrad, klGrad, fisher, entropy, sample } = functionsOf(
    boundedLogStd(diagonalGaussian, { min: -1, max: 2 }),
  )
  const plain = functionsOf(diagonalGaussian)
  const action = of(['env', 'action'], [1, 1], Float64Array.of(3))
  const [below, at, inside, over] = [-1.5, -1, 0, 2.5].map((logStd) => paramsOf([[0, logStd]]))

  test('has a gradient at the bounds, and none in a log σ beyond', () => {
    const gradsAt = (p: typeof inside): number[] =>
      [logProbGrad(p!, action), entropyGrad(p!), klGrad(inside!, p!)].map((x) => toArray(x)[1]!)
    for (const p of [below, over]) expect(gradsAt(p)).toEqual([0, 0, 0])
    for (const p of [at, paramsOf([[0, 2]])])
      for (const x of gradsAt(p)) expect(Math.abs(x)).toBeGreaterThan(0.1)
    expect(toArray(fisher(below!, paramsOf([[1, 1]])))[1]).toBe(0)
  })

  test('leaves the means their gradient', () => {
    expect(toArray(logProbGrad(below!, action))[0]).toBe(toArray(logProbGrad(at!, action))[0])
  })

  test('is the member at the bound, where log σ lies beyond', () => {
    expect(toArray(entropy(below!))).toEqual(toArray(plain.entropy(at!)))
    expect(toArray(entropy(over!))).toEqual(toArray(plain.entropy(paramsOf([[0, 2]]))))
    const key = { words: [1, 2] } as const
    expect(toArray(sample(key, below!))).toEqual(toArray(plain.sample(key, at!)))
  })

  test('without bounds has the bits of the distribution itself', () => {
    for (const gaussian of [diagonalGaussian, squashedGaussian]) {
      const free = functionsOf(boundedLogStd(gaussian, { min: null, max: null }))
      const same = functionsOf(gaussian)
      const p = paramsOf([[0.3, -0.7]], 'f32')
      const a = of(['env', 'action'], [1, 1], Float32Array.of(0.5))
      expect(free.logProbGrad(p, a)).toEqual(same.logProbGrad(p, a))
      expect(free.entropy(p)).toEqual(same.entropy(p))
    }
  })
})
