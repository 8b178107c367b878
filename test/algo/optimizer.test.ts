import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { OptimState } from '../../src/algo/learner.ts'
import { optimizerFor, type OptimizerConfig } from '../../src/algo/optimizer.ts'
import { liveRates, type LiveRates } from '../../src/algo/rates.ts'
import { js } from '../../src/kernel/index.ts'
import {
  adam,
  clipByGlobalNorm,
  clipByNormEach,
  clipElements,
  constant,
  noClip,
  type ClipState,
  type Flat,
  type Transform,
} from '../../src/optim/index.ts'
import { key, normal } from '../../src/random/index.ts'
import { of, toArray } from '../../src/tensor/index.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'

const N = 7
const VALUES = 3
const POLICY = N - VALUES
const ADAM = { beta1: 0.8, beta2: 0.95, epsilon: 1e-3, epsilonPlacement: 'corrected' } as const
const CLIPS = ['global', 'each', 'element', 'none'] as const
const RATES = { learningRate: 0.1, valueLearningRate: 0.3 } as const

const flat = (seed: number, length = N): Flat => normal(key(seed), ['param'], [length], 'f64')
const cut = (x: Flat, from: number, to: number): Flat =>
  of(['param'], [to - from], Float64Array.from(toArray(x).slice(from, to)))
const join = (a: Flat, b: Flat): Flat =>
  of(['param'], [N], Float64Array.from([...toArray(a), ...toArray(b)]))

const optimizer =
  (
    gradClip: OptimizerConfig['gradClip'],
    adam: OptimizerConfig['adam'] = ADAM,
    maxGradNorm = 0.9,
  ) =>
  (rates: LiveRates): Transform<OptimState> => {
    const { valueLearningRate } = rates
    return optimizerFor(js.f64, { gradClip, maxGradNorm, adam, valueLearningRate }, VALUES, rates)
  }

const clips = {
  global: clipByGlobalNorm(js.f64, 0.9),
  each: clipByNormEach(js.f64, 0.9, [
    [0, POLICY],
    [POLICY, N],
  ]),
  element: clipElements(js.f64, 0.9),
  none: noClip(js.f64),
} satisfies { readonly [K in OptimizerConfig['gradClip']]: Transform<ClipState> }

const adamAt = (learningRate: number) =>
  adam(js.f64, { ...ADAM, learningRate: constant(learningRate) })

/** Steps by gradients of these seeds, and the state after them. */
const steps = (
  make: (rates: LiveRates) => Transform<OptimState>,
  sizes: readonly LiveRates[],
  seed = 0,
): [readonly Flat[], OptimState] => {
  const params = flat(99)
  let state = make(sizes[0]!).init(params)
  const all = sizes.map((size, i) => {
    const [step, next] = make(size).update(flat(seed + i), state)
    state = next
    return step
  })
  return [all, state]
}

const together = (learningRate = 0.1): LiveRates => ({ ...liveRates(), learningRate })
const apart = (trainable: LiveRates['trainable']): LiveRates => ({
  ...liveRates(),
  ...RATES,
  trainable,
})

