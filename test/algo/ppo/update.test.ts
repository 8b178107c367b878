import { describe, expect, test } from 'vitest'
import { engine } from '../../../src/algo/engine.ts'
import { optimizerFor } from '../../../src/algo/optimizer.ts'
import { algorithm } from '../../../src/algo/ppo/algorithm.ts'
import {
  lossGrad,
  parts,
  type Learner,
  type LossMetrics,
  type Samples,
} from '../../../src/algo/ppo/index.ts'
import { liveRates } from '../../../src/algo/rates.ts'
import { buildDirect } from '../../../src/engine/runtime.ts'
import { backendFor } from '../../../src/kernel/backends.ts'
import { js } from '../../../src/kernel/js/js.ts'
import { key } from '../../../src/random/index.ts'
import { whiten } from '../../../src/rl/index.ts'
import { data, of, take, toArray } from '../../../src/tensor/index.ts'
import { withFlat } from '../../../src/tensor/params.ts'
import { expectPure, expectSameBits } from '../../law/purity.ts'
import { expectClose } from '../../support/centralDifference.ts'
import { beginner, firstRates, lived, small as inShards } from '../../support/runs.ts'
import { dice } from '../../support/worlds.ts'

/** In one shard, so that the policy is shown whole minibatches. */
const small = { ...inShards, shards: 1 }

const N = small.envs * small.steps
const WIDTH = N / small.minibatches
const acted = lived(dice, 2, small)
const { policy, update } = parts(small, dice, js.f64)
const rates = firstRates(small)

/** Samples that can be told apart: the observation of sample i begins with i. */
const marked: Samples = {
  ...acted.samples,
  observation: of(
    ['sample', 'feature'],
    [N, 2],
    toArray(acted.samples.observation).map((x, i) => (i % 2 === 0 ? i / 2 : x)),
  ),
}

/** An update, and the samples of every minibatch that its policy is shown, in order. */
const watched = () => {
  const shown: number[][] = []
  const forward: typeof policy.forward = (params, observation, ...rest) => {
    shown.push(toArray(observation).filter((_, i) => i % 2 === 0))
    return policy.forward(params, observation, ...rest)
  }
  const watching = { ...policy, forward }
  const direct: Parameters<typeof engine>[5] = (_, build) => buildDirect(js.f64, build)
  const { update } = engine(algorithm, small, dice, watching, backendFor(js.f64), direct)
  return { shown, update }
}

/** One step by a minibatch, as the gradient and the optimiser make it. */
const stepBy = (samples: Samples, learner: Learner): [LossMetrics, Learner] => {
  const { params } = learner
  const advantage = whiten(small.advantage)(samples.advantage)
  const [losses, grads] = lossGrad(small, policy)(params, { ...samples, advantage })
  const live = { ...liveRates(), ...rates }
  const optimizer = optimizerFor(js.f64, small, policy.network.valueParams, live)
  const [step, optim] = optimizer.update(grads.flat, learner.optim)
  const [from, by] = [data(params.flat), data(step)]
  const moved = withFlat(
    params.tree,
    Float64Array.from({ length: from.length }, (_, i) => from[i]! + by[i]!),
  )
  return [
    { ...losses, gradNorm: optim[0].norm },
    { ...learner, params: moved, optim },
  ]
}

const start = (): Learner => beginner(small, dice, acted.params)

const sorted = (x: readonly number[]) => x.toSorted((a, b) => a - b)

describe('update', () => {
  const { shown, update: watchedUpdate } = watched()
  const [{ metrics }, learner] = watchedUpdate(marked, key(5), rates)(start())

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
      const [stepMetrics, next] = stepBy(samples, from)
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
    const [first] = parts(once, dice, js.f64).update(acted.samples, key(1), rates)(start())
    expect([first.metrics.approxKl, first.metrics.clipFraction]).toEqual([0, 0])
    const [later] = update(acted.samples, key(1), rates)(start())
    expect(later.metrics.approxKl).toBeGreaterThan(0)
  })

  test('another key is another order', () => {
    const [, other] = update(marked, key(6), rates)(start())
    expect(toArray(other.params.flat)).not.toEqual(toArray(learner.params.flat))
  })

  test('says where something went wrong', () => {
    const advantage = of(
      ['sample'],
      [N],
      toArray(marked.advantage).map((a, i) => (i === shown[2]![0] ? NaN : a)),
    )
    expect(() => update({ ...marked, advantage }, key(5), rates)(start())).toThrow(
      /^epoch 0: minibatch 2: gradient of actor\./,
    )
  })

  test('leaves its inputs as they are', () => {
    expectPure(
      (batch: Samples, k: ReturnType<typeof key>, from: Learner) => update(batch, k, rates)(from),
      acted.samples,
      key(3),
      start(),
    )
  })
})
