import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { clipByGlobalNorm, globalNorm } from '../../src/optim/index.ts'
import { data, of, toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { elements, size, typed } from '../support/arbitrary.ts'
import { expectClose } from '../support/centralDifference.ts'

const flat = (x: readonly number[], type: 'f32' | 'f64') =>
  of(['param'], [x.length], typed(type, x))

const norm = (x: readonly number[]): number => Math.sqrt(x.reduce((s, v) => s + v * v, 0))

describe.for([
  [js.f32, 'f32', 1e-5],
  [js.f64, 'f64', 1e-12],
] as const)('in $1', ([machine, type, rtol]) => {
  const gradients = size(40).chain((n) => elements(type, n, 10))
  const limits = fc.double({ min: 0.01, max: 50, noNaN: true })

  test.prop({ g: gradients })('globalNorm is ‖g‖₂', ({ g }) => {
    expectClose(expectPure(globalNorm, machine, typed(type, g)), norm(g), rtol, 1e-12)
  })

  test.prop({ g: gradients, max: limits })('the norm becomes min(norm, max)', ({ g, max }) => {
    const { init, update } = clipByGlobalNorm(machine, max)
    const grad = flat(g, type)
    const [clipped, state] = expectPure(update, grad, init(grad))
    expect([clipped.dims, clipped.dtype]).toStrictEqual([['param'], type])
    expect(state).toStrictEqual({ norm: globalNorm(machine, data(grad)) })
    expectClose(norm(toArray(clipped)), Math.min(norm(g), max), rtol, 1e-12)
  })

  test.prop({ g: gradients, max: limits })('the direction stays', ({ g, max }) => {
    const grad = flat(g, type)
    const [clipped] = clipByGlobalNorm(machine, max).update(grad, { norm: 0 })
    const factor = Math.min(1, max / norm(g))
    fc.pre(g.length > 0 && norm(g) > 0)
    expectClose(
      toArray(clipped),
      g.map((x) => x * factor),
      rtol,
      1e-37,
    )
  })

  test.prop({ g: gradients })('below the limit the bits stay', ({ g }) => {
    const grad = flat(g, type)
    const [clipped] = clipByGlobalNorm(machine, norm(g) * 1.001 + 1e-6).update(grad, {
      norm: 0,
    })
    expect(toArray(clipped)).toStrictEqual(g)
  })

  test('at the limit too: the side of the kink is “leave it”', () => {
    const grad = flat([3, 4], type)
    expect(toArray(clipByGlobalNorm(machine, 5).update(grad, { norm: 0 })[0])).toStrictEqual([3, 4])
  })

  test('[3, 4] clipped to 1 is [0.6, 0.8]; a gradient of 0 stays 0', () => {
    const grad = flat([3, 4], type)
    const [clipped] = clipByGlobalNorm(machine, 1).update(grad, { norm: 0 })
    expectClose(toArray(clipped), [0.6, 0.8], rtol, 0)
    const zero = flat([0, 0], type)
    expect(toArray(clipByGlobalNorm(machine, 1).update(zero, { norm: 0 })[0])).toStrictEqual([0, 0])
  })
})
