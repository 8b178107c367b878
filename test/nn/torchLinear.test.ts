import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { torchLinear } from '../../src/nn/index.ts'
import { key } from '../../src/random/key.ts'
import { cast, toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { kolmogorovSmirnovP } from '../support/statistics.ts'

const keys = fc.maxSafeNat().map(key)
const sides = fc.integer({ min: 1, max: 12 })

describe('torchLinear', () => {
  test.prop({ k: keys, i: sides, o: sides })(
    'weights [in, out] and biases [out] lie within ±1/√in',
    ({ k, i, o }) => {
      const { weight, bias } = expectPure((x) => torchLinear(x, i, o, 'f64'), k)
      expect([weight.dims, weight.shape, weight.dtype]).toStrictEqual([
        ['in', 'out'],
        [i, o],
        'f64',
      ])
      expect([bias.dims, bias.shape, bias.dtype]).toStrictEqual([['out'], [o], 'f64'])
      for (const x of [...toArray(weight), ...toArray(bias)])
        expect(Math.abs(x)).toBeLessThanOrEqual(1 / Math.sqrt(i))
    },
  )

  test.prop({ k: keys, i: sides, o: sides })('f32 is f64, rounded', ({ k, i, o }) => {
    const [f32, f64] = [torchLinear(k, i, o), torchLinear(k, i, o, 'f64')]
    expect([f32.weight.dtype, f32.bias.dtype]).toStrictEqual(['f32', 'f32'])
    expect(toArray(f32.weight)).toStrictEqual(toArray(cast(f64.weight, 'f32')))
    expect(toArray(f32.bias)).toStrictEqual(toArray(cast(f64.bias, 'f32')))
  })

  // One fixed key each: of sound generators one key in 1000 fails.
  test('both are uniform there: Kolmogorov and Smirnov with p > 0.001', () => {
    const cdf = (x: number): number => (x * Math.sqrt(9) + 1) / 2
    const { weight, bias } = torchLinear(key(1), 9, 1000, 'f64')
    expect(kolmogorovSmirnovP(toArray(weight), cdf)).toBeGreaterThan(1e-3)
    expect(kolmogorovSmirnovP(toArray(bias), cdf)).toBeGreaterThan(1e-3)
  })

  test('weights and biases share no draws, nor do keys', () => {
    const { weight, bias } = torchLinear(key(1), 1, 6)
    expect(toArray(weight)).not.toEqual(toArray(bias))
    expect(toArray(torchLinear(key(2), 1, 6).weight)).not.toEqual(toArray(weight))
  })
})
