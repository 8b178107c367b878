import { describe, expect, test } from 'vitest'
import type { Learner } from '../../src/algo/learner.ts'
import { optimizerFor, unclipped } from '../../src/algo/optimizer.ts'
import type { Samples } from '../../src/algo/samples.ts'
import { presets } from '../../src/algo/vpg/index.ts'
import { takeRows } from '../../src/engine/take.ts'
import { js } from '../../src/kernel/index.ts'
import { adam, constant } from '../../src/optim/index.ts'
import { foldIn, key, permutation } from '../../src/random/index.ts'
import { map, of, partRanges, toArray, type Tensor } from '../../src/tensor/index.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { fitValue, type FitConfig } from '../support/learningParts.ts'
import { acted, closing, spaceNames, spaces, walk } from '../support/spaces.ts'

const config = {
  ...presets.spinningup,
  envs: 3,
  steps: 8,
  hidden: [4],
  valueHidden: [5],
  valueEpochs: 3,
  valueMinibatches: 4,
  valueLearningRate: 0.02,
}

const made = (env: ReturnType<typeof walk> = walk(spaces.box)) => {
  const { policy, params, samples } = acted(env, config, 2)
  const optimizer = optimizerFor(js.f64, unclipped(config), policy.network.valueParams)
  const learner: Learner = {
    params,
    optim: optimizer.init(params.flat),
    adaptive: { learningRate: 0.5, beta: 2 },
    normaliser: null,
  }
  const fit = (chosen: FitConfig = config) => fitValue(chosen, env, policy)
  return { policy, fit, samples, learner }
}

/** mean ½ (V − G)², from the network's values. */
const lossOf = ({ policy }: Pick<ReturnType<typeof made>, 'policy'>, samples: Samples) => {
  const returns = toArray(samples.returns)
  return (params: Learner['params']): number =>
    toArray(policy.value(params, samples.observation)).reduce(
      (sum, v, i) => sum + (v - returns[i]!) ** 2 / 2 / returns.length,
      0,
    )
}

/** Those samples, in that order. */
const subset = (samples: Samples, index: readonly number[]): Samples =>
  Object.fromEntries(
    Object.entries(samples).map(([name, leaf]) => [
      name,
      takeRows(js.f64, leaf as Tensor, Int32Array.from(index)),
    ]),
  ) as unknown as Samples

describe('V, fitted by itself', () => {
  const { policy, fit, samples, learner } = made()
  const [loss, next] = fit()(samples, key(1))(learner)
  const [from, to] = partRanges(learner.params.tree).critic!

  test('leaves the policy’s parameters and its Adam as they are, to the bit', () => {
    const [before, after] = [toArray(learner.params.flat), toArray(next.params.flat)]
    expectSameBits(after.slice(0, from), before.slice(0, from))
    expect(after.length).toBe(to)
    after.slice(from).forEach((x, i) => expect(x).not.toBe(before[from + i]))
    expectSameBits(next.optim[1], learner.optim[1])
    expect(next.optim[2]!.count).toBe(12)
    expect(next.adaptive).toBe(learner.adaptive)
    expect(next.normaliser).toBe(learner.normaliser)
  })

  test('comes nearer to the returns, and nearer with more passes', () => {
    const lossAt = lossOf({ policy }, samples)
    const [, longer] = fit({ ...config, valueEpochs: 30 })(samples, key(1))(learner)
    const [first, then, last] = [learner, next, longer].map(({ params }) => lossAt(params))
    expect(then).toBeLessThan(0.95 * first!)
    expect(last).toBeLessThan(0.8 * then!)
    expect(loss).toBeGreaterThan(then!)
    expect(loss).toBeLessThan(first!)
  })

  test('is a step of Adam a minibatch, down the gradient of its loss: each epoch in an order of its own', () => {
    let params = learner.params
    const losses: number[] = []
    const optimiser = adam(js.f64, {
      ...config.adam,
      learningRate: constant(config.valueLearningRate),
    })
    let moments = learner.optim[2]!
    for (let epoch = 0; epoch < 3; epoch++) {
      const order = toArray(permutation(foldIn(key(1), epoch), 'sample', 24))
      for (let part = 0; part < 4; part++) {
        const mb = subset(samples, order.slice(6 * part, 6 * part + 6))
        const lossAt = lossOf({ policy }, mb)
        const flat = toArray(params.flat)
        const critic = (x: ArrayLike<number>) =>
          withFlat(params.tree, Float64Array.from([...flat.slice(0, from), ...Array.from(x)]))
        const grad = numericGrad((x) => lossAt(critic(x)), flat.slice(from))
        losses.push(lossAt(params))
        const [step, after] = optimiser.update(of(['param'], [to - from], grad), moments)
        moments = after
        params = critic(toArray(step).map((s, i) => flat[from + i]! + s))
      }
    }
    expectClose(toArray(next.params.flat), toArray(params.flat), 1e-6, 1e-8)
    expectClose(loss, losses.reduce((a, b) => a + b, 0) / 12, 1e-7, 0)
  }, 30_000)

  test('another key is another order', () => {
    const [, other] = fit()(samples, key(2))(learner)
    expect(toArray(other.params.flat)).not.toEqual(toArray(next.params.flat))
  })

  test('says where something went wrong', () => {
    const order = toArray(permutation(foldIn(key(1), 0), 'sample', 24))
    const returns = of(
      ['sample'],
      [24],
      toArray(samples.returns).map((g, i) => (i === order[13] ? NaN : g)),
    )
    expect(() => fit()({ ...samples, returns }, key(1))(learner)).toThrow(
      /^value: epoch 0: minibatch 2: gradient of critic\.layer0\..*: expected a finite number, got NaN$/,
    )
  })

  test('leaves its inputs as they are', () => {
    expectPure((batch: Samples, start: Learner) => fit()(batch, key(1))(start), samples, learner)
  })
})

test.each(spaceNames)('does not ask what the actions of %s were, nor what was open', (name) => {
  const { policy, fit, samples, learner } = made(walk(spaces[name], closing(spaces[name])))
  // The masks must be there, but anything may be in them that leaves something open.
  const others: Samples = {
    ...samples,
    action: map(samples.action as Tensor, () => 0) as Samples['action'],
    ...(samples.actionMask === undefined ? {} : { actionMask: map(samples.actionMask, () => 1) }),
  }
  const [loss, next] = fit()(samples, key(1))(learner)
  expectSameBits(fit()(others, key(1))(learner), [loss, next])
  const lossAt = lossOf({ policy }, samples)
  expect(lossAt(next.params)).toBeLessThan(lossAt(learner.params))
})
