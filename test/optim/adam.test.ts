import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { adam, constant, type AdamConfig } from '../../src/optim/index.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { elements, typed } from '../support/arbitrary.ts'
import { expectClose } from '../support/centralDifference.ts'

const flat = (x: readonly number[], type: 'f32' | 'f64' = 'f64') =>
  of(['param'], [x.length], typed(type, x))

const config = (learningRate: number, epsilon = 1e-8): AdamConfig => ({
  learningRate: constant(learningRate),
  beta1: 0.9,
  beta2: 0.999,
  epsilon,
})

/** Algorithm 1 of Kingma and Ba 2015, one parameter, as printed: the steps, not the places. */
const kingmaBa = (
  gradients: readonly number[],
  rate: (count: number) => number,
  { beta1, beta2, epsilon }: Pick<AdamConfig, 'beta1' | 'beta2' | 'epsilon'>,
): number[] => {
  let [m, v] = [0, 0]
  return gradients.map((g, count) => {
    const t = count + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g ** 2
    const mHat = m / (1 - beta1 ** t)
    const vHat = v / (1 - beta2 ** t)
    return (-rate(count) * mHat) / (Math.sqrt(vHat) + epsilon)
  })
}

// Gradients of a size that matters: where all are near 0, ε alone is seen.
const gradient = fc.double({ min: 1e-3, max: 10, noNaN: true }).chain((x) => fc.constantFrom(x, -x))

describe('adam', () => {
  test.prop({
    runs: fc.integer({ min: 1, max: 3 }).chain((params) =>
      fc.array(fc.array(gradient, { minLength: params, maxLength: params }), {
        minLength: 1,
        maxLength: 12,
      }),
    ),
    beta1: fc.constantFrom(0, 0.5, 0.9),
    beta2: fc.constantFrom(0.9, 0.999),
    epsilon: fc.constantFrom(1e-8, 1e-5, 0.1),
  })(
    'is Algorithm 1 of Kingma and Ba over many steps, with a falling rate',
    ({ runs, beta1, beta2, epsilon }) => {
      const rate = (count: number): number => 0.1 / (1 + count)
      const { init, update } = adam(js.f64, { learningRate: rate, beta1, beta2, epsilon })
      const params = flat(runs[0]!.map(() => 0))
      let state = init(params)
      const steps = runs.map((g) => {
        const [step, next] = update(flat(g), state)
        state = next
        return toArray(step)
      })
      for (const at of runs[0]!.keys())
        expectClose(
          steps.map((step) => step[at]!),
          kingmaBa(
            runs.map((g) => g[at]!),
            rate,
            { beta1, beta2, epsilon },
          ),
          1e-9,
          1e-13,
        )
    },
  )

  test.prop({ g: fc.array(gradient, { minLength: 1, maxLength: 9 }) })(
    'the first step is −lr · sign(g), whatever the size of g, where ε is tiny',
    ({ g }) => {
      const { init, update } = adam(js.f64, config(0.01, 1e-15))
      const [step] = update(flat(g), init(flat(g)))
      expectClose(
        toArray(step),
        g.map((x) => -0.01 * Math.sign(x)),
        1e-9,
        0,
      )
    },
  )

  test.prop({ g: fc.array(gradient, { minLength: 1, maxLength: 9 }), s: fc.constantFrom(2, 0.25) })(
    'without ε the step does not change with the unit of the loss',
    ({ g, s }) => {
      const run = (gradients: readonly number[]): number[] => {
        const { init, update } = adam(js.f64, config(0.01, 0))
        const [, once] = update(flat(gradients), init(flat(gradients)))
        return toArray(update(flat(gradients.map((x) => -x / 3)), once)[0])
      }
      expectClose(run(g.map((x) => s * x)), run(g), 1e-12, 0)
    },
  )

  test.prop({ g: elements('f32', 5, 3) })('a step is pure: the state before it stays', ({ g }) => {
    const { init, update } = adam(js.f32, config(0.01))
    const params = flat([1, 2, 3, 4, 5], 'f32')
    const [step, next] = expectPure(update, flat(g, 'f32'), expectPure(init, params))
    expect([step.dims, step.shape, step.dtype]).toStrictEqual([['param'], [5], 'f32'])
    expectPure(update, flat(g, 'f32'), next)
  })

  test('zero gradients move nothing', () => {
    const { init, update } = adam(js.f32, config(0.01))
    const zero = flat([0, 0, 0], 'f32')
    const [step, next] = update(zero, init(zero))
    expect(toArray(step).every((x) => x === 0)).toBe(true)
    expect(toArray(next.m)).toStrictEqual([0, 0, 0])
  })

  test('the state starts at zero and counts steps; the schedule sees the steps before', () => {
    const seen: number[] = []
    const learningRate = (count: number): number => {
      seen.push(count)
      return 0.1
    }
    const { init, update } = adam(js.f64, { ...config(0), learningRate })
    const g = flat([1])
    let state = init(g)
    expect([toArray(state.m), toArray(state.v), state.count]).toStrictEqual([[0], [0], 0])
    for (let i = 0; i < 3; i++) [, state] = update(g, state)
    expect(state.count).toBe(3)
    expect(seen).toStrictEqual([0, 1, 2])
  })

  test('descends a bowl: 500 steps reduce x² from 5 to below 10⁻³', () => {
    const { init, update } = adam(js.f64, config(0.1))
    let x = 5
    let state = init(flat([x]))
    for (let i = 0; i < 500; i++) {
      const [step, next] = update(flat([2 * x]), state)
      state = next
      x += toArray(step)[0]!
    }
    expect(x * x).toBeLessThan(1e-3)
  })
})
