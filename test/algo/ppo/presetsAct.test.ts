import { describe, expect, test } from 'vitest'
import { estimateTargets } from '../../../src/algo/estimateTargets.ts'
import { shuffleKey } from '../../../src/algo/ppo/learn.ts'
import {
  init,
  iterate,
  lossGrad,
  parts,
  presets,
  ratesAt,
  updatesOf,
  type PpoConfig,
  type PresetName,
} from '../../../src/ppo.ts'
import { cartPole, pendulum, timeLimit, type Environment } from '../../../src/env/index.ts'
import { js } from '../../../src/kernel/js/js.ts'
import { foldIn, key, permutation } from '../../../src/random/index.ts'
import { whiten } from '../../../src/rl/index.ts'
import { leaves, map, of, toArray } from '../../../src/tensor/index.ts'
import { expectClose } from '../../support/centralDifference.ts'
import { minibatchStep, subset } from '../../support/minibatchStep.ts'
import { beginner, begin, firstRates, lived } from '../../support/runs.ts'
import { pension } from '../../support/worlds.ts'

/** A preset with fewer environments, steps, epochs and units, all else as it is. */
const shrunk = (name: PresetName, choices: Partial<PpoConfig> = {}): PpoConfig => ({
  ...presets[name],
  envs: 4,
  steps: 16,
  totalSteps: 64,
  epochs: Math.min(3, presets[name].epochs),
  minibatches: Math.min(4, presets[name].minibatches),
  hidden: [6, 5],
  ...choices,
})

const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length

/** A trajectory of 1 a step, cut off in every third. */
const cutOff = (config: PpoConfig) => {
  const { rollout, params, world, actKey } = begin(timeLimit(3)(pension), 2, config)
  return rollout(params, actKey)(world)[0].trajectory
}

/** dL/db of the last bias of V, which is the sum of dL/dV over the samples. */
const valueBiasGrad = (
  config: PpoConfig,
  { policy, params, samples }: ReturnType<typeof lived>,
) => {
  const [, grads] = lossGrad(config, policy)(params, samples)
  const biases = leaves(grads.tree).filter(([path]) => /^critic.*bias$/.test(path))
  return toArray(biases.at(-1)![1])[0]!
}

describe.each(Object.keys(presets) as PresetName[])('%s', (name) => {
  test.each([
    ['cartpole', cartPole],
    ['pendulum', pendulum],
  ] as ReadonlyArray<readonly [string, Environment<unknown>]>)('learns in %s', (_, world) => {
    const config = shrunk(name)
    const all = parts(config, world)
    const start = init(all)(key(1))
    const [metrics, next] = iterate(config, all)(start)
    const { update: done, steps, policyLoss, valueLoss, gradNorm, approxKl } = metrics
    expect([done, steps]).toEqual([1, 64])
    for (const x of [policyLoss, valueLoss, gradNorm, approxKl])
      expect(x).toSatisfy(Number.isFinite)
    expect(toArray(next.learner.params.flat)).not.toEqual(toArray(start.learner.params.flat))
  })
})

describe('cleanrl', () => {
  const config = shrunk('cleanrl')

  test('takes being cut off for the end: there G = r, and Â = r − V(s)', () => {
    const trajectory = cutOff(config)
    const { returns, advantage } = estimateTargets(config)(trajectory)
    const [g, a, v] = [returns, advantage, trajectory.value].map(toArray) as [
      number[],
      number[],
      number[],
    ]
    toArray(trajectory.truncated).forEach((cut, i) => {
      if (cut === 0) return
      expectClose(g[i]!, 1, 1e-14, 0)
      expectClose(a[i]!, 1 - v[i]!, 1e-12, 0)
    })
  })

  test('has a learning rate of 1 − u / U of the first, u counting from 0', () => {
    const updates = updatesOf(presets.cleanrl)
    for (const u of [0, 1, 500, 975]) {
      const { learningRate } = ratesAt(presets.cleanrl, u, null)
      expectClose(learningRate, 2.5e-4 * (1 - u / updates), 1e-12, 0)
    }
  })

  test('has half a ½ in front of (V − G)²: the gradient in V is (V − G) / 2n', () => {
    const acted = lived(pension, 3, config)
    const error = toArray(acted.samples.oldValue).map(
      (v, i) => v - toArray(acted.samples.returns)[i]!,
    )
    expectClose(valueBiasGrad(config, acted), mean(error) / 2, 1e-10, 0)
  })
})

