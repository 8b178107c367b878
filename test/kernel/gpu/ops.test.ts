import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { init, iterate, parts } from '../../../src/algo/ppo/index.ts'
import { cartPole } from '../../../src/env/index.ts'
import { openDevice, type Device } from '../../../src/kernel/gpu/device.ts'
import { gpuKernels } from '../../../src/kernel/gpu/kernels.ts'
import { gpuOps } from '../../../src/kernel/gpu/ops.ts'
import { js } from '../../../src/kernel/js/js.ts'
import type { Machine } from '../../../src/kernel/machine.ts'
import { key, normal } from '../../../src/random/index.ts'
import { data } from '../../../src/tensor/index.ts'
import { small } from '../../support/runs.ts'

const side = fc.integer({ min: 1, max: 20 })
const numbers = (length: number, seed: number): Float32Array =>
  Float32Array.from(data(normal(key(seed), ['x'], [length], 'f32')))

/** Each dense op, over arrays of the element type of the kernels. */
const answers = (
  { matmul, dense, alloc }: Machine,
  [m, k, n]: readonly [number, number, number],
  seed: number,
): readonly number[][] => {
  const given = (length: number, at: number) => {
    const x = alloc(length)
    x.set(numbers(length, 10 * seed + at))
    return x
  }
  const [x, w, bias, dz, dx, y] = [m * k, k * n, n, m * n, m * k, m * k].map(given)
  const out = (length: number, fill: (to: ReturnType<typeof alloc>) => void) => {
    const to = alloc(length)
    fill(to)
    return Array.from(to)
  }
  return [
    out(m * n, (to) => matmul.nn(to, x!, w!, null, m, k, n)),
    out(m * n, (to) => matmul.nn(to, x!, w!, bias!, m, k, n)),
    out(k * n, (to) => matmul.tn(to, x!, dz!, m, k, n)),
    out(m * k, (to) => matmul.nt(to, dz!, w!, m, k, n)),
    out(m * n, (to) => dense.affineTanh(to, x!, w!, bias!, m, k, n)),
    out(m * k, (to) => dense.tanhBackward(to, dx!, y!)),
    out(n, (to) => dense.sumRows(to, dz!, m, n)),
  ]
}

describe.each(['webasm', 'cpu'] as const)('products in mode %s', (mode) => {
  let device: Device
  beforeAll(async () => {
    const opened = await openDevice(mode)
    if (E.isLeft(opened)) throw new Error(opened.left.message)
    device = opened.right
  })
  afterAll(() => device.destroy())

  test.prop([fc.tuple(side, side, side), fc.nat(99)], { numRuns: 15 })(
    'are those of the f64 twin',
    (sizes, seed) => {
      const found = answers(gpuKernels(device), sizes, seed)
      answers(js.f64, sizes, seed).forEach((expected, op) => {
        expect(found[op]).toHaveLength(expected.length)
        expected.forEach((x, i) => expect(found[op]![i]).toBeCloseTo(x, 4))
      })
    },
  )

  test('tanh is 1 far out, x near 0, and NaN of NaN', async () => {
    const { affineTanh, destroy } = gpuOps(device)
    const x = Float32Array.of(0, 1e-20, -1e-5, 0.5624, 0.5626, -3, 9.1, 3e38, -3e38, NaN, Infinity)
    const found = await affineTanh(x, Float32Array.of(1), Float32Array.of(0), x.length, 1, 1)
    Array.from(x, (xi, i) => {
      const expected = Math.tanh(xi)
      if (Number.isNaN(expected)) expect(found[i]).toBeNaN()
      else expect(Math.abs(found[i]! - expected)).toBeLessThanOrEqual(2e-7 * Math.abs(expected))
    })
    destroy()
  })

  test('too short an array is an error that names it', () => {
    const { nn, destroy } = gpuOps(device)
    expect(() => nn(new Float32Array(6), new Float32Array(5), null, 2, 3, 2)).toThrow(
      'b: expected 3 × 2 numbers, got an array of 5',
    )
    destroy()
  })

  test('learn any config exactly as written', () => {
    const config = { ...small, trunk: 'shared', klStop: { ...small.klStop, target: 0.05 } } as const
    const learned = (kernels: Machine): readonly number[] => {
      const made = parts(config, cartPole, kernels)
      const [metrics] = iterate(config, made)(init(made)(key(1)))
      return [metrics.policyLoss, metrics.valueLoss, metrics.gradNorm]
    }
    const [found, expected] = [learned(gpuKernels(device)), learned(js.f32)]
    expected.forEach((x, i) => expect(found[i]).toBeCloseTo(x, 4))
  })
})

describe('kernels of a device', () => {
  test('are not for one that only promises', () => {
    const promising = { isSync: false, mode: 'webgpu' } as Device
    expect(() => gpuKernels(promising)).toThrow(
      'device: expected one that returns results synchronously, got webgpu',
    )
  })
})
