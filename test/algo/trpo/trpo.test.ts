import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { estimateTargets } from '../../../src/algo/estimateTargets.ts'
import {
  decodeConfig,
  init,
  iterate,
  parts,
  presets,
  train,
  type TrpoConfig,
} from '../../../src/algo/trpo/index.ts'
import type { Policy, PolicyParams } from '../../../src/algo/policy.ts'
import type { Samples } from '../../../src/algo/samples.ts'
import { js } from '../../../src/kernel/index.ts'
import type { Flat } from '../../../src/optim/index.ts'
import { key, normal, split } from '../../../src/random/index.ts'
import { data, map, mean, of, partRanges, scale, toArray } from '../../../src/tensor/index.ts'
import { withFlat } from '../../../src/tensor/params.ts'
import { expectPure, expectSameBits } from '../../law/purity.ts'
import { expectClose, numericGrad } from '../../support/centralDifference.ts'
import { inner, numericAlong } from '../../support/direction.ts'
import { fitValue, naturalStep } from '../../support/learningParts.ts'
import { backwardOf } from '../../support/policyGrads.ts'
import { acted, closing, spaceNames, spaces, walk, type SpaceName } from '../../support/spaces.ts'
import { bandit } from '../../support/worlds.ts'

const small: TrpoConfig = {
  ...presets.spinningup,
  envs: 3,
  steps: 8,
  totalSteps: 3 * 24,
  hidden: [3],
  valueHidden: [4],
  valueEpochs: 2,
  valueMinibatches: 3,
}

const scene = (name: SpaceName, config: TrpoConfig = small, seed = 3) => {
  const world = walk(spaces[name], closing(spaces[name]))
  const made = acted(world, config, seed)
  const { params, policy } = made
  const [critic] = partRanges(params.tree).critic!
  const stepOf = (chosen: TrpoConfig = config) => naturalStep(chosen, world, policy)
  return { ...made, config, critic, params, policy, stepOf }
}

/** mean r Â over the samples, where r compares with the policy that acted. */
const surrogateOf = (policy: Policy, params: PolicyParams, samples: Samples): number => {
  const [{ dist }] = policy.forward(params, samples.observation, samples.actionMask)
  const [now, old] = [toArray(dist.logProb(samples.action)), toArray(samples.oldLogProb)]
  const a = toArray(samples.advantage)
  return now.reduce((s, l, i) => s + (Math.exp(l - old[i]!) * a[i]!) / a.length, 0)
}

const klOf = (policy: Policy, from: PolicyParams, to: PolicyParams, samples: Samples): number => {
  const [p, q] = [from, to].map(
    (params) => policy.forward(params, samples.observation, samples.actionMask)[0].dist,
  )
  return mean(p!.kl(q!))
}

const direction = (params: PolicyParams, seed: number) =>
  normal(key(seed), ['param'], params.flat.shape, 'f64')

/** v ↦ F v = Jᵀ (F_dist (J v)) / n */
const productAt = ({ policy, params, samples }: ReturnType<typeof scene>) => {
  const [{ dist }, cache] = policy.forward(params, samples.observation, samples.actionMask)
  return (v: Flat): Flat => {
    const tangent = withFlat(params.tree, data(v) as Float64Array)
    const dParam = scale(dist.fisher(policy.jvp(cache, tangent)), 1 / samples.action.shape[0])
    return backwardOf(policy, params, cache, { dParam, dValue: null }).flat
  }
}