describe('sb3', () => {
  const config = shrunk('sb3')

  test('has 0.5 · mean (V − G)²: the gradient in V is (V − G) / n', () => {
    const acted = lived(pension, 3, config)
    const error = toArray(acted.samples.oldValue).map(
      (v, i) => v - toArray(acted.samples.returns)[i]!,
    )
    expectClose(valueBiasGrad(config, acted), mean(error), 1e-10, 0)
  })

  test('gives a step that was cut off the value of what came after it', () => {
    const trajectory = cutOff(config)
    const g = toArray(estimateTargets(config)(trajectory).returns)
    const next = toArray(trajectory.nextValue)
    const cut = toArray(trajectory.truncated)
    expect(cut).toContain(1)
    cut.forEach((off, i) => {
      if (off === 1) expectClose(g[i]!, 1 + 0.99 * next[i]!, 1e-12, 0)
    })
  })

  test('with a target ends all learning before the first step at more than 1.5 of it, by k₃', () => {
    const wild = { ...config, epochs: 5, learningRate: 0.02, shards: 1 }
    const { params, samples, policy } = lived(pendulum, 3, wild)
    const from = beginner(wild, pendulum, params)
    const target = 0.01
    const stopped = { ...wild, klStop: { ...wild.klStop, target } }
    const run = (c: PpoConfig) =>
      parts(c, pendulum, js.f64).update(samples, key(5), firstRates(wild))(from)[1]
    const { optim, params: kept } = run(stopped)
    // The same minibatches by hand, until one is too far away.
    const n = 16
    let learner = from
    let steps = 0
    search: for (let epoch = 0; epoch < 5; epoch++) {
      const order = toArray(permutation(foldIn(key(5), epoch), 'sample', 64))
      for (let part = 0; part < 4; part++) {
        const mb = subset(samples, Int32Array.from(order.slice(part * n, (part + 1) * n)))
        const [{ dist }] = policy.forward(learner.params, mb.observation)
        const old = toArray(mb.oldLogProb)
        const logRatio = toArray(dist.logProb(mb.action)).map((l, i) => l - old[i]!)
        if (mean(logRatio.map((x) => Math.exp(x) - 1 - x)) > 1.5 * target) break search
        learner = minibatchStep(wild, policy)(mb, firstRates(wild))(learner)[1]
        steps++
      }
    }
    expect(steps).toBeGreaterThan(1)
    expect(steps).toBeLessThan(20)
    expect(optim[1].count).toBe(steps)
    expect(toArray(kept.flat)).toEqual(toArray(learner.params.flat))
  })
})

describe('baselines', () => {
  const config = shrunk('baselines')

  test("takes TensorFlow's first step: lr · √(1 − β₂) / (1 − β₁) · m / (√v + ε)", () => {
    const { optimizer, policy } = parts(config, cartPole, js.f64)
    const { flat } = policy.init(key(1))
    for (const g of [1e-3, -1e-4]) {
      const [step] = optimizer.update(
        map(flat, () => g),
        optimizer.init(flat),
      )
      const [m, v] = [0.1 * g, 0.001 * g * g]
      const expected = (-3e-4 * (Math.sqrt(0.001) / 0.1) * m) / (Math.sqrt(v) + 1e-5)
      expectClose(toArray(step)[0]!, expected, 1e-9, 0)
      // PyTorch's would be a third longer, or more.
      expect(Math.abs(expected)).toBeLessThan(0.8 * 3e-4)
    }
  })

  test("whitens with NumPy's std: of 1, 2, 3, 4 the first is −1.5 / √1.25", () => {
    const x = of(['sample'], [4], [1, 2, 3, 4])
    expectClose(toArray(whiten(config.advantage)(x))[0]!, -1.5 / (Math.sqrt(1.25) + 1e-8), 1e-12, 0)
  })

  test('has one trunk, which the loss of V moves as well', () => {
    const { policy, params, samples } = lived(pension, 3, config)
    const good = { ...samples, advantage: map(samples.advantage, () => 0) }
    const [, grads] = lossGrad(config, policy)(params, good)
    const trunk = leaves(grads.tree).filter(([path]) => path.startsWith('trunk'))
    expect(trunk.length).toBeGreaterThan(0)
    for (const [path, leaf] of trunk)
      expect([path, toArray(leaf).some((x) => x !== 0)]).toEqual([path, true])
  })
})

