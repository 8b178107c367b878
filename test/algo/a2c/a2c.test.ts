import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import {
  decodeConfig,
  init,
  iterate,
  parts,
  presets,
  train,
  type A2cConfig,
  type Parts,
} from '../../../src/algo/a2c/index.ts'
import { estimateTargets } from '../../../src/algo/estimateTargets.ts'
import { optimizerFor } from '../../../src/algo/optimizer.ts'
import * as ppo from '../../../src/algo/ppo/index.ts'
import { liveRates } from '../../../src/algo/rates.ts'
import { js } from '../../../src/kernel/index.ts'
import { key, split } from '../../../src/random/index.ts'
import { add, data, map, toArray } from '../../../src/tensor/index.ts'
import { withFlat } from '../../../src/tensor/params.ts'
import { expectPure, expectSameBits } from '../../law/purity.ts'
import { expectClose, numericGrad } from '../../support/centralDifference.ts'
import { perturbed } from '../../support/runs.ts'
import { acted, closing, spaceNames, spaces, walk, type Walk } from '../../support/spaces.ts'
import { bandit } from '../../support/worlds.ts'

const small: A2cConfig = {
  ...presets.sb3,
  envs: 3,
  steps: 8,
  totalSteps: 4 * 24,
  hidden: [3],
  entropyCoef: 0.1,
  valueCoef: 0.6,
}

/** The loss of an update. */
const lossGrad = (config: A2cConfig, policy: ppo.Policy) =>
  ppo.lossGrad({ ...config, surrogate: 'policyGradient', valueClip: null }, policy)

describe.each(spaceNames)('the gradient over %s', (name) => {
  const env = walk(spaces[name], closing(spaces[name]))

  test.each(['separate', 'shared'] as const)('is that of its loss, %s', (trunk) => {
    const config = { ...small, trunk }
    const { policy, params: old, samples } = acted(env, config, 3)
    const params = perturbed(old, 0.1, 2)
    const [losses, grads] = lossGrad(config, policy)(params, samples)
    const loss = (x: Float64Array): number => {
      const [at] = lossGrad(config, policy)(withFlat(params.tree, x), samples)
      return at.policyLoss + config.valueCoef * at.valueLoss - config.entropyCoef * at.entropy
    }
    expectClose(toArray(grads.flat), numericGrad(loss, toArray(params.flat)), 1e-6, 1e-9)
    const [{ dist, value }] = policy.forward(params, samples.observation, samples.actionMask)
    const [a, g, v] = [toArray(samples.advantage), toArray(samples.returns), toArray(value)]
    const logProb = toArray(dist.logProb(samples.action))
    const mean = (x: readonly number[]) => x.reduce((s, xi) => s + xi, 0) / x.length
    expectClose(losses.policyLoss, -mean(logProb.map((l, i) => l * a[i]!)), 1e-12, 1e-14)
    expectClose(losses.valueLoss, mean(v.map((vi, i) => (vi - g[i]!) ** 2 / 2)), 1e-12, 0)
    expectClose(losses.entropy, mean(toArray(dist.entropy())), 1e-12, 0)
  })
})

const { rmsProp: _, ...shared } = small

/** PPO with one epoch of one minibatch, the ratio alone for its objective, and nothing whitened. */
const asPpo: ppo.PpoConfig = {
  ...ppo.presets.cleanrl,
  ...shared,
  advantage: { ...small.advantage, normalise: 'none' },
  epochs: 1,
  minibatches: 1,
  shards: 1,
  surrogate: 'ratio',
  valueClip: null,
  learningRate: 0.01,
  learningRateSchedule: 'linear',
  maxGradNorm: 0.3,
}

describe('A2C is PPO of one epoch in one minibatch', () => {
  test.each(spaceNames)('in its gradient at the policy that acted (%s)', (name) => {
    const env = walk(spaces[name], closing(spaces[name]))
    const { policy, params, samples } = acted(env, small, 3)
    const [losses, grads] = lossGrad(small, policy)(params, samples)
    const [others, other] = ppo.lossGrad(asPpo, policy)(params, samples)
    expectClose(toArray(grads.flat), toArray(other.flat), 1e-11, 1e-14)
    expectClose(losses.valueLoss, others.valueLoss, 0, 0)
    expectClose(losses.entropy, others.entropy, 0, 0)
    // Elsewhere it is not: the ratio is no longer 1.
    const moved = perturbed(params, 0.2, 1)
    const [, away] = ppo.lossGrad(asPpo, policy)(moved, samples)
    expect(toArray(lossGrad(small, policy)(moved, samples)[1].flat)).not.toEqual(toArray(away.flat))
  })

  test('and in a whole run, with its optimiser', () => {
    const env = walk(spaces.product, closing(spaces.product))
    const config = { ...small, learningRate: 0.01, learningRateSchedule: 'linear' } as const
    const [mine, theirs] = [parts(config, env, js.f64), ppo.parts(asPpo, env, js.f64)]
    // Adam for RMSprop; its state has all that the other one has.
    const optimizer = theirs.optimizer as unknown as Parts<Walk>['optimizer']
    const update: Parts<Walk>['update'] = (batch, _, rates) => (learner) => {
      const { policy } = mine
      const [losses, grads] = lossGrad(config, policy)(learner.params, batch)
      const at = { ...liveRates(), ...rates }
      const { update: step } = optimizerFor(js.f64, asPpo, policy.network.valueParams, at)
      const [moved, optim] = step(grads.flat, learner.optim as unknown as ppo.Learner['optim'])
      const flat = data(add(learner.params.flat, moved)) as Float64Array
      const next = { params: withFlat(learner.params.tree, flat), optim: optim as never }
      return [
        { ...losses, gradNorm: optim[0].norm },
        { ...learner, ...next },
      ]
    }
    const borrowed: Parts<Walk> = { ...mine, optimizer, update }
    const start = init(borrowed)(key(6))
    const run = [...train(config, borrowed)(start)]
    const other = [...ppo.train(asPpo, theirs)(ppo.init(theirs)(key(6)))]
    expect(run.length).toBe(4)
    run.forEach(([metrics, { learner, envState: world }], i) => {
      const [others, state] = other[i]!
      expectClose(toArray(learner.params.flat), toArray(state.learner.params.flat), 1e-8, 1e-10)
      expectClose(toArray(world.observation), toArray(state.envState.observation), 1e-8, 1e-10)
      expectClose(metrics.gradNorm, others.gradNorm, 1e-8, 0)
      expect(metrics.learningRate).toBe(others.learningRate)
      expect(metrics.steps).toBe(others.steps)
    })
  })
})

