import { describe, expect, test } from 'vitest'
import { minibatchStep } from '../../../src/algo/ppo/minibatch.ts'
import {
  parts,
  update,
  type Learner,
  type LossMetrics,
  type Samples,
} from '../../../src/algo/ppo/index.ts'
import { js } from '../../../src/kernel/js/js.ts'
import { key } from '../../../src/random/index.ts'
import { of, take, toArray } from '../../../src/tensor/index.ts'
import { expectPure, expectSameBits } from '../../law/purity.ts'
import { expectClose } from '../../support/centralDifference.ts'
import { beginner, firstRates, firstSize, lived, small as inShards } from '../../support/runs.ts'
import { dice } from '../../support/worlds.ts'

/** In one shard, so that the policy is shown whole minibatches. */
const small = { ...inShards, shards: 1 }

const N = small.envs * small.steps
const WIDTH = N / small.minibatches
const acted = lived(dice, 2, small)

/** Samples that can be told apart: the observation of sample i begins with i. */
const marked: Samples = {
  ...acted.samples,
  observation: of(
    ['sample', 'feature'],
    [N, 2],
    toArray(acted.samples.observation).map((x, i) => (i % 2 === 0 ? i / 2 : x)),
  ),
}

/** The parts, and the samples of every minibatch that their policy is shown, in order. */
const watched = () => {
  const all = parts(small, dice, js.f64)
  const shown: number[][] = []
  const { policy } = all
  const forward: typeof policy.forward = (params, observation) => {
    shown.push(toArray(observation).filter((_, i) => i % 2 === 0))
    return policy.forward(params, observation)
  }
  return { shown, parts: { ...all, policy: { ...policy, forward } } }
}

const start = (): Learner => beginner(small, dice, acted.params)
const rates = firstRates(small)

const sorted = (x: readonly number[]) => x.toSorted((a, b) => a - b)

describe('update', () => {
  const { shown, parts: all } = watched()
  const [metrics, learner] = update(small, all)(marked, key(5), rates)(start())

  test('visits every sample exactly once an epoch, in minibatches of one size', () => {
    expect(shown.map((rows) => rows.length)).toEqual(
      Array(small.epochs * small.minibatches).fill(WIDTH),
    )
    for (let epoch = 0; epoch < small.epochs; epoch++) {
      const rows = shown.slice(epoch * small.minibatches, (epoch + 1) * small.minibatches).flat()
      expect(sorted(rows)).toEqual(Array.from({ length: N }, (_, i) => i))
    }
  })

  test('in an order of its own each epoch, and none of them as they were lived', () => {
    const orders = [0, 1].map((epoch) =>
      shown.slice(epoch * small.minibatches, (epoch + 1) * small.minibatches).flat(),
    )
    expect(orders[0]).not.toEqual(orders[1])
    for (const order of orders) expect(order).not.toEqual(sorted(order))
  })

  test('is one optimiser step a minibatch, each from where the one before arrived', () => {
    const steps: LossMetrics[] = []
    const expected = shown.reduce((from, rows) => {
      const index = of(['sample'], [rows.length], Int32Array.from(rows))
      const samples = {
        observation: take(marked.observation, index),
        action: take(marked.action, index),
        oldLogProb: take(marked.oldLogProb, index),
        oldValue: take(marked.oldValue, index),
        advantage: take(marked.advantage, index),
        returns: take(marked.returns, index),
      }
      const [stepMetrics, next] = minibatchStep(small, parts(small, dice, js.f64))(
        samples,
        firstSize(small),
      )(from)
      steps.push(stepMetrics)
      return next
    }, start())
    expectSameBits(learner, expected)
    for (const field of Object.keys(metrics) as Array<keyof LossMetrics>) {
      const all = steps.map((step) => step[field])
      expectClose(metrics[field], all.reduce((a, b) => a + b, 0) / all.length, 1e-12, 1e-15)
    }
  })

  test('the optimiser has taken epochs · minibatches steps', () => {
    expect(learner.optim[1].count).toBe(small.epochs * small.minibatches)
  })

  test('begins at ratio 1: one epoch of one minibatch sees no KL and no clipping', () => {
    const once = { ...small, epochs: 1, minibatches: 1 }
    const [first] = update(once, parts(once, dice, js.f64))(acted.samples, key(1), rates)(start())
    expect([first.approxKl, first.clipFraction]).toEqual([0, 0])
    const [later] = update(small, parts(small, dice, js.f64))(acted.samples, key(1), rates)(start())
    expect(later.approxKl).toBeGreaterThan(0)
  })

  test('another key is another order', () => {
    const [, other] = update(small, parts(small, dice, js.f64))(marked, key(6), rates)(start())
    expect(toArray(other.params.flat)).not.toEqual(toArray(learner.params.flat))
  })

  test('says where something went wrong', () => {
    const advantage = of(
      ['sample'],
      [N],
      toArray(marked.advantage).map((a, i) => (i === shown[2]![0] ? NaN : a)),
    )
    expect(() => update(small, all)({ ...marked, advantage }, key(5), rates)(start())).toThrow(
      /^epoch 0: minibatch 2: gradient of actor\./,
    )
  })

  test('leaves its inputs as they are', () => {
    const apart = parts(small, dice, js.f64)
    expectPure(
      (batch: Samples, k: ReturnType<typeof key>, from: Learner) =>
        update(small, apart)(batch, k, rates)(from),
      acted.samples,
      key(3),
      start(),
    )
  })
})
