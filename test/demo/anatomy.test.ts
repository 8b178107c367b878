import { describe, expect, test } from 'vitest'
import { anatomyOf } from '../../src/demo/anatomy/anatomy.ts'
import { estimatorsOf } from '../../src/demo/anatomy/estimators.ts'
import { cartPole } from '../../src/env/cartPole.ts'
import { pendulum } from '../../src/env/pendulum.ts'
import type { Environment } from '../../src/env/environment.ts'
import { init, iterate, parts, presets, updatesOf, type PpoConfig } from '../../src/ppo.ts'
import { key } from '../../src/random/key.ts'
import { clipCase } from '../../src/rl/index.ts'
import { toArray } from '../../src/tensor/tensor.ts'

const after = (env: Environment<unknown>, config: PpoConfig, updates: number) => {
  const made = parts(config, env)
  const next = iterate(config, made)
  let state = init(made)(key(4))
  for (let i = 0; i < updates; i++) [, state] = next(state)
  return { made, state, next }
}

const small = { ...presets.cartpole, envs: 8, minibatches: 4, totalSteps: 8 * 32 * 6 }

describe.each([
  ['cartpole', cartPole as Environment<unknown>, small],
  [
    'pendulum',
    pendulum as Environment<unknown>,
    { ...presets.pendulum, envs: 4, steps: 64, minibatches: 4, totalSteps: 4 * 64 * 6 },
  ],
])('the anatomy of an update of %s', (_, env, config) => {
  const { made, state, next } = after(env, config, 2)
  const found = anatomyOf(made, state)

  test('is of the update that comes next, and changes nothing of it', () => {
    const before = toArray(state.learner.params.flat)
    const [metrics, expected] = next(state)
    anatomyOf(made, state)
    expect(found.update).toBe(metrics.update)
    expect(toArray(state.learner.params.flat)).toStrictEqual(before)
    expect(toArray(next(state)[1].learner.params.flat)).toStrictEqual(
      toArray(expected.learner.params.flat),
    )
  })

  test('counts every sample in one of the six cases, and shows some of them', () => {
    expect(found.cases.reduce((a, b) => a + b, 0)).toBe(config.envs * config.steps)
    expect(found.ratio).toHaveLength(config.envs * config.steps)
    const counted = found.cases.map(() => 0)
    found.ratio.forEach((r, i) => counted[clipCase(r, found.advantage[i]!, found.clip)]!++)
    expect(counted).toStrictEqual(found.cases)
  })

  test('has ratios around 1, and advantages that are whitened', () => {
    const mean = (x: Float32Array) => x.reduce((a, b) => a + b, 0) / x.length
    expect(mean(found.ratio)).toBeCloseTo(1, 0)
    expect(found.ratio.some((r) => Math.abs(r - 1) > 0.01)).toBe(true)
    expect(mean(found.advantage)).toBeCloseTo(0, 4)
    expect(mean(found.advantage.map((a) => a * a))).toBeCloseTo(1, 1)
  })

  test('shows a stretch of an episode, of which GAE is the weighted sum of its estimators', () => {
    const { episode, gamma } = found
    const { length } = episode.reward
    expect(length).toBeGreaterThan(4)
    for (let t = 0; t < length - 1; t++) expect(episode.terminated[t]).toBe(0)
    const estimators = estimatorsOf(episode, gamma)
    for (const lambda of [0, 0.5, 0.95, 1]) {
      const advantages = estimators.advantages(lambda)
      for (const t of [0, 3, length - 1]) {
        const all = estimators.at(t, lambda)
        const sum = all.reduce((a, { advantage, weight }) => a + weight * advantage, 0)
        expect(sum).toBeCloseTo(advantages[t]!, 3)
        expect(all.at(-1)!.k).toBe(length - t)
      }
    }
    expect(estimators.residuals).toStrictEqual(estimators.advantages(0))
  })
})

test('at the end of a run the anatomy is of one more update at the last rates', () => {
  const { made, state } = after(cartPole as Environment<unknown>, small, updatesOf(small))
  const found = anatomyOf(made, state)
  expect(found.update).toBe(updatesOf(small))
  expect(found.learningRate).toBeGreaterThan(0)
  expect(found.ratio.some((r) => r !== 1)).toBe(true)
})
