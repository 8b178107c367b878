import { describe, expect, test } from 'vitest'
import { init, parts, presets, ratesAt } from '../../../src/algo/ppo/index.ts'
import { cartPole } from '../../../src/env/index.ts'
import { js } from '../../../src/kernel/js/js.ts'
import { key, type Key } from '../../../src/random/index.ts'
import { map, of, size, toArray, type Tensor } from '../../../src/tensor/index.ts'
import { expectPure, expectSameBits } from '../../law/purity.ts'
import { expectClose } from '../../support/centralDifference.ts'
import { small } from '../../support/runs.ts'

const norm = (t: Tensor): number => Math.sqrt(toArray(t).reduce((s, x) => s + x * x, 0))

describe('ratesAt', () => {
  const rate = (update: number) => ratesAt(small, update, null).learningRate // 5 updates

  test('is whole for the first update, and takes a stair with each one after it', () => {
    const stairs = [0, 1, 2, 3, 4].map(rate)
    const expected = [1, 0.8, 0.6, 0.4, 0.2].map((x) => x * small.learningRate)
    expectClose(stairs, expected, 1e-12, 0)
    expect(rate(0)).toBe(small.learningRate)
  })

  test('stays above 0 to the last update, and is the same everywhere where it is constant', () => {
    expect(rate(4)).toBeGreaterThan(0)
    const constant = { ...small, learningRateSchedule: 'constant' } as const
    expect([0, 2, 4].map((update) => ratesAt(constant, update, null).learningRate)).toEqual(
      Array(3).fill(small.learningRate),
    )
  })
})

describe('the optimiser', () => {
  test('clips the gradient to maxGradNorm over all parameters before Adam averages it', () => {
    const { optimizer, policy } = parts(small, cartPole, js.f64)
    const { flat } = policy.init(key(1))
    const memory = (length: number) => {
      const grad = map(flat, () => length / Math.sqrt(size(flat)))
      const [, [, { m }]] = optimizer.update(grad, optimizer.init(flat))
      return norm(m)
    }
    const share = 1 - small.adam.beta1
    expectClose(memory(100), share * small.maxGradNorm, 1e-12, 0)
    expectClose(memory(0.3), share * 0.3, 1e-12, 0)
  })

  test('leaves gradient, memory and parameters as they are', () => {
    const { optimizer, policy } = parts(small, cartPole, js.f64)
    const { flat } = policy.init(key(1))
    const grad = map(flat, (x) => 10 * x)
    const [, memory] = expectPure(optimizer.update, grad, optimizer.init(flat))
    expectPure(optimizer.update, grad, memory)
  })
})

describe('init', () => {
  const all = parts(small, cartPole)

  test('is all of it in the key: the same key the same bits, another key others', () => {
    const start = expectPure(init(all), key(1))
    expectSameBits(init(parts(small, cartPole))(key(1)), start)
    const other = init(all)(key(2))
    expect(other.key).not.toEqual(start.key)
    expect(toArray(other.envState.observation)).not.toEqual(toArray(start.envState.observation))
    expect(toArray(other.learner.params.flat)).not.toEqual(toArray(start.learner.params.flat))
  })

  test('uses each key once: parameters, environments and everything after have separate keys', () => {
    const used: Key[] = []
    const noting =
      <T>(f: (k: Key) => T) =>
      (k: Key): T => {
        used.push(k)
        return f(k)
      }
    const { env, policy } = all
    const { key: next } = init({
      ...all,
      env: { ...env, init: noting(env.init) },
      policy: { ...policy, init: noting(policy.init) },
    })(key(1))
    expect(used.length).toBe(2)
    expect(new Set([key(1), next, ...used].map(({ words }) => words.join())).size).toBe(4)
  })

  test('begins before the first update, with an optimiser that remembers nothing', () => {
    const { update, learner, envState: world } = init(all)(key(1))
    const [, { count, m, v }] = learner.optim
    expect([update, count, norm(m), norm(v)]).toEqual([0, 0, 0, 0])
    expect(size(m)).toBe(size(learner.params.flat))
    expect(world.slots.length).toBe(small.envs)
  })

  test("CleanRL's small gain makes a first policy that prefers nothing", () => {
    const { policy } = parts(presets.cleanrl, cartPole)
    const observation = of(['sample', 'feature'], [1, 4], Float32Array.of(0.5, -1, 0.1, 1))
    const [{ dist }] = policy.forward(policy.init(key(3)), observation)
    const [left = 0, right = 0] = toArray(dist.param)
    // |logit| <= 0.01 ‖h‖ <= 0.01 √64, by the length 0.01 of the last layer's columns.
    expect(Math.abs(left - right)).toBeLessThan(2 * 0.08)
    expect(left).not.toBe(right)
  })
})
