import { describe, expect, test } from 'vitest'
import {
  init,
  iterate,
  parts,
  stages,
  train,
  updatesOf,
  type PpoConfig,
} from '../../../src/algo/ppo/index.ts'
import { cartPole, timeLimit, type DiscreteEnvironment } from '../../../src/env/index.ts'
import { js } from '../../../src/kernel/js/js.ts'
import { key, split } from '../../../src/random/index.ts'
import { data, leaves, size, toArray } from '../../../src/tensor/index.ts'
import { withFlat } from '../../../src/tensor/params.ts'
import { expectPure, expectSameBits } from '../../law/purity.ts'
import { expectClose } from '../../support/centralDifference.ts'
import { small } from '../../support/runs.ts'
import { dice, pension } from '../../support/worlds.ts'

const run = (seed: number, config: PpoConfig = small) => {
  const all = parts(config, cartPole)
  return { all, config, start: init(all)(key(seed)) }
}
const toTheEnd = ({ all, config, start }: ReturnType<typeof run>) => [...train(config, all)(start)]

describe('iterate', () => {
  test('is pure: the same state in, the same bits out, and the state stays as it was', () => {
    const { all, start } = run(1)
    const [, next] = expectPure(iterate(small, all), start)
    expectPure(iterate(small, all), next)
  })

  test('moves everything on: key, environment, parameters, optimiser', () => {
    const { all, start } = run(1)
    const [, next] = iterate(small, all)(start)
    expect(next.update).toBe(1)
    expect(next.key).not.toEqual(start.key)
    expect(toArray(next.envState.observation)).not.toEqual(toArray(start.envState.observation))
    expect(toArray(next.learner.params.flat)).not.toEqual(toArray(start.learner.params.flat))
    expect(next.learner.optim[1].count).toBe(small.epochs * small.minibatches)
  })

  test('a policy in f32 has parameters, moments and observations in f32', () => {
    const { all, start } = run(1)
    const [, { learner, envState: world }] = iterate(small, all)(start)
    const [, { m, v }] = learner.optim
    for (const t of [learner.params.flat, m, v, world.observation]) expect(t.dtype).toBe('f32')
  })

  test('is its stages, one after the other, with the keys of the state', async () => {
    const { all, start } = run(1)
    const { act, shape, estimate, learn } = stages(small, all)
    const { learner, update } = start
    const [actKey, learnKey, next] = split(start.key, 3)
    const [acted, envState] = await act(
      learner.params,
      actKey,
      learner.normaliser,
      update,
    )(start.envState)
    const [shaped, normaliser] = shape(acted, learner.normaliser)
    const samples = estimate(shaped.trajectory)
    const [metrics, learned] = await learn(samples, learnKey, update, shaped)(learner)
    const [expected, state] = iterate(small, all)(start)
    expectSameBits(state, {
      update: update + 1,
      key: next,
      envState,
      learner: { ...learned, normaliser },
    })
    expect(expected).toMatchObject(metrics)
  })

  test('refuses parts that were made of another config, but for the length of the run', () => {
    const { all } = run(1)
    for (const other of [{ epochs: small.epochs + 1 }, { hidden: [5] }, { gamma: 0.5 }])
      expect(() => iterate({ ...small, ...other }, all)).toThrow(
        'parts: expected the parts of this config, got those of another: build them again',
      )
    expect(() => iterate({ ...small, totalSteps: 2 * small.totalSteps }, all)).not.toThrow()
  })

  test('says in which update, step and place an environment went wrong', () => {
    const { name, observationSpace, actionSpace } = pension
    const broken: DiscreteEnvironment<number> = {
      name,
      observationSpace,
      actionSpace,
      observe: () => [1],
      init: () => 0,
      step: () => (age) => [
        { reward: age === 20 ? NaN : 1, terminated: false, truncated: false },
        age + 1,
      ],
    }
    const all = parts(small, broken)
    const next = iterate(small, all)
    const [, state] = next(init(all)(key(0)))
    expect(() => next(state)).toThrow(
      new RangeError('update 2: pension: step 4: reward[env=0]: expected a finite number, got NaN'),
    )
  })

  test.each(['actor', 'critic'] as const)('does not go on from a NaN in the %s', (part) => {
    const { all, start } = run(1)
    const { params } = start.learner
    const flat = Float32Array.from(data(params.flat) as Float32Array)
    const first = leaves(params.tree).findIndex(([path]) => path.startsWith(part))
    const before = leaves(params.tree).slice(0, first)
    flat[before.reduce((n, [, leaf]) => n + size(leaf), 0)] = NaN
    const poisoned = {
      ...start,
      learner: { ...start.learner, params: withFlat(params.tree, flat) },
    }
    expect(() => iterate(small, all)(poisoned)).toThrow(/^update 1: .*: expected a finite number/)
  })
})

