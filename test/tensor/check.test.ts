import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  expectAlike,
  expectDims,
  expectFinite,
  expectShape,
  located,
  within,
} from '../../src/tensor/check.ts'
import { of, pick, transpose, type Tensor } from '../../src/tensor/tensor.ts'
import { matrix } from '../support/arbitrary.ts'
import { expectPure } from '../law/purity.ts'

const zeros = (time: number, env: number): Tensor<['time', 'env']> =>
  of(['time', 'env'], [time, env], new Float32Array(time * env))

describe('expectShape', () => {
  test('says argument, expected and got', () => {
    expect(() =>
      expectShape('reward', transpose(zeros(128, 4)), ['time', 'env'], [128, 4]),
    ).toThrow(new RangeError('reward: expected [time=128, env=4], got [env=4, time=128]'))
  })

  test.prop({ m: matrix() })('gives back the very tensor that fits', ({ m: { t } }) => {
    expect(expectShape('x', t, t.dims, t.shape)).toBe(t)
  })

  test('sees a wrong name, a wrong size, and a wrong rank', () => {
    const t = zeros(2, 2)
    expect(() => expectShape('x', t, ['time', 'agent'], [2, 2])).toThrow(
      'x: expected [time=2, agent=2], got [time=2, env=2]',
    )
    expect(() => expectShape('x', t, ['time', 'env'], [2, 3])).toThrow('got [time=2, env=2]')
    expect(() => expectShape('x', t, ['time'], [2])).toThrow('x: expected [time=2], got')
    expect(() => expectShape('x', pick(t, 0), ['env', 'time'], [2, 2])).toThrow('got [env=2]')
  })
})

describe('expectDims', () => {
  test('checks only the names', () => {
    const t = zeros(128, 4)
    expect(expectDims('x', t, ['time', 'env'])).toBe(t)
    expect(() => expectDims('logProb', t, ['sample'])).toThrow(
      new RangeError('logProb: expected [sample], got [time=128, env=4]'),
    )
  })
})

describe('expectAlike', () => {
  test('names an argument that is not like the first, or no tensor', () => {
    const t = zeros(3, 2)
    expect(() => expectAlike({ t, value: zeros(3, 2), reward: zeros(2, 3) })).toThrow(
      'reward: expected [time=3, env=2], got [time=2, env=3]',
    )
    expect(() => expectAlike({ t, value: zeros(3, 2) })).not.toThrow()
    const none = [1, 2] as unknown as typeof t
    expect(() => expectAlike({ reward: none, value: t })).toThrow(
      'reward: expected a tensor, got [1,2]: make one with tensor.of(dims, shape, numbers)',
    )
  })
})

describe('expectFinite', () => {
  test.prop({
    m: matrix(fc.constantFrom('f32', 'f64')),
    at: fc.nat(),
    bad: fc.constantFrom(NaN, Infinity, -Infinity),
  })('names the address of the first number that is not', ({ m: { rows }, at, bad }) => {
    const [m, n] = [rows.length, rows[0]?.length ?? 0]
    if (m * n === 0) return
    const flat = rows.flat()
    expect(() => expectFinite('x', of(['env', 'feature'], [m, n], flat))).not.toThrow()
    const place = at % flat.length
    flat[place] = bad
    flat.fill(NaN, place + 1)
    const address = `x[env=${Math.floor(place / n)}, feature=${place % n}]`
    expect(() => expectFinite('x', of(['env', 'feature'], [m, n], flat))).toThrow(
      new RangeError(`${address}: expected a finite number, got ${bad}`),
    )
  })

  test('counts in the tensor’s own order, not in memory’s', () => {
    const t = transpose(of(['feature', 'env'], [2, 3], [1, 2, 3, NaN, 5, 6]))
    expect(() => expectFinite('x', t)).toThrow('x[env=0, feature=1]')
  })
})

describe('located', () => {
  test('puts the place in front of a RangeError and keeps it as the cause', () => {
    const error = new RangeError('reward[env=0]: expected a finite number, got NaN')
    expect(located('update 12', error)).toEqual(new RangeError(`update 12: ${error.message}`))
    expect(located('update 12', error)).toHaveProperty('cause', error)
  })

  test('leaves every other error as it is', () => {
    const error = new TypeError('x is not a function')
    expect(located('update 12', error)).toBe(error)
  })
})

describe('within', () => {
  test('gives what the function gives', () => {
    expect(within('part 1', () => 7)).toBe(7)
  })

  test('locates its errors', () => {
    const fail = (error: Error) => () =>
      within('part 1', () => {
        throw error
      })
    expect(fail(new RangeError('n: expected 1, got 2'))).toThrow(
      new RangeError('part 1: n: expected 1, got 2'),
    )
    expect(fail(new TypeError('x'))).toThrow(new TypeError('x'))
  })
})

test('checks write nothing', () => {
  const t = zeros(2, 2)
  expectPure(expectShape<['time', 'env']>, 'x', t, t.dims, t.shape)
  expectPure(expectDims<['time', 'env']>, 'x', t, t.dims)
  expectPure(expectAlike, { t, other: t })
  expectPure(expectFinite, 'x', t)
})
