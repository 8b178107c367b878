import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { estimateTargets } from '../../../src/algo/estimateTargets.ts'
import * as ppo from '../../../src/algo/ppo/index.ts'
import {
  decodeConfig,
  init,
  iterate,
  parts,
  presets,
  train,
  type VpgConfig,
} from '../../../src/algo/vpg/index.ts'
import { js } from '../../../src/kernel/index.ts'
import { adam, constant } from '../../../src/optim/index.ts'
import { key, split } from '../../../src/random/index.ts'
import { discountedReturn, truncation, whiten } from '../../../src/rl/index.ts'
import { map, of, partRanges, toArray } from '../../../src/tensor/index.ts'
import { withFlat } from '../../../src/tensor/params.ts'
import { expectPure, expectSameBits } from '../../law/purity.ts'
import { expectClose, numericGrad } from '../../support/centralDifference.ts'
import { fitValue } from '../../support/learningParts.ts'
import { perturbed } from '../../support/runs.ts'
import { acted, closing, spaceNames, spaces, walk } from '../../support/spaces.ts'
import { bandit } from '../../support/worlds.ts'

const small: VpgConfig = {
  ...presets.spinningup,
  envs: 3,
  steps: 8,
  totalSteps: 3 * 24,
  hidden: [3],
  valueHidden: [4],
  valueEpochs: 2,
  valueMinibatches: 3,
  entropyCoef: 0.1,
}

/** The loss of the policy's step. */
const lossGrad = (config: VpgConfig, policy: ppo.Policy) =>
  ppo.lossGrad({ ...config, surrogate: 'policyGradient', valueClip: null, valueCoef: 0 }, policy)

describe.each(spaceNames)('the gradient over %s', (name) => {
  test.each(['free', 'state'] as const)('is that of its loss, log σ %s', (kind) => {
    const env = walk(spaces[name], closing(spaces[name]))
    const config = { ...small, logStd: { kind, init: -0.3 } }
    const { policy, params: old, samples } = acted(env, config, 3)
    const params = perturbed(old, 0.1, 2)
    const [losses, grads] = lossGrad(config, policy)(params, samples)
    const loss = (x: Float64Array): number => {
      const [at] = lossGrad(config, policy)(withFlat(params.tree, x), samples)
      return at.policyLoss - config.entropyCoef * at.entropy
    }
    expectClose(toArray(grads.flat), numericGrad(loss, toArray(params.flat)), 1e-6, 1e-9)
    const [{ dist }] = policy.forward(params, samples.observation, samples.actionMask)
    const psi = toArray(samples.advantage)
    const logProb = toArray(dist.logProb(samples.action))
    const sum = logProb.reduce((total, l, i) => total + l * psi[i]!, 0)
    expectClose(losses.policyLoss, -sum / 24, 1e-12, 1e-14)
    const [from] = partRanges(params.tree).critic!
    expect(
      toArray(grads.flat)
        .slice(from)
        .every((g) => g === 0),
    ).toBe(true)
  })
})

const world = walk(spaces.box)
const run = (config: VpgConfig, how: 'js' | 'wasm' | typeof js.f64 = js.f64) => {
  const all = parts(config, world, how)
  return { all, start: init(all)(key(4)) }
}

describe('an iteration', () => {
  test('is one step of Adam by the policy, then V’s fit', () => {
    const { all, start } = run(small)
    const [metrics, next] = iterate(small, all)(start)
    const [actKey, learnKey, onKey] = split(start.key, 3)
    const { params, optim } = start.learner
    const [{ trajectory, episodes }, after] = all.rollout(params, actKey)(start.envState)
    const batch = estimateTargets(small)(trajectory)
    const [{ policyLoss, entropy }, grads] = lossGrad(small, all.policy)(params, batch)
    const [from, to] = partRanges(params.tree).critic!
    const policyGrad = of(['param'], [from], toArray(grads.flat).slice(0, from))
    const rate = constant(small.learningRate)
    const optimiser = adam(js.f64, { ...small.adam, learningRate: rate })
    const [step, moments] = optimiser.update(policyGrad, optim[1])
    const climbed = withFlat(
      params.tree,
      Float64Array.from({ length: to }, (_, i) => {
        const s = i < from ? toArray(step)[i]! : 0
        return toArray(params.flat)[i]! + s
      }),
    )
    const [valueLoss, learner] = fitValue(small, world, all.policy)(batch, learnKey)({
      ...start.learner,
      params: climbed,
      optim: [optim[0], moments, optim[2]!],
    })
    expectSameBits(next.learner.params, learner.params)
    expectSameBits(next.learner.optim.slice(1), learner.optim.slice(1))
    expectSameBits([next.key, next.envState, next.update], [onKey, after, 1])
    const norm = Math.sqrt(toArray(grads.flat).reduce((s, g) => s + g * g, 0))
    const { gradNorm, explainedVariance, ...others } = metrics
    expectSameBits(others, {
      policyLoss,
      entropy,
      valueLoss,
      update: 1,
      steps: 24,
      episodes,
    })
    expectClose(gradNorm, norm, 1e-12, 0)
    expect(explainedVariance).toBeLessThan(1)
  })

  test('is pure', () => {
    const { all, start } = run(small)
    expectPure(iterate(small, all), start)
  })

  test('says where something went wrong', () => {
    const { all, start } = run(small)
    const broken: typeof all = {
      ...all,
      update: ({ advantage, ...batch }, ...how) =>
        all.update({ ...batch, advantage: map(advantage, () => NaN) }, ...how),
    }
    expect(() => iterate(small, broken)(start)).toThrow(/^update 1: gradient of actor\.layer0\./)
  })
})

