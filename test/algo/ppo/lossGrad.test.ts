import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  lossGrad,
  parts,
  presets,
  type Policy,
  type PpoConfig,
  type Samples,
} from '../../../src/algo/ppo/index.ts'
import { oldDist } from '../../../src/algo/objective.ts'
import type { PolicyParams } from '../../../src/algo/policy.ts'
import { shardRange } from '../../../src/algo/shards.ts'
import { js } from '../../../src/kernel/index.ts'
import { key } from '../../../src/random/index.ts'
import { surrogate, valueLoss, whiten } from '../../../src/rl/index.ts'
import { mean, toArray } from '../../../src/tensor/index.ts'
import { withFlat } from '../../../src/tensor/params.ts'
import { expectPure } from '../../law/purity.ts'
import { expectClose, numericGrad } from '../../support/centralDifference.ts'
import { subset } from '../../support/minibatchStep.ts'
import { beginner, firstRates, perturbed } from '../../support/runs.ts'
import { acted, closing, spaceNames, spaces, walk } from '../../support/spaces.ts'
import { cases } from '../../support/thorough.ts'

const base: PpoConfig = {
  ...presets.cleanrl,
  envs: 3,
  steps: 6,
  hidden: [3],
  gain: { hidden: 1.4, policy: 1, value: 1 },
  clip: 0.15,
  dualClip: 1.4,
  logStd: { kind: 'free', init: -0.3 },
}

const choice = fc.record({
  space: fc.constantFrom(...spaceNames),
  isMasked: fc.boolean(),
  trunk: fc.constantFrom('separate', 'shared'),
  logStd: fc.constantFrom('free', 'state'),
  actionBound: fc.constantFrom('clip', 'squash', 'none'),
  surrogate: fc.constantFrom('clip', 'clipAlone', 'dualClip', 'ratio'),
  penalty: fc.constantFrom('none', 'fixed', 'adaptive'),
  beta: fc.constantFrom(0.3, 2),
  entropyCoef: fc.constantFrom(0, 0.2),
  valueCoef: fc.constantFrom(0, 0.5, 2),
  valueClip: fc.constantFrom(null, 0.15),
  valueClipKind: fc.constantFrom('max', 'alone'),
  huber: fc.constantFrom(null, 0.4),
  seed: fc.integer({ min: 0, max: 50 }),
} as const)
type Choice = typeof choice extends fc.Arbitrary<infer T> ? T : never

/** Samples with the parameters of π_old. */
const withOldParam = (policy: Policy, params: PolicyParams, samples: Samples): Samples => ({
  ...samples,
  oldParam: policy.forward(params, samples.observation, samples.actionMask)[0].dist.param,
})

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high)
const isNear = (x: number, y: number): boolean => Math.abs(x - y) < 2e-3

/** A policy that acted, another one near it, and the samples that lie at no kink of the losses. */
const scene = (chosen: Choice) => {
  const { space, isMasked, penalty, beta, logStd, seed, ...fields } = chosen
  const config: PpoConfig = {
    ...base,
    ...fields,
    klPenalty: { kind: penalty, beta, target: 0.01 },
    logStd: { kind: logStd, init: -0.3 },
  }
  const env = walk(spaces[space], isMasked ? closing(spaces[space]) : undefined)
  const { policy, params: old, samples } = acted(env, config, seed)
  const params = perturbed(old, 0.1, seed)
  const all = withOldParam(policy, old, {
    ...samples,
    advantage: whiten(base.advantage)(samples.advantage),
  })
  const [{ dist, value }] = policy.forward(params, all.observation, all.actionMask)
  const [now, before] = [toArray(dist.logProb(all.action)), toArray(all.oldLogProb)]
  const [v, oldV, g] = [toArray(value), toArray(all.oldValue), toArray(all.returns)]
  const smooth = now.flatMap((logProb, i) => {
    const r = Math.exp(logProb - before[i]!)
    const moved = v[i]! - oldV[i]!
    const error = v[i]! - g[i]!
    const edge = oldV[i]! + clamp(moved, -0.15, 0.15) - g[i]!
    const kinks = [
      isNear(Math.abs(r - 1), config.clip),
      isNear(r, config.dualClip),
      isNear(Math.abs(moved), 0.15),
      Math.abs(moved) > 0.15 && isNear(Math.abs(error), Math.abs(edge)),
      isNear(Math.abs(error), 0.4),
      isNear(Math.abs(edge), 0.4),
    ]
    return kinks.includes(true) ? [] : [i]
  })
  return { config, policy, params, old, mb: subset(all, Int32Array.from(smooth)), smooth }
}

