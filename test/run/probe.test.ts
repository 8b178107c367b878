import { describe, expect, test } from 'vitest'
import { probe } from '../../src/run/probe.ts'
import { js } from '../../src/kernel/js/js.ts'
import type { Machine } from '../../src/kernel/machine.ts'
import { backend } from '../../src/kernel/backends.ts'

const PROBE = '56d83724717a04afe5e228b0948cf5f29487e0559db03270831cebfb346bdc44'

describe('the probe', () => {
  test.each(['js', 'wasm'] as const)('by %s is the same everywhere', (name) => {
    expect(probe(backend(name).machine)).toBe(PROBE)
  })

  const { f32 } = js
  /** A mode of processors in which subnormal numbers are 0. */
  const flushed = (x: number): number => (Math.abs(x) < 1.1754943508222875e-38 ? 0 : x)

  test.each<readonly [string, Machine]>([
    ['f64 in place of f32', js.f64],
    [
      'a product that flushes subnormal numbers',
      {
        ...f32,
        matmul: {
          ...f32.matmul,
          nn: (out, ...rest) => {
            f32.matmul.nn(out, ...rest)
            out.forEach((x, i) => (out[i] = flushed(x)))
          },
        },
      },
    ],
    [
      'a sum that loses the sign of −0',
      {
        ...f32,
        vector: {
          ...f32.vector,
          add: (out, a, b) => {
            f32.vector.add(out, a, b)
            out.forEach((x, i) => (out[i] = x + 0))
          },
        },
      },
    ],
    [
      'an exp that is one bit off',
      {
        ...f32,
        vector: {
          ...f32.vector,
          exp: (out, x) => {
            f32.vector.exp(out, x)
            out[out.length - 1]! *= 1 + 2 ** -23
          },
        },
      },
    ],
    [
      'a squared length summed in plain order',
      {
        ...f32,
        vector: {
          ...f32.vector,
          sumSquares: (x) => {
            let sum = 0
            for (let i = 0; i < x.length; i++) sum = Math.fround(sum + Math.fround(x[i]! * x[i]!))
            return sum
          },
        },
      },
    ],
  ])('sees %s', (_, kernels) => {
    expect(probe(kernels)).not.toBe(PROBE)
  })
})