describe('spinningup', () => {
  test('stops the policy alone, before the first step at a k₁ of more than 0.015', () => {
    const config = shrunk('spinningup', { epochs: 12, learningRate: 0.008 })
    const { params, samples, policy } = lived(pendulum, 3, config)
    const from = beginner(config, pendulum, params)
    const after = (epochs: number, target: number | null) => {
      const chosen = { ...config, epochs, klStop: { ...config.klStop, target } }
      const all = parts(chosen, pendulum, js.f64)
      return all.update(samples, key(5), firstRates(config))(from)[1]
    }
    const old = toArray(samples.oldLogProb)
    const k1 = (epochs: number): number => {
      const [{ dist }] = policy.forward(after(epochs, null).params, samples.observation)
      return mean(toArray(dist.logProb(samples.action)).map((l, i) => old[i]! - l))
    }
    const steps = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].find((n) => k1(n) > 1.5 * 0.01)!
    expect(steps).toBeGreaterThan(1)
    const { optim, params: stopped } = after(12, 0.01)
    expect([optim[1].count, optim[2]?.count]).toEqual([steps, 12])
    const part = (theta: typeof params, name: string) =>
      leaves(theta.tree)
        .filter(([path]) => path.startsWith('critic') === (name === 'critic'))
        .flatMap(([, leaf]) => toArray(leaf))
    expect(part(stopped, 'policy')).toEqual(part(after(steps, null).params, 'policy'))
    expectClose(part(stopped, 'critic'), part(after(12, null).params, 'critic'), 1e-12, 1e-15)
  })

  test('has V learn all that comes, λ = 1: 1 + γ + … + γᵏ V of where the batch ends', () => {
    const config = shrunk('spinningup')
    const { rollout, params, world, actKey } = begin(pension, 2, config)
    const [{ trajectory }] = rollout(params, actKey)(world)
    const { returns, advantage } = estimateTargets(config)(trajectory)
    const last = toArray(trajectory.nextValue).slice(-4)
    let sum = last[0]!
    const g = toArray(returns)
    for (let t = 15; t >= 0; t--) {
      sum = 1 + 0.99 * sum
      expectClose(g[4 * t]!, sum, 1e-12, 0)
    }
    // The advantages' λ is 0.97, and they are whitened with the plain std and no ε.
    const a = toArray(advantage)
    expectClose(mean(a), 0, 0, 1e-12)
    expectClose(mean(a.map((x) => x * x)), 1, 1e-12, 0)
  })

  test('clips no gradient, and begins with weights within 1/√inputs and log σ = −0.5', () => {
    const config = shrunk('spinningup', { hidden: [64, 64] })
    const { optimizer, policy } = parts(config, pendulum, js.f64)
    const params = policy.init(key(1))
    const [, [{ norm }, { m }]] = optimizer.update(
      map(params.flat, () => 100),
      optimizer.init(params.flat),
    )
    expectClose(toArray(m)[0]!, 0.1 * 100, 1e-12, 0)
    expect(norm).toBeGreaterThan(100)
    const weight = leaves(params.tree).find(([path]) => path === 'actor.layer1.weight')![1]
    expect(Math.max(...toArray(weight).map(Math.abs))).toBeLessThanOrEqual(1 / 8)
    expect(Math.max(...toArray(weight).map(Math.abs))).toBeGreaterThan(0.12)
    const [{ dist }] = policy.forward(params, of(['sample', 'feature'], [1, 3], [1, 0, 0.5]))
    expect(toArray(dist.param)[1]).toBe(-0.5)
  })
})