describe.each(spaceNames)('the Fisher matrix over %s', (name) => {
  test.each(['free', 'state'] as const)(
    'is the Hessian of the mean KL at the policy itself (log σ %s)',
    (kind) => {
      const at = scene(name, { ...small, logStd: { kind, init: -0.3 } })
      const { policy, params, samples } = at
      const old = policy.forward(params, samples.observation, samples.actionMask)[0].dist
      const klGradAt = (x: Float64Array): readonly number[] => {
        const theta = withFlat(params.tree, x)
        const [{ dist }, cache] = policy.forward(theta, samples.observation, samples.actionMask)
        const dParam = old.klGrad(dist, of(['sample'], [24], Array(24).fill(1 / 24)))
        return toArray(backwardOf(policy, theta, cache, { dParam, dValue: null }).flat)
      }
      // The gradient that is differentiated is that of the KL.
      const kl = (x: Float64Array) => klOf(policy, params, withFlat(params.tree, x), samples)
      const near = toArray(params.flat).map((x, i) => x + 0.1 * Math.sin(i))
      expectClose(klGradAt(Float64Array.from(near)), numericGrad(kl, near), 1e-6, 1e-9)

      const v = direction(params, 5)
      const along = numericAlong(klGradAt, toArray(params.flat), toArray(v))
      expectClose(toArray(productAt(at)(v)), along, 1e-6, 1e-8)
    },
  )

  test('is symmetric, positive semi-definite, and 0 in V’s parameters', () => {
    const at = scene(name)
    const product = productAt(at)
    const [v, w] = [direction(at.params, 1), direction(at.params, 2)]
    expectClose(
      inner(toArray(product(v)), toArray(w)),
      inner(toArray(v), toArray(product(w))),
      1e-10,
      1e-12,
    )
    expect(inner(toArray(product(v)), toArray(v))).toBeGreaterThan(0)
    expect(new Set(toArray(product(v)).slice(at.critic))).toEqual(new Set([0]))
    expectPure(product, v)
  })
})

/** Gauss and Jordan with pivots: A x = b. */
const solve = (a: readonly (readonly number[])[], b: readonly number[]): number[] => {
  const m = a.map((row, i) => [...row, b[i]!])
  for (let c = 0; c < m.length; c++) {
    const pivot = m
      .slice(c)
      .reduce((p, row, i) => (Math.abs(row[c]!) > Math.abs(m[p]![c]!) ? c + i : p), c)
    ;[m[c], m[pivot]] = [m[pivot]!, m[c]!]
    for (let r = 0; r < m.length; r++)
      if (r !== c) {
        const f = m[r]![c]! / m[c]![c]!
        m[r] = m[r]!.map((x, j) => x - f * m[c]![j]!)
      }
  }
  return m.map((row, i) => row.at(-1)! / row[i]!)
}

