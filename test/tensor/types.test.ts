import { describe, expect, test } from 'vitest'
import { expectShape } from '../../src/tensor/check.ts'
import { add } from '../../src/tensor/elementwise.ts'
import { matmul } from '../../src/tensor/matmul.ts'
import { of, transpose, type Tensor } from '../../src/tensor/tensor.ts'

// What must not compile is marked; plain JavaScript, which has no types, gets the error thrown.
describe('names of dimensions are checked twice: by the compiler and at run time', () => {
  const time_env = of(['time', 'env'], [2, 3], new Float64Array(6))
  const env_time = transpose(time_env)
  const meanOverTime = (x: Tensor<['time', 'env']>): void =>
    void expectShape('x', x, ['time', 'env'], [2, 3])

  test('[env, time] is not [time, env]', () => {
    meanOverTime(time_env)
    // @ts-expect-error the names are in the other order
    expect(() => meanOverTime(env_time)).toThrow('expected [time=2, env=3], got [env=3, time=2]')
  })

  test('[M, K] does not multiply [X, N]', () => {
    const product: Tensor<['time', 'time']> = matmul(time_env, env_time)
    expect(product.shape).toStrictEqual([2, 2])
    const x_time = of(['x', 'time'], [3, 2], new Float64Array(6))
    // @ts-expect-error the inner names are env and x
    expect(() => matmul(time_env, x_time)).toThrow('b: expected [env=3, time=2], got [x=3, time=2]')
  })

  test('sizes, which types do not know, are left to run time', () => {
    const short = of(['env', 'time'], [2, 2], new Float64Array(4))
    expect(() => matmul(time_env, short)).toThrow(
      'b: expected [env=3, time=2], got [env=2, time=2]',
    )
  })

  test('elementwise operations want the same names on both sides', () => {
    // @ts-expect-error [env, time] beside [time, env]
    expect(() => add(time_env, env_time)).toThrow('expected [time=2, env=3], got [env=3, time=2]')
  })

  test('a shape has one size a dimension, and data cannot be written', () => {
    // @ts-expect-error two names, one size
    expect(() => of(['time', 'env'], [2], [1, 2])).toThrow('expected 2 sizes')
    // @ts-expect-error readonly
    expect(() => (time_env.dtype = 'f32')).toThrow(TypeError)
  })
})