const world = walk(spaces.box)

describe('an iteration', () => {
  const all = parts(small, world, js.f64)
  const start = init(all)(key(4))

  test('is one step of RMSprop down the clipped gradient of the whole batch', () => {
    const [metrics, next] = iterate(small, all)(start)
    const [actKey, , onKey] = split(start.key, 3)
    const { params } = start.learner
    const [{ trajectory, episodes }, after] = all.rollout(params, actKey)(start.envState)
    const [{ policyLoss, valueLoss, entropy }, grads] = lossGrad(small, all.policy)(
      params,
      estimateTargets(small)(trajectory),
    )
    const g = toArray(grads.flat)
    const norm = Math.sqrt(g.reduce((s, x) => s + x * x, 0))
    expect(norm).toBeGreaterThan(small.maxGradNorm)
    const expected = g.map((x, i) => {
      const h = (x * small.maxGradNorm) / norm
      return toArray(params.flat)[i]! - (7e-4 * h) / (Math.sqrt(0.01 * h * h) + 1e-5)
    })
    expectClose(toArray(next.learner.params.flat), expected, 1e-12, 1e-13)
    const { gradNorm, explainedVariance, ...others } = metrics
    expectClose(gradNorm, norm, 1e-12, 0)
    expect(explainedVariance).toBeLessThan(1)
    expectSameBits(others, {
      policyLoss,
      valueLoss,
      entropy,
      update: 1,
      steps: 24,
      learningRate: 7e-4,
      episodes,
    })
    expectSameBits([next.key, next.envState, next.update], [onKey, after, 1])
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

  test.each([
    ['constant', [1, 1, 1, 1]],
    ['linear', [1, 0.75, 0.5, 0.25]],
    ['progress', [0.75, 0.5, 0.25, 0]],
  ] as const)('has the learning rate of its place: %s', (learningRateSchedule, factors) => {
    const config = { ...small, learningRateSchedule }
    const scheduled = parts(config, world, js.f64)
    const rates = [...train(config, scheduled)(start)].map(([{ learningRate }]) => learningRate)
    expectClose(
      rates,
      factors.map((f) => 7e-4 * f),
      1e-14,
      0,
    )
  })
})

test('a run from one key is the same on every backend, to the bit', () => {
  const states = (how: 'js' | 'wasm') => {
    const all = parts(small, world, how)
    return [...train(small, all)(init(all)(key(4)))]
  }
  const once = states('js')
  expectSameBits(states('js'), once)
  expectSameBits(states('wasm'), once)
})

test('learns which of two actions pays', () => {
  const config: A2cConfig = {
    ...small,
    envs: 8,
    totalSteps: 60 * 64,
    learningRate: 0.02,
    entropyCoef: 0,
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
    expect(decodeConfig(presets.sb3)).toEqual(E.right(presets.sb3))
  })

  test.each<[string, unknown, string]>([
    ['steps', 0, 'steps: expected a whole number >= 1, got 0'],
    ['rmsProp', { ...small.rmsProp, decay: 1 }, 'rmsProp.decay: expected a number from 0 to'],
    ['learningRateSchedule', 'adaptive', 'learningRateSchedule: expected one of constant, linear'],
    ['totalSteps', 23, 'totalSteps: expected at least one update of envs · steps = 24, got 23'],
    ['epochs', 1, 'epochs: expected one of '],
  ])('with %s = %j is an error', (field, value, message) => {
    const config = { ...small, [field]: value }
    expect(() => parts(config, world)).toThrow(RangeError)
    expect(() => parts(config, world)).toThrow(message)
  })

  test('of layers for V on a shared trunk is an error', () => {
    expect(() => parts({ ...small, trunk: 'shared', valueHidden: [3] }, world)).toThrow(
      'valueHidden: expected null with a shared trunk: its layers are those of hidden, got [3]',
    )
  })

  test('of one sample to whiten is an error', () => {
    const advantage = { ...small.advantage, normalise: 'batch' } as const
    expect(() => parts({ ...small, envs: 1, steps: 1, advantage }, world)).toThrow(
      'steps: expected at least 2, so that a batch has two samples to normalise, got 1',
    )
  })
})