describe('with no V', () => {
  /** The critic's parameters all 0, so that it says 0 of every state. */
  const blank = (config: VpgConfig) => {
    const { all, start } = run(config)
    const { params } = start.learner
    const [from] = partRanges(params.tree).critic!
    const zero = Float64Array.from(toArray(params.flat), (x, i) => (i < from ? x : 0))
    return {
      all,
      start: { ...start, learner: { ...start.learner, params: withFlat(params.tree, zero) } },
    }
  }

  test.each(['none', 'batch'] as const)(
    'GAE at λ = 1 is the reward to go (whitening: %s)',
    (normalise) => {
      const config = { ...small, lambda: 1, advantage: { ...small.advantage, normalise } }
      const after = (weight: VpgConfig['weight'], lambda = 1) => {
        const chosen: VpgConfig = { ...config, weight, lambda }
        const { all, start } = blank(chosen)
        return iterate(chosen, all)(start)
      }
      const [gae, toGo] = [after('gae'), after('rewardToGo')]
      expectClose(toGo[0].policyLoss, gae[0].policyLoss, 1e-10, 1e-13)
      expectClose(toGo[0].gradNorm, gae[0].gradNorm, 1e-10, 0)
      const flat = ([, { learner }]: typeof gae) => toArray(learner.params.flat)
      expectClose(flat(toGo), flat(gae), 1e-8, 1e-10)
      // Of another λ it is not, which the reward to go does not read.
      expect(Math.abs(after('gae', 0.5)[0].policyLoss - gae[0].policyLoss)).toBeGreaterThan(1e-3)
      expect(after('rewardToGo', 0.5)[0].policyLoss).toBe(toGo[0].policyLoss)
    },
  )
})

test('the reward to go weighs log π by all that was earned from the step on', () => {
  const config: VpgConfig = { ...small, weight: 'rewardToGo', truncation: 'terminate' }
  const { all, start } = run(config)
  const [{ policyLoss, entropy }] = iterate(config, all)(start)
  const [actKey] = split(start.key, 3)
  const [{ trajectory }] = all.rollout(start.learner.params, actKey)(start.envState)
  const returns = discountedReturn(config)(truncation('terminate')(trajectory))
  const psi = toArray(whiten(config.advantage)(returns))
  const logProb = toArray(trajectory.logProb)
  expectClose(policyLoss, -logProb.reduce((s, l, i) => s + l * psi[i]!, 0) / 24, 1e-10, 1e-13)
  expect(Number.isFinite(entropy)).toBe(true)
})

test('a run from one key is the same on every backend, to the bit', () => {
  const states = (how: 'js' | 'wasm') => {
    const { all, start } = run(small, how)
    return [...train(small, all)(start)]
  }
  const once = states('js')
  expect(once.length).toBe(3)
  expectSameBits(states('js'), once)
  expectSameBits(states('wasm'), once)
})

test('learns which of two actions pays', () => {
  const config: VpgConfig = {
    ...small,
    envs: 8,
    steps: 8,
    totalSteps: 40 * 64,
    valueMinibatches: 1,
    learningRate: 0.05,
    weights: 'orthogonal',
    entropyCoef: 0,
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
    ['envs', 0, 'envs: expected a whole number >= 1, got 0'],
    ['weight', 'tdError', 'weight: expected one of rewardToGo, gae, got "tdError"'],
    ['trunk', 'shared', 'trunk: expected one of separate, got "shared"'],
    ['valueMinibatches', 5, 'valueMinibatches: expected a divisor of envs · steps = 24, got 5'],
    ['totalSteps', 23, 'totalSteps: expected at least one update of envs · steps = 24, got 23'],
    ['clip', 0.2, 'clip: expected one of '],
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
    const plain = { ...one, advantage: { ...one.advantage, normalise: 'none' } } as const
    expect(() => parts(plain, world)).not.toThrow()
  })
})