const totalOf = ({ valueCoef, entropyCoef }: PpoConfig, losses: ReturnType<typeof lossesOf>) =>
  losses.policyLoss + valueCoef * losses.valueLoss - entropyCoef * losses.entropy
const lossesOf = (
  { config, policy }: Pick<ReturnType<typeof scene>, 'config' | 'policy'>,
  params: PolicyParams,
  mb: Samples,
) => lossGrad(config, policy)(params, mb)[0]

describe('the loss of any config, over any space', () => {
  test.prop([choice], { numRuns: cases(15, 40) })(
    'has the gradient in every parameter',
    (chosen) => {
      const at = scene(chosen)
      const { config, policy, params, mb } = at
      const [, grads] = lossGrad(config, policy)(params, mb)
      const loss = (x: Float64Array): number =>
        totalOf(config, lossesOf(at, withFlat(params.tree, x), mb))
      expectClose(toArray(grads.flat), numericGrad(loss, toArray(params.flat), 1e-4), 1e-6, 1e-9)
    },
  )

  test.prop([choice], { numRuns: cases(20, 60) })(
    'is made of the means that it tells',
    (chosen) => {
      const { config, policy, params, mb } = scene(chosen)
      const [losses] = lossGrad(config, policy)(params, mb)
      const [{ dist, value }] = policy.forward(params, mb.observation, mb.actionMask)
      const logProb = dist.logProb(mb.action)
      const penalty =
        chosen.penalty === 'none'
          ? 0
          : chosen.beta * mean(oldDist(policy, mb, policy.machine).kl(dist))
      expectClose(losses.policyLoss, penalty - mean(surrogate(config)(logProb, mb)), 1e-12, 1e-14)
      expectClose(losses.valueLoss, mean(valueLoss(config)(value, mb)), 1e-12, 0)
      expectClose(losses.entropy, mean(dist.entropy()), 1e-12, 0)
      expect(penalty > 0).toBe(chosen.penalty !== 'none')
    },
  )

  test.prop([choice, fc.integer({ min: 1, max: 5 })], { numRuns: cases(20, 60) })(
    'equals the sum over its shards, losses and gradients',
    (chosen, shards) => {
      const { config, policy, params, mb, smooth } = scene(chosen)
      const n = smooth.length
      const parts = Array.from({ length: shards }, (_, s) => {
        const [from, to] = shardRange(n, shards, s)
        const rows = Int32Array.from({ length: to - from }, (_, i) => from + i)
        return lossGrad(config, policy)(params, subset(mb, rows), n)
      })
      const [losses, grads] = lossGrad(config, policy)(params, mb)
      for (const field of Object.keys(losses) as Array<keyof typeof losses>)
        expectClose(
          parts.reduce((sum, [part]) => sum + part[field], 0),
          losses[field],
          1e-11,
          1e-14,
        )
      const sum = toArray(grads.flat).map((_, i) =>
        parts.reduce((total, [, part]) => total + toArray(part.flat)[i]!, 0),
      )
      expectClose(sum, toArray(grads.flat), 1e-10, 1e-13)
    },
  )

  test.prop([choice], { numRuns: 20 })('leaves its inputs as they are', (chosen) => {
    const { config, policy, params, mb } = scene(chosen)
    expectPure(lossGrad(config, policy), params, mb)
  })

  test.prop([choice], { numRuns: 20 })(
    'at the policy that acted, with no other cost, is minus the mean advantage',
    (chosen) => {
      const { config, policy, old, mb } = scene(chosen)
      const [losses] = lossGrad(config, policy)(old, mb)
      expectClose(losses.policyLoss, -mean(mb.advantage), 1e-11, 1e-13)
      expect([losses.approxKl, losses.clipFraction]).toEqual([0, 0])
    },
  )
})

test('the scenes have samples on both sides of every clip, so that the laws say something', () => {
  const sides = new Set<string>()
  for (let seed = 0; seed < 12; seed++) {
    const { config, policy, params, mb } = scene({
      space: 'box',
      isMasked: false,
      trunk: 'separate',
      logStd: 'free',
      actionBound: 'none',
      surrogate: 'dualClip',
      penalty: 'none',
      beta: 2,
      entropyCoef: 0,
      valueCoef: 2,
      valueClip: 0.15,
      valueClipKind: 'max',
      huber: 0.4,
      seed,
    })
    const [{ dist, value }] = policy.forward(params, mb.observation)
    const old = toArray(mb.oldLogProb)
    toArray(dist.logProb(mb.action)).forEach((logProb, i) => {
      const r = Math.exp(logProb - old[i]!)
      const where = r < 1 - config.clip ? 'below' : r < 1 + config.clip ? 'inside' : 'above'
      const sign = toArray(mb.advantage)[i]! > 0 ? '+' : '-'
      sides.add(`${r > config.dualClip ? 'far ' : ''}${where} ${sign}`)
      const moved = toArray(value)[i]! - toArray(mb.oldValue)[i]!
      sides.add(`V ${Math.abs(moved) > 0.15 ? 'beyond' : 'within'}`)
      const error = Math.abs(toArray(value)[i]! - toArray(mb.returns)[i]!)
      sides.add(`error ${error > 0.4 ? 'linear' : 'square'}`)
    })
  }
  const all = ['below', 'inside', 'above', 'far above'].flatMap((w) => [`${w} +`, `${w} -`])
  expect([...sides].toSorted()).toEqual(
    [...all, 'V beyond', 'V within', 'error linear', 'error square'].toSorted(),
  )
})