describe('train', () => {
  test('two runs of one seed agree to the bit, and another seed differs', () => {
    const [one, again, other] = [toTheEnd(run(1)), toTheEnd(run(1)), toTheEnd(run(2))]
    expectSameBits(one, again)
    const last = (all: typeof one) => toArray(all.at(-1)![1].learner.params.flat)
    expect(last(one)).not.toEqual(last(other))
  })

  test('stopped at any iteration and continued from the kept state, it has the bits of a run without a stop', () => {
    const { all, config, start } = run(3)
    const whole = toTheEnd({ all, config, start })
    expect(whole.length).toBe(5)
    whole.forEach(([, kept], i) => {
      // New parts, as a new process would make them.
      const rest = [...train(config, parts(config, cartPole))(kept)]
      expectSameBits(rest, whole.slice(i + 1))
    })
  })

  test('one iteration at a time it is iterate', () => {
    const { all, config, start } = run(4)
    const [first, second] = train(config, all)(start)
    expectSameBits(first, iterate(config, all)(start))
    expectSameBits(second, iterate(config, all)(first![1]))
  })

  test('ends after ⌊totalSteps / (envs · steps)⌋ updates', () => {
    for (const totalSteps of [48, 95, 96, 143]) {
      const config = { ...small, totalSteps }
      expect(updatesOf(config)).toBe(Math.floor(totalSteps / 48))
      expect(toTheEnd(run(0, config)).length).toBe(Math.floor(totalSteps / 48))
    }
  })

  test('counts updates and environment steps from 1 and from a batch', () => {
    const metrics = toTheEnd(run(5)).map(([m]) => m)
    expect(metrics.map((m) => m.update)).toEqual([1, 2, 3, 4, 5])
    expect(metrics.map((m) => m.steps)).toEqual([48, 96, 144, 192, 240])
  })

  test('the learning rate falls by one stair an update: the first has it all, the last a fifth', () => {
    const rates = toTheEnd(run(5)).map(([m]) => m.learningRate)
    expect(rates[0]).toBe(small.learningRate)
    expectClose(
      rates,
      [1, 0.8, 0.6, 0.4, 0.2].map((x) => x * small.learningRate),
      1e-12,
      0,
    )
    const constant = toTheEnd(run(5, { ...small, learningRateSchedule: 'constant' }))
    expect(constant.map(([m]) => m.learningRate)).toEqual(Array(5).fill(small.learningRate))
  })

  test('and that is the rate that moves the parameters: each update of one step goes so far, no further', () => {
    // With β₁ = β₂ = 0, Adam steps by lr · g / (|g| + ε): by lr wherever |g| is far above ε.
    const config = {
      ...small,
      epochs: 1,
      minibatches: 1,
      adam: { ...small.adam, beta1: 0, beta2: 0, epsilon: 1e-12 },
    }
    const all = parts(config, cartPole, js.f64)
    let before = init(all)(key(6))
    for (const [{ learningRate }, state] of train(config, all)(before)) {
      const from = data(before.learner.params.flat)
      const moved = toArray(state.learner.params.flat).map((x, i) => Math.abs(x - from[i]!))
      expectClose(Math.max(...moved), learningRate, 1e-6, 0)
      before = state
    }
  })

  test('reports the episodes that ended, as the rollout saw them, and V before it learned', () => {
    const world = timeLimit(6)(dice)
    const all = parts(small, world)
    const start = init(all)(key(7))
    const [metrics] = iterate(small, all)(start)
    const [actKey] = split(start.key, 3)
    const act = all.rollout(start.learner.params, actKey)
    const [{ episodes }] = act(start.envState)
    expect(episodes.length).toBeGreaterThan(5)
    expect(metrics.episodes).toEqual(episodes)
    expect(metrics.explainedVariance).toBeLessThan(1)
  })
})