describe.each(CLIPS)('clipped: %s', (gradClip) => {
  test.prop([fc.nat(1000)])('together: the clip, then one Adam for all, to the bit', (seed) => {
    const rates = [0.1, 0.05, 0.2]
    const [all, state] = steps(
      optimizer(gradClip),
      rates.map((rate) => together(rate)),
      seed,
    )
    let moments = adamAt(0).init(flat(99))
    rates.forEach((rate, i) => {
      const [clipped, clip] = clips[gradClip].update(flat(seed + i), { norm: 0 })
      const [step, next] = adamAt(rate).update(clipped, moments)
      moments = next
      expectSameBits(all[i], step)
      if (i === 2) expectSameBits(state, [clip, moments])
    })
  })

  test.prop([fc.nat(1000)])('apart: the clip, then two Adams side by side, to the bit', (seed) => {
    const [all, state] = steps(optimizer(gradClip), [apart('all'), apart('all')], seed)
    let [policy, value] = [adamAt(0).init(flat(0, POLICY)), adamAt(0).init(flat(0, VALUES))]
    all.forEach((step, i) => {
      const [clipped, clip] = clips[gradClip].update(flat(seed + i), { norm: 0 })
      const [ofPolicy, nextPolicy] = adamAt(0.1).update(cut(clipped, 0, POLICY), policy)
      const [ofValue, nextValue] = adamAt(0.3).update(cut(clipped, POLICY, N), value)
      ;[policy, value] = [nextPolicy, nextValue]
      expectSameBits(toArray(step), toArray(join(ofPolicy, ofValue)))
      if (i === 1) expectSameBits(state, [clip, policy, value])
    })
  })

  test.each([
    ['value', 'policy', 0, POLICY, 1],
    ['policy', 'value', POLICY, N, 2],
  ] as const)(
    'where %s moves, the %s’s steps are 0 and its moments the very same',
    (moves, _, from, to, place) => {
      const [, before] = steps(optimizer(gradClip), [apart('all')])
      const [step, after] = optimizer(gradClip)(apart(moves)).update(flat(5), before)
      expect(toArray(step).slice(from, to)).toEqual(Array(to - from).fill(0))
      expectSameBits(after[place], before[place])
      const other = place === 1 ? 2 : 1
      const [both, next] = optimizer(gradClip)(apart('all')).update(flat(5), before)
      expectSameBits(after[other], next[other])
      for (let i = 0; i < N; i++)
        if (i < from || i >= to) expect(toArray(step)[i]).toBe(toArray(both)[i])
      expect(after[other]!).not.toEqual(before[other])
    },
  )

  test('the norm is that of the whole gradient as it came', () => {
    for (const size of [together(), apart('all'), apart('policy'), apart('value')]) {
      const grad = of(['param'], [N], [3, 0, 0, 0, 4, 0, 0])
      const made = optimizer(gradClip)(size)
      expect(made.update(grad, made.init(flat(99)))[1][0]).toEqual({ norm: 5 })
    }
  })

  test('leaves gradient and state as they are', () => {
    for (const size of [together(), apart('all'), apart('policy'), apart('value')]) {
      const made = optimizer(gradClip)(size)
      const state = expectPure(made.init, flat(99))
      expectPure(made.update, flat(1), state)
    }
  })
})

// Two optimisers that know nothing of each other, as frameworks have them.
test.prop([fc.nat(1000)])(
  'apart, with each norm by itself, is two optimisers in all they do',
  (seed) => {
    const [all, state] = steps(optimizer('each'), [apart('all'), apart('all'), apart('all')], seed)
    const alone = (from: number, to: number, rate: number) => {
      const clip = clipByGlobalNorm(js.f64, 0.9)
      let moments = adamAt(rate).init(flat(0, to - from))
      const own = all.map((_, i) => {
        const [clipped] = clip.update(cut(flat(seed + i), from, to), { norm: 0 })
        const [step, next] = adamAt(rate).update(clipped, moments)
        moments = next
        return toArray(step)
      })
      return [own, moments] as const
    }
    const [policy, value] = [alone(0, POLICY, 0.1), alone(POLICY, N, 0.3)]
    all.forEach((step, i) => expect(toArray(step)).toEqual([...policy[0][i]!, ...value[0][i]!]))
    expectSameBits(state.slice(1), [policy[1], value[1]])
  },
)

test('the state has one Adam or two, of the sizes of what they move', () => {
  const one = optimizer('none')(together()).init(flat(1))
  expect(one.map((state) => ('m' in state ? toArray(state.m).length : 'clip'))).toEqual(['clip', N])
  const two = optimizer('none')(apart('all')).init(flat(1))
  expect(two.map((state) => ('m' in state ? toArray(state.m).length : 'clip'))).toEqual([
    'clip',
    POLICY,
    VALUES,
  ])
})

test('each clips the policy’s part and V’s by their own norms', () => {
  const plain = { ...ADAM, beta1: 0, beta2: 0, epsilon: 1e12 }
  // So that Adam's step is the gradient, scaled: −lr g / (|g| + 10¹²).
  const transform = optimizer('each', plain, 1)(together(1e12))
  const grad = of(['param'], [N], [3, 0, 0, 4, 0, 0.5, 0])
  const [step] = transform.update(grad, transform.init(flat(99)))
  const expected = [-0.6, 0, 0, -0.8, 0, -0.5, 0]
  toArray(step).forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 9))
})

test('rates are read at each step', () => {
  const rates = apart('all')
  const live = optimizer('none')(rates)
  const state = live.init(flat(99))
  for (const now of [apart('policy'), { ...apart('all'), learningRate: 7 }, apart('value')]) {
    Object.assign(rates, now)
    expectSameBits(live.update(flat(3), state), optimizer('none')(now).update(flat(3), state))
  }
})