describe('rslRl', () => {
  const config = shrunk('rslRl', { epochs: 1, minibatches: 2 })

  test('has the KL of each minibatch set the rate of its step: /1.5 above 2 d, ·1.5 below d/2', () => {
    const { params, samples, policy } = lived(pendulum, 3, config)
    const order = toArray(permutation(foldIn(key(5), 0), 'sample', 64))
    const [first, second] = [order.slice(0, 32), order.slice(32)].map((rows) =>
      subset(samples, Int32Array.from(rows)),
    )
    const all = parts(config, pendulum, js.f64)
    const rule = (rate: number, kl: number): number =>
      kl > 2 * 0.01
        ? Math.max(1e-5, rate / 1.5)
        : kl < 0.01 / 2 && kl > 0
          ? Math.min(1e-2, rate * 1.5)
          : rate
    const ways = [1e-4, 9e-3, 0.02, 0.1].map((learningRate) => {
      const adaptive = { learningRate, beta: 1 }
      const from = { ...beginner(config, pendulum, params), adaptive }
      const rates = { ...firstRates(config), learningRate }
      const [{ adaptive: after }] = all.update(samples, key(5), rates)(from)
      const [, moved] = minibatchStep(config, all.policy)(first!, rates)(from)
      // KL[π_old, π] of Gaussians in one dimension: log σ/σ₀ + (σ₀² + (μ₀ − μ)²) / 2σ² − ½.
      const [old, now] = [params, moved.params].map((theta) =>
        toArray(policy.forward(theta, second!.observation)[0].dist.param),
      ) as [number[], number[]]
      const kls = Array.from({ length: 32 }, (_, i) => {
        const [m0, l0, m1, l1] = [old[2 * i]!, old[2 * i + 1]!, now[2 * i]!, now[2 * i + 1]!]
        const spread = Math.exp(2 * l0) + (m0 - m1) ** 2
        return l1 - l0 + spread / (2 * Math.exp(2 * l1)) - 0.5
      })
      const expected = rule(learningRate, mean(kls))
      expectClose(after!.learningRate, expected, 1e-12, 0)
      return Math.sign(expected - learningRate)
    })
    expect(new Set(ways)).toEqual(new Set([1, 0, -1]))
  })

  test('carries the rate on to the next update', () => {
    const all = parts(config, pendulum)
    const start = init(all)(key(1))
    expect(start.learner.adaptive).toEqual({ learningRate: 1e-3, beta: 1 })
    const [, next] = iterate(config, all)(start)
    const { learningRate } = next.learner.adaptive!
    expect(learningRate).not.toBe(1e-3)
    expect(iterate(config, all)(next)[0].learningRate).toBe(learningRate)
  })

  test('gives a step that was cut off γ V of the state that it was taken in', () => {
    const trajectory = cutOff(config)
    const g = toArray(estimateTargets(config)(trajectory).returns)
    const v = toArray(trajectory.value)
    const cut = toArray(trajectory.truncated)
    expect(cut).toContain(1)
    cut.forEach((off, i) => {
      if (off === 1) expectClose(g[i]!, 1 + 0.99 * v[i]!, 1e-12, 0)
    })
  })

  test('has one order of the samples for all epochs of an update, as cleanrl has not', () => {
    const orders = (name: PresetName) =>
      [0, 1, 2].map((epoch) => shuffleKey(presets[name], key(3), epoch))
    expect(new Set(orders('rslRl').map(({ words }) => words.join())).size).toBe(1)
    expect(new Set(orders('cleanrl').map(({ words }) => words.join())).size).toBe(3)
  })

  test('bounds the norms of the gradients of the policy and of V each by 1', () => {
    const { optimizer, policy } = parts(config, pendulum, js.f64)
    const params = policy.init(key(1))
    const isValue = leaves(params.tree).flatMap(([path, leaf]) =>
      toArray(leaf).map(() => path.startsWith('critic')),
    )
    const grad = of(
      ['param'],
      [isValue.length],
      isValue.map((of) => (of ? 3 : 0.001)),
    )
    const [, [, { m }]] = optimizer.update(grad, optimizer.init(params.flat))
    const values = toArray(m).filter((_, i) => isValue[i] === true)
    const others = toArray(m).filter((_, i) => isValue[i] === false)
    expectClose(Math.sqrt(values.reduce((s, x) => s + x * x, 0)), 0.1, 1e-9, 0)
    expectClose(
      others,
      others.map(() => 0.1 * 0.001),
      1e-9,
      0,
    )
  })
})