describe('a penalty', () => {
  const { config, policy, params, mb } = scene({
    space: 'product',
    isMasked: true,
    trunk: 'separate',
    logStd: 'state',
    actionBound: 'clip',
    surrogate: 'clip',
    penalty: 'fixed',
    beta: 2,
    entropyCoef: 0.2,
    valueCoef: 2,
    valueClip: null,
    valueClipKind: 'max',
    huber: null,
    seed: 3,
  })
  const { oldParam: _, ...without } = mb
  const none: PpoConfig = { ...config, klPenalty: { ...config.klPenalty, kind: 'none' } }

  test('needs the parameters of π_old', () => {
    expect(() => lossGrad(config, policy)(params, without)).toThrow(
      new RangeError('oldParam: expected the parameters of π_old, got none: add them'),
    )
  })

  test('of kind `none` reads no KL', () => {
    const [, grads] = lossGrad(none, policy)(params, without)
    expect(toArray(lossGrad(none, policy)(params, mb)[1].flat)).toEqual(toArray(grads.flat))
  })

  test('of twice the β has twice its part of the gradient', () => {
    const gradOf = (c: PpoConfig) => toArray(lossGrad(c, policy)(params, mb)[1].flat)
    const plain = gradOf(none)
    const part = (beta: number) =>
      gradOf({ ...config, klPenalty: { ...config.klPenalty, beta } }).map((x, i) => x - plain[i]!)
    expectClose(
      part(4),
      part(2).map((x) => 2 * x),
      1e-9,
      1e-13,
    )
    expect(Math.max(...part(2).map(Math.abs))).toBeGreaterThan(1e-2)
  })
})

describe('the gradient of a minibatch step', () => {
  const env = walk(spaces.product, closing(spaces.product))
  const { policy, params, samples } = acted(env, base, 1, js.f64)

  /** The gradient that an update of one minibatch gives to Adam, which begins with m = (1 − β₁) g. */
  const gradOf = (choices: PpoConfig) => {
    const config: PpoConfig = { ...choices, epochs: 1, minibatches: 1, gradClip: 'none' }
    const { update } = parts(config, env, js.f64)
    const learner = beginner(config, env, params)
    const [{ metrics }, { optim }] = update(samples, key(1), firstRates(config))(learner)
    const grad = toArray(optim[1].m).map((m) => m / (1 - config.adam.beta1))
    return { grad, metrics }
  }
  const plain: PpoConfig = { ...base, advantage: { ...base.advantage, normalise: 'none' } }

  test.each([1, 2, 3, 7, 18])('in %i shards is that of the whole, to rounding', (shards) => {
    const { grad, metrics } = gradOf({ ...plain, shards })
    const [losses, grads] = lossGrad(plain, policy)(params, samples)
    expectClose(grad, toArray(grads.flat), 1e-10, 1e-13)
    expectClose(metrics.valueLoss, losses.valueLoss, 1e-12, 0)
  })

  test.each([
    ['minibatch', 0, 'add', 0.1],
    ['minibatch', 1, 'max', 5],
  ] as const)(
    'advantages whitened: %s, ddof %i, %s %d',
    (normalise, ddof, epsilonKind, epsilon) => {
      const advantage = { normalise, ddof, epsilon, epsilonKind }
      const whitened = { ...samples, advantage: whiten(advantage)(samples.advantage) }
      const [, grads] = lossGrad(plain, policy)(params, whitened)
      expectClose(gradOf({ ...base, shards: 1, advantage }).grad, toArray(grads.flat), 1e-10, 1e-13)
    },
  )

  test('is whitened over the minibatch, not shard by shard, and a batch that was is left as it is', () => {
    expectClose(
      gradOf({ ...base, shards: 5 }).grad,
      gradOf({ ...base, shards: 1 }).grad,
      1e-9,
      1e-13,
    )
    const batch = { ...base.advantage, normalise: 'batch' } as const
    expect(gradOf({ ...base, advantage: batch }).grad).toEqual(gradOf(plain).grad)
  })
})