describe('the natural step', () => {
  test.each(['discrete', 'box', 'product'] as const)(
    'solves max gᵀx with ½ xᵀ(F + c I) x = δ, as a direct solver does (%s)',
    (name) => {
      const config: TrpoConfig = {
        ...small,
        hidden: [],
        maxKl: 1e-3,
        conjugateGradient: { iterations: 60, tolerance: 0, damping: 0.05 },
      }
      const at = scene(name, config)
      const { policy, params, samples, critic } = at
      const [metrics, next] = at.stepOf()(params, samples)
      const n = critic
      const product = productAt(at)
      const length = params.flat.shape[0]
      const unit = (j: number) =>
        of(
          ['param'],
          [length],
          Array.from({ length }, (_, i) => Number(i === j)),
        )
      const fisher = Array.from({ length: n }, (_, j) => toArray(product(unit(j))).slice(0, n))
      const damped = fisher.map((row, i) => row.map((f, j) => f + (i === j ? 0.05 : 0)))
      const flat = toArray(params.flat)
      const g = Array.from(
        numericGrad((x) => surrogateOf(policy, withFlat(params.tree, x), samples), flat),
      ).slice(0, n)
      const x = solve(damped, g)
      const longest = Math.sqrt((2 * config.maxKl) / inner(x, g))
      const expected = x.map((xi) => metrics.fraction * longest * xi)
      const step = toArray(next.flat).map((t, i) => t - flat[i]!)
      expect(metrics.fraction).toBeGreaterThan(0)
      expectClose(step.slice(0, n), expected, 1e-5, 1e-9)
      expectClose(metrics.gradNorm, Math.sqrt(inner(g, g)), 1e-7, 0)
    },
  )

  test.prop(
    [
      fc.constantFrom(...spaceNames),
      fc.integer({ min: 0, max: 100 }),
      fc.constantFrom(1e-3, 0.01, 0.2, 2),
      fc.constantFrom('free', 'state' as const),
    ],
    { numRuns: 40 },
  )(
    'keeps its KL within δ, raises the surrogate, reports its step, and does not change V',
    (name, seed, maxKl, kind) => {
      const config: TrpoConfig = { ...small, maxKl, logStd: { kind, init: -0.3 } }
      const { policy, params, samples, critic, stepOf } = scene(name, config, seed)
      const batch = { ...samples, advantage: normal(key(seed), ['sample'], [24], 'f64') }
      const [metrics, next] = stepOf(config)(params, batch)
      const [before, after] = [params, next].map((at) => surrogateOf(policy, at, batch))
      expectClose(metrics.policyLoss, -after!, 1e-10, 1e-13)
      expectClose(metrics.kl, klOf(policy, params, next, batch), 1e-10, 1e-15)
      expect(metrics.kl).toBeLessThanOrEqual(maxKl)
      const [{ dist }] = policy.forward(next, batch.observation, batch.actionMask)
      expectClose(metrics.entropy, mean(dist.entropy()), 1e-12, 0)
      expectSameBits(toArray(next.flat).slice(critic), toArray(params.flat).slice(critic))
      const i = Math.round(Math.log(metrics.fraction) / Math.log(0.8))
      expect(metrics.fraction).toBeGreaterThan(0)
      expectClose(metrics.fraction, 0.8 ** i, 1e-12, 0)
      expect(i).toBeLessThan(10)
      expect(after).toBeGreaterThan(before!)
      // The fraction before it was refused.
      if (i > 0) {
        const flat = toArray(params.flat)
        const longer = toArray(next.flat).map((x, j) => flat[j]! + (x - flat[j]!) / 0.8)
        const refused = withFlat(params.tree, Float64Array.from(longer))
        const kl = klOf(policy, params, refused, batch)
        expect(kl > maxKl || surrogateOf(policy, refused, batch) <= before!).toBe(true)
      }
    },
  )

  test('is shortened where the surrogate falls, however far the KL lets it go', () => {
    const config: TrpoConfig = { ...small, maxKl: 1e3 }
    let shortened = 0
    for (let seed = 0; seed < 20; seed++) {
      const { policy, params, samples, stepOf } = scene('discrete', config, seed)
      const batch = { ...samples, advantage: normal(key(seed), ['sample'], [24], 'f64') }
      const [{ fraction, policyLoss }, next] = stepOf(config)(params, batch)
      const before = surrogateOf(policy, params, batch)
      if (fraction === 0) expectSameBits(next, params)
      else expect(-policyLoss).toBeGreaterThan(before)
      if (fraction < 1) shortened++
    }
    expect(shortened).toBeGreaterThan(2)
  })

  test('is almost as long as it may be where the KL is almost a square', () => {
    const config = {
      ...small,
      maxKl: 1e-6,
      conjugateGradient: { iterations: 10, tolerance: 0, damping: 0 },
    }
    const { params, samples, stepOf } = scene('box', config)
    const [{ kl, fraction }] = stepOf(config)(params, samples)
    expectClose(kl / (fraction * fraction), 1e-6, 1e-2, 0)
  })

  test.each(spaceNames)('is none where the gradient is 0 (%s)', (name) => {
    const { policy, params, samples, stepOf } = scene(name)
    const flat = { ...samples, advantage: map(samples.advantage, () => 0) }
    const [metrics, next] = stepOf()(params, flat)
    expectSameBits(next, params)
    const [{ dist }] = policy.forward(params, samples.observation, samples.actionMask)
    const entropy = mean(dist.entropy())
    expectSameBits(metrics, { policyLoss: 0, entropy, kl: 0, fraction: 0, gradNorm: 0 })
  })

  test('is none where no fraction of it is good', () => {
    // One try, at a δ so large that the square says nothing of the KL.
    const config: TrpoConfig = { ...small, maxKl: 2, lineSearch: { shrink: 0.5, steps: 1 } }
    const seed = Array.from({ length: 30 }, (_, i) => i).find((i) => {
      const { params, samples, stepOf } = scene('box', small, i)
      const many = { ...config, lineSearch: { shrink: 0.5, steps: 10 } }
      return stepOf(many)(params, samples)[0].fraction < 1
    })!
    const { params, samples, stepOf } = scene('box', small, seed)
    const [metrics, next] = stepOf(config)(params, samples)
    expectSameBits(next, params)
    expect([metrics.kl, metrics.fraction]).toEqual([0, 0])
    expect(metrics.gradNorm).toBeGreaterThan(0)
    expectClose(metrics.policyLoss, -mean(samples.advantage), 1e-10, 1e-13)
  })

  test('of a NaN is an error that names a gradient', () => {
    const { params, samples, stepOf } = scene('box')
    const batch = { ...samples, advantage: map(samples.advantage, () => NaN) }
    expect(() => stepOf()(params, batch)).toThrow(
      /^gradient of actor\.layer0\..*: expected a finite number, got NaN$/,
    )
  })

  test('leaves its inputs as they are', () => {
    const { params, samples, stepOf } = scene('product')
    expectPure(stepOf(), params, samples)
  })
})

