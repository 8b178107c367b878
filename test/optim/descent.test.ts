import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  constant,
  rmsProp,
  sgd,
  type RmsPropConfig,
  type Transform,
} from '../../src/optim/index.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { elements, typed } from '../support/arbitrary.ts'
import { expectClose } from '../support/centralDifference.ts'

const flat = (x: readonly number[], type: 'f32' | 'f64' = 'f64') =>
  of(['param'], [x.length], typed(type, x))

const falling = (count: number): number => 0.1 / (1 + count)

/** The steps that a run of gradients gives, and the last state. */
const run = <S>(
  { init, update }: Transform<S>,
  gradients: ReadonlyArray<readonly number[]>,
  type: 'f32' | 'f64' = 'f64',
): [number[][], S] => {
  let state = init(flat(gradients[0]!, type))
  const steps = gradients.map((g) => {
    const [step, next] = update(flat(g, type), state)
    state = next
    return toArray(step)
  })
  return [steps, state]
}

const runs = (type: 'f32' | 'f64') =>
  fc
    .integer({ min: 1, max: 4 })
    .chain((n) => fc.array(elements(type, n, 3), { minLength: 1, maxLength: 8 }))

describe('sgd', () => {
  test.prop({ g: runs('f64') })('a step is −lr · g, the rate by the steps before', ({ g }) => {
    const [steps, state] = run(sgd({ learningRate: falling }), g)
    expect(steps).toStrictEqual(g.map((row, count) => row.map((x) => -falling(count) * x)))
    expect(state).toStrictEqual({ count: g.length })
  })

  test.prop({ g: elements('f32', 5, 3) })('in f32 it is rounded once, and pure', ({ g }) => {
    const { init, update } = sgd({ learningRate: constant(0.1) })
    const grad = flat(g, 'f32')
    const [step, next] = expectPure(update, grad, expectPure(init, grad))
    expect([step.dims, step.dtype, next.count]).toStrictEqual([['param'], 'f32', 1])
    expect(toArray(step)).toStrictEqual(g.map((x) => Math.fround(-0.1 * x)))
  })
})

/** One parameter as the two libraries' sources have it. */
const reference = (g: readonly number[], config: RmsPropConfig): number[] => {
  let v = config.initialSquare ?? 0
  return g.map((gi, count) => {
    v = config.decay * v + (1 - config.decay) * gi ** 2
    const lr = config.learningRate(count)
    return config.epsilonPlacement === 'outside'
      ? -lr * (gi / (Math.sqrt(v) + config.epsilon))
      : -lr * (gi / Math.sqrt(v + config.epsilon))
  })
}

describe('rmsProp', () => {
  const configs = fc.record({
    learningRate: fc.constant(falling),
    decay: fc.constantFrom(0, 0.5, 0.9, 0.99),
    epsilon: fc.constantFrom(1e-5, 0.1),
    epsilonPlacement: fc.constantFrom('outside', 'inside'),
    initialSquare: fc.constantFrom(0, 1),
  })

  test.prop({ g: runs('f64'), config: configs })(
    'is the plain loop, with ε outside or inside the root',
    ({ g, config }) => {
      const [steps, state] = run(rmsProp(config), g)
      for (const at of g[0]!.keys())
        expectClose(
          steps.map((step) => step[at]!),
          reference(
            g.map((row) => row[at]!),
            config,
          ),
          1e-12,
          1e-300,
        )
      expect(state.count).toBe(g.length)
    },
  )

  test.prop({ g: runs('f32'), config: configs })('f32 agrees with f64 within 1e-4', (x) => {
    const [f32] = run(rmsProp(x.config), x.g, 'f32')
    const [f64] = run(rmsProp(x.config), x.g)
    expectClose(f32.flat(), f64.flat(), 1e-4, 1e-30)
  })

  test.prop({ g: elements('f32', 3, 3), config: configs })('is pure, in f32', ({ g, config }) => {
    const { init, update } = rmsProp(config)
    const grad = flat(g, 'f32')
    const state = expectPure(init, grad)
    expect([state.count, state.v.dtype, toArray(state.v)]).toStrictEqual([
      0,
      'f32',
      g.map(() => config.initialSquare),
    ])
    const [step, next] = expectPure(update, grad, state)
    expect([step.dims, step.dtype, next.v.dtype]).toStrictEqual([['param'], 'f32', 'f32'])
  })

  test('by hand: α = ¾, g = 2, ε = 1: v = 1, and steps of 1 and of 2 / √2', () => {
    const config = { learningRate: constant(1), decay: 0.75, epsilon: 1 }
    const [[outside], { v }] = run(rmsProp({ ...config, epsilonPlacement: 'outside' }), [[2]])
    expect([outside, toArray(v)]).toStrictEqual([[-1], [1]])
    const [[inside]] = run(rmsProp({ ...config, epsilonPlacement: 'inside' }), [[-2]])
    expectClose(inside!, [Math.SQRT2], 1e-15, 0)
  })

  test('TensorFlow’s start from 1: g = 2 gives v = ¾ + 1', () => {
    const config = { learningRate: constant(1), decay: 0.75, epsilon: 0.25, initialSquare: 1 }
    const [[step], { v }] = run(rmsProp({ ...config, epsilonPlacement: 'inside' }), [[2]])
    expect(toArray(v)).toStrictEqual([1.75])
    expectClose(step!, [-Math.SQRT2], 1e-15, 0)
  })

  const config: RmsPropConfig = {
    learningRate: constant(1),
    decay: 0,
    epsilon: Number.MIN_VALUE,
    epsilonPlacement: 'outside',
    initialSquare: 0,
  }

  test.each([
    [{ decay: 1 }, 'decay: expected a number >= 0 and < 1, got 1'],
    [{ decay: -0.1 }, 'decay: expected a number >= 0 and < 1, got -0.1'],
    [{ decay: NaN }, 'decay: expected a number >= 0 and < 1, got NaN'],
    [{ epsilon: 0 }, 'epsilon: expected a number > 0, got 0'],
    [{ epsilon: NaN }, 'epsilon: expected a number > 0, got NaN'],
    [{ initialSquare: -1 }, 'initialSquare: expected a number >= 0, got -1'],
    [
      { epsilonPlacement: 'corrected' as 'inside' },
      'epsilonPlacement: expected one of outside, inside, got corrected',
    ],
  ])('%j is refused', (wrong, message) => {
    expect(() => rmsProp({ ...config, ...wrong })).toThrow(new RangeError(message))
  })

  test('the borders that belong to the ranges are allowed', () => {
    expect(() => rmsProp(config)).not.toThrow()
    expect(() => rmsProp({ ...config, decay: 1 - Number.EPSILON })).not.toThrow()
  })
})