const world = walk(spaces.box)

describe('an iteration', () => {
  const all = parts(small, world, js.f64)
  const start = init(all)(key(4))

  test('is the natural step of the policy, then V’s fit, from what was lived', () => {
    const [metrics, next] = iterate(small, all)(start)
    const [actKey, learnKey, onKey] = split(start.key, 3)
    const { params } = start.learner
    const [{ trajectory, episodes }, after] = all.rollout(params, actKey)(start.envState)
    const batch = estimateTargets(small)(trajectory)
    const [losses, better] = naturalStep(small, world, all.policy)(params, batch)
    const [valueLoss, learner] = fitValue(small, world, all.policy)(batch, learnKey)({
      ...start.learner,
      params: better,
    })
    expectSameBits(next, { update: 1, key: onKey, envState: after, learner })
    const { explainedVariance, ...others } = metrics
    expectSameBits(others, { ...losses, valueLoss, update: 1, steps: 24, episodes })
    expect(explainedVariance).toBeLessThan(1)
    expect(learner.optim[1].count).toBe(0)
    expect(learner.optim[2]!.count).toBe(6)
  })

  test('is pure', () => {
    expectPure(iterate(small, all), start)
  })

  test('says where something went wrong', () => {
    const update: typeof all.update = ({ advantage, ...batch }, ...how) =>
      all.update({ ...batch, advantage: map(advantage, () => NaN) }, ...how)
    expect(() => iterate(small, { ...all, update })(start)).toThrow(
      /^update 1: gradient of actor\./,
    )
  })
})

test('a run from one key is the same on every backend, to the bit', () => {
  const states = (how: 'js' | 'wasm') => {
    const all = parts(small, world, how)
    return [...train(small, all)(init(all)(key(4)))]
  }
  const once = states('js')
  expect(once.length).toBe(3)
  expectSameBits(states('js'), once)
  expectSameBits(states('wasm'), once)
})

test('learns which of two actions pays', () => {
  const config: TrpoConfig = {
    ...small,
    envs: 8,
    totalSteps: 30 * 64,
    valueMinibatches: 1,
    maxKl: 0.05,
    weights: 'orthogonal',
    advantage: { ...small.advantage, epsilon: 1e-8 },
  }
  const all = parts(config, bandit)
  const runs = [...train(config, all)(init(all)(key(1)))]
  const meanReturn = ({ episodes }: (typeof runs)[number][0]) =>
    episodes.reduce((s, e) => s + e.return, 0) / episodes.length
  expect(meanReturn(runs[0]![0])).toBeLessThan(0.7)
  expect(meanReturn(runs.at(-1)![0])).toBeGreaterThan(0.95)
})

describe('a config', () => {
  test('of the preset is one', () => {
    expect(decodeConfig(presets.spinningup)).toEqual(E.right(presets.spinningup))
  })

  test.each<[string, unknown, string]>([
    ['maxKl', 0, 'maxKl: expected a number > 0, got 0'],
    ['lineSearch', { shrink: 1, steps: 10 }, 'lineSearch.shrink: expected a number from 0.01 to'],
    ['trunk', 'shared', 'trunk: expected one of separate, got "shared"'],
    ['valueMinibatches', 5, 'valueMinibatches: expected a divisor of envs · steps = 24, got 5'],
    ['totalSteps', 23, 'totalSteps: expected at least one update of envs · steps = 24, got 23'],
    [
      'learningRate',
      1,
      'learningRate: expected the name of a field, got "learningRate": did you mean valueLearningRate?',
    ],
  ])('with %s = %j is an error', (field, value, message) => {
    const config = { ...small, [field]: value }
    expect(() => parts(config, world)).toThrow(RangeError)
    expect(() => parts(config, world)).toThrow(message)
  })

  test('of one sample to whiten is an error', () => {
    const one = { ...small, envs: 1, steps: 1, valueMinibatches: 1 }
    expect(() => parts(one, world)).toThrow(
      'steps: expected at least 2, so that a batch has two samples to normalise, got 1',
    )
  })
})
