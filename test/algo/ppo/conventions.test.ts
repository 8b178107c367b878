import { describe, expect, test } from 'vitest'
import { engine } from '../../../src/algo/engine.ts'
import { recomputeAdvantages } from '../../../src/algo/estimateTargets.ts'
import type { Policy, PolicyParams } from '../../../src/algo/policy.ts'
import { algorithm } from '../../../src/algo/ppo/algorithm.ts'
import {
  init,
  iterate,
  parts,
  presets,
  ratesAt,
  train,
  type Learner,
  type LossMetrics,
  type Parts,
  type PpoConfig,
  type Rates,
  type Samples,
} from '../../../src/algo/ppo/index.ts'
import { shuffleKey } from '../../../src/algo/ppo/learn.ts'
import { startAdaptive } from '../../../src/algo/ppo/rates.ts'
import { buildDirect } from '../../../src/engine/runtime.ts'
import { backendFor } from '../../../src/kernel/backends.ts'
import { js } from '../../../src/kernel/index.ts'
import { adaptLearningRate } from '../../../src/optim/index.ts'
import { key, permutation } from '../../../src/random/index.ts'
import { map, partRanges, reshape, shift, toArray } from '../../../src/tensor/index.ts'
import { expectPure, expectSameBits } from '../../law/purity.ts'
import { expectClose } from '../../support/centralDifference.ts'
import { klDivergence, withOldParam } from '../../support/kl.ts'
import { minibatchStep, subset } from '../../support/minibatchStep.ts'
import { acted, closing, spaces, walk, type Walk } from '../../support/spaces.ts'

const base: PpoConfig = {
  ...presets.cleanrl,
  envs: 3,
  steps: 8,
  totalSteps: 5 * 24,
  epochs: 3,
  minibatches: 4,
  shards: 1,
  hidden: [4],
  entropyCoef: 0,
  learningRate: 0.01,
  learningRateSchedule: 'constant',
  gradClip: 'none',
  gain: { hidden: 1.4, policy: 1, value: 1 },
  advantage: { normalise: 'none', ddof: 1, epsilon: 1e-8, epsilonKind: 'add' },
}
const STEPS = base.epochs * base.minibatches
const LEARN = key(11)
const world = walk(spaces.product, closing(spaces.product))

/** A learner that has just acted, its parts, and what it lived through. */
const scene = (choices: Partial<PpoConfig> = {}) => {
  const config: PpoConfig = { ...base, ...choices }
  const all = parts(config, world, js.f64)
  const { params, samples, rolled } = acted(world, config, 1)
  const learner: Learner = {
    params,
    optim: all.optimizer.init(params.flat),
    adaptive: startAdaptive(config),
    normaliser: null,
  }
  const rates = ratesAt(config, 0, learner.adaptive)
  return { config, all, samples, rolled, learner, rates }
}
type Scene = ReturnType<typeof scene>

/** An update, whose learner keeps what it set for the next one. */
const learn = (
  at: Scene,
  given: Partial<Pick<Scene, 'samples' | 'rates'>> = {},
): [LossMetrics, Learner] => {
  const { samples, rates, learner } = { ...at, ...given }
  const [{ metrics, adaptive }, next] = at.all.update(samples, LEARN, rates)(learner)
  return [metrics, { ...next, adaptive: adaptive }]
}

/** V of a whole batch, as an update asks for it to value the batch anew. */
const valuesOf = (config: PpoConfig, policy: Policy, params: PolicyParams, samples: Samples) =>
  reshape(policy.value(params, samples.observation), ['time', 'env'], [config.steps, config.envs])

/** A batch whose returns and advantages are those by V as it is now. */
const valuedAnew = ({ config, all, samples, rolled }: Scene, params: PolicyParams): Samples => {
  const value = valuesOf(config, all.policy, params, samples)
  const { advantage, returns } = recomputeAdvantages(config, all.policy, rolled)(params, value)
  return { ...samples, advantage, returns }
}

/** Steps of the policy's Adam, or the one Adam, and of V's. */
const stepsOf = ({ optim: [, first, second] }: Learner) => [first.count, second?.count]

/** The rows of a minibatch. */
const rowsOf = (config: PpoConfig, epoch: number, part: number): Int32Array => {
  const n = config.envs * config.steps
  const order = toArray(permutation(shuffleKey(config, LEARN, epoch), 'sample', n))
  const width = n / config.minibatches
  return Int32Array.from(order.slice(part * width, (part + 1) * width))
}

/** One sample again and again, and a bad one: any step makes it less likely, so that log r < 0. */
const allBad = (samples: Samples): Samples => {
  const same = subset(samples, new Int32Array(base.envs * base.steps))
  return { ...same, advantage: map(same.advantage, () => -1) }
}

const estimators = ['k1', 'k2', 'k3', 'exact'] as const
const stop = (choices: Partial<PpoConfig['klStop']>): Pick<PpoConfig, 'klStop'> => ({
  klStop: { ...base.klStop, factor: 1, ...choices },
})

describe.each(estimators)('an update that stops by its KL (%s)', (estimator) => {
  const near = 1e-12
  const far = 1e6

  test('before the step of a minibatch: the first is always taken, the second not', () => {
    const at = scene({
      ...stop({ target: near, estimator, when: 'minibatch' }),
      surrogate: 'ratio',
    })
    const [metrics, learner] = learn(at, { samples: allBad(at.samples) })
    expect(stepsOf(learner)).toEqual([1, undefined])
    const once = { ...at.config, epochs: 1, minibatches: 1 }
    expect(metrics.approxKl).toBe(0)
    // It is one step on the first minibatch, and the metrics are those of that step alone.
    const first = subset(allBad(at.samples), rowsOf(at.config, 0, 0))
    const [own, next] = minibatchStep(once, at.all.policy)(first, at.rates)(at.learner)
    expectSameBits(learner.params, next.params)
    expectSameBits(metrics, own)
  })

  test('not at all where it is near enough', () => {
    for (const when of ['minibatch', 'epoch'] as const) {
      const at = scene(stop({ target: far, estimator, when }))
      const [metrics, learner] = learn(at)
      expect(stepsOf(learner)).toEqual([STEPS, undefined])
      expectSameBits([metrics, learner], learn(scene()))
    }
  })

  test('after an epoch, by its last minibatch as it was before its step', () => {
    const bad = { surrogate: 'ratio' } as const
    const at = scene({ ...stop({ target: near, estimator, when: 'epoch' }), ...bad })
    const [, learner] = learn(at, { samples: allBad(at.samples) })
    expect(stepsOf(learner)).toEqual([base.minibatches, undefined])
    // Of one minibatch it is 0 in the first epoch, where nothing had moved.
    const whole = scene({
      ...stop({ target: near, estimator, when: 'epoch' }),
      ...bad,
      minibatches: 1,
    })
    expect(stepsOf(learn(whole, { samples: allBad(whole.samples) })[1])).toEqual([2, undefined])
  })

  test('at more than factor · target, not at just that', () => {
    const one = { minibatches: 1, epochs: 2, surrogate: 'ratio' } as const
    const first = scene({ ...one, epochs: 1 })
    const samples = withOldParam(first.all.policy, first.learner.params, allBad(first.samples))
    const [, moved] = learn(first, { samples })
    const kl = klDivergence(first.all.policy, estimator)(
      moved.params,
      subset(samples, rowsOf({ ...base, ...one }, 1, 0)),
    )
    expect(kl).toBeGreaterThan(0)
    const stepsAt = (target: number, factor: number) => {
      const at = scene({ ...one, ...stop({ target, factor, estimator, when: 'minibatch' }) })
      return stepsOf(learn(at, { samples })[1])[0]
    }
    expect(stepsAt(kl, 1)).toBe(2)
    expect(stepsAt(kl / 2, 2)).toBe(2)
    expect(stepsAt(kl * (1 - 1e-9), 1)).toBe(1)
    expect(stepsAt(kl / 2, 2 * (1 - 1e-9))).toBe(1)
  })

  test('only the policy, while V continues', () => {
    for (const [when, taken] of [
      ['minibatch', 1],
      ['epoch', base.minibatches],
    ] as const) {
      const at = scene({
        ...stop({ target: near, estimator, when, scope: 'policy' }),
        surrogate: 'ratio',
        valueLearningRate: 0.02,
      })
      const [, learner] = learn(at, { samples: allBad(at.samples) })
      expect(stepsOf(learner)).toEqual([taken, STEPS])
      // V's steps are those that it takes beside a policy that goes on: nothing else moves it.
      const on = scene({ surrogate: 'ratio', valueLearningRate: 0.02 })
      const [, other] = learn(on, { samples: allBad(on.samples) })
      const [from] = partRanges(learner.params.tree).critic!
      const value = (l: Learner) => toArray(l.params.flat).slice(from)
      const policy = (l: Learner) => toArray(l.params.flat).slice(0, from)
      expectSameBits(value(learner), value(other))
      expect(policy(learner)).not.toEqual(policy(other))
    }
  })
})

test('an update takes a step even where the policy that acted seems far: there is always something to tell', () => {
  const at = scene({ ...stop({ target: 0.1, estimator: 'k1', when: 'minibatch' }) })
  const far = { ...at.samples, oldLogProb: shift(at.samples.oldLogProb, 1) }
  const [metrics, learner] = learn(at, { samples: far })
  expect(stepsOf(learner)).toEqual([1, undefined])
  expect(Number.isFinite(metrics.policyLoss)).toBe(true)
})

describe('a learning rate that follows the KL', () => {
  const adaptive = (choices: Partial<PpoConfig['adaptiveRate']> = {}) => ({
    learningRateSchedule: 'adaptive' as const,
    adaptiveRate: { desiredKl: 0.01, factor: 1.5, min: 1e-3, max: 0.05, ...choices },
  })

  test.each([1e-7, 2e-3, 0.01, 10])(
    'is moved before each minibatch by its exact KL (desired: %d)',
    (desiredKl) => {
      const at = scene(adaptive({ desiredKl }))
      const [, learner] = learn(at)
      const samples = withOldParam(at.all.policy, at.learner.params, at.samples)
      let [now, rate] = [at.learner, at.config.learningRate]
      const rates: number[] = []
      for (let epoch = 0; epoch < base.epochs; epoch++)
        for (let part = 0; part < base.minibatches; part++) {
          const mb = subset(samples, rowsOf(at.config, epoch, part))
          const kl = klDivergence(at.all.policy, 'exact')(now.params, mb)
          rate = adaptLearningRate(at.config.adaptiveRate)(rate, kl)
          rates.push(rate)
          const step = minibatchStep(at.config, at.all.policy)
          now = step(mb, { ...at.rates, learningRate: rate })(now)[1]
        }
      expectSameBits(learner, {
        ...now,
        adaptive: { learningRate: rate, beta: base.klPenalty.beta },
      })
      expect(rates[0]).toBe(0.01)
      if (desiredKl === 1e-7) expect(rate).toBe(1e-3)
      if (desiredKl === 10) expect(rates.slice(1, 3)).toEqual([0.015, 0.0225])
      if (desiredKl === 10) expect(rate).toBe(0.05)
    },
  )

  test('is carried from update to update, and nothing else sets it', () => {
    const config = { ...base, ...adaptive({ desiredKl: 10 }), epochs: 1, minibatches: 2 }
    const all = parts(config, world, js.f64)
    const start = init(all)(key(3))
    expect(start.learner.adaptive).toEqual({ learningRate: 0.01, beta: 1 })
    const run = [...train(config, all)(start)]
    const f = 1.5
    // The first minibatch of an update is at the policy that acted: its KL of 0 says nothing.
    const expected = [0.01, 0.01 * f, 0.01 * f * f, 0.01 * f * f * f, 0.05]
    expectClose(
      run.map(([metrics]) => metrics.learningRate),
      expected,
      1e-12,
      0,
    )
    run.slice(0, -1).forEach(([, state], i) => {
      expect(state.learner.adaptive!.learningRate).toBe(run[i + 1]![0].learningRate)
    })
  })

  test('leaves V’s own rate as it is', () => {
    const at = scene({ ...adaptive({ desiredKl: 10 }), valueLearningRate: 0.003 })
    expect(at.rates.valueLearningRate).toBe(0.003)
    const plain = scene({ valueLearningRate: 0.003 })
    const [from] = partRanges(at.learner.params.tree).critic!
    const values = [at, plain].map((s) => toArray(learn(s)[1].params.flat).slice(from))
    expectSameBits(values[0], values[1])
  })

  test('rests where the policy has stopped: its KL follows no rate any more', () => {
    const halted = {
      target: 1e-12,
      estimator: 'exact',
      when: 'minibatch',
      scope: 'policy',
    } as const
    const at = scene({ ...adaptive({ desiredKl: 10 }), ...stop(halted), valueLearningRate: 0.003 })
    const [, learner] = learn(at)
    expect(stepsOf(learner)).toEqual([1, STEPS])
    expect(learner.adaptive!.learningRate).toBe(0.01)
  })

  test('where the config sets the rate, nothing is carried', () => {
    expect(learn(scene())[1].adaptive).toBeNull()
  })
})

describe('the weight of a penalty', () => {
  const penalty = (kind: PpoConfig['klPenalty']['kind'], target = 0.01, beta = 0.8) => ({
    klPenalty: { kind, beta, target },
  })

  test.each([
    ['halves', 1e6, 0.4],
    ['doubles', 1e-9, 1.6],
  ] as const)('%s after an update, by the exact KL of the whole batch', (_, target, beta) => {
    const at = scene(penalty('adaptive', target))
    expect(at.learner.adaptive).toEqual({ learningRate: 0.01, beta: 0.8 })
    expect(learn(at)[1].adaptive).toEqual({ learningRate: 0.01, beta })
  })

  test('stays within a factor of 1.5 of its target', () => {
    const [, learner] = learn(scene(penalty('adaptive', 1)))
    const at = scene(penalty('adaptive', 1))
    const batch = withOldParam(at.all.policy, at.learner.params, at.samples)
    // In the halves before and after it learns with the same β: the target changes what comes next.
    const kl = klDivergence(at.all.policy, 'exact')(learner.params, batch)
    const betaAt = (target: number) => learn(scene(penalty('adaptive', target)))[1].adaptive!.beta
    expect([1.49, 1.51].map((f) => betaAt(kl * f))).toEqual([0.8, 0.4])
    expect([1.49, 1.51].map((f) => betaAt(kl / f))).toEqual([0.8, 1.6])
  })

  test('is that of the rates all through an update', () => {
    const at = scene(penalty('adaptive', 1e6))
    const [metrics, learner] = learn(at, { rates: { ...at.rates, beta: 3 } })
    expect(learner.adaptive!.beta).toBe(1.5)
    const fixed = scene(penalty('fixed', 1e6, 3))
    const [others, other] = learn(fixed)
    expectSameBits([metrics, learner.params], [others, other.params])
    expect(other.adaptive).toBeNull()
    expect(toArray(learn(scene())[1].params.flat)).not.toEqual(toArray(other.params.flat))
  })

  test('is carried from update to update, beside a rate that is scheduled', () => {
    const config: PpoConfig = {
      ...base,
      ...penalty('adaptive', 1e6),
      learningRateSchedule: 'linear',
    }
    const all = parts(config, world, js.f64)
    const run = [...train(config, all)(init(all)(key(3)))]
    expect(run.map(([, { learner }]) => learner.adaptive!.beta)).toEqual(
      [1, 2, 3, 4, 5].map((n) => 0.8 / 2 ** n),
    )
    expectClose(
      run.map(([{ learningRate }]) => learningRate),
      [1, 0.8, 0.6, 0.4, 0.2].map((f) => 0.01 * f),
      1e-14,
      0,
    )
  })

  test('keeps the policy nearer to the one that acted', () => {
    const klAfter = (choices: Partial<PpoConfig>) => {
      const at = scene({ surrogate: 'ratio', ...choices })
      const batch = withOldParam(at.all.policy, at.learner.params, at.samples)
      return klDivergence(at.all.policy, 'exact')(learn(at)[1].params, batch)
    }
    expect(klAfter(penalty('fixed', 1, 50))).toBeLessThan(0.5 * klAfter({}))
  })
})

describe('the order of the samples', () => {
  /** The first number of each observation that the policy was shown, minibatch by minibatch. */
  const shown = (choices: Partial<PpoConfig>) => {
    const at = scene(choices)
    const seen: number[][] = []
    const { policy } = at.all
    const forward: typeof policy.forward = (params, observation, ...rest) => {
      seen.push(toArray(observation).filter((_, i) => i % 2 === 0))
      return policy.forward(params, observation, ...rest)
    }
    const direct: Parameters<typeof engine>[5] = (_, build) => buildDirect(js.f64, build)
    const watching = { ...policy, forward }
    const { update } = engine(algorithm, at.config, world, watching, backendFor(js.f64), direct)
    update(at.samples, LEARN, at.rates)(at.learner)
    return [0, 1, 2].map((epoch) => seen.slice(4 * epoch, 4 * epoch + 4).flat())
  }

  test('is a new one each epoch, or one for all epochs of an update', () => {
    const each = shown({ shuffle: 'epoch' })
    const once = shown({ shuffle: 'update' })
    expect(once[0]).toEqual(each[0])
    expect([once[1], once[2]]).toEqual([once[0], once[0]])
    expect(each[1]).not.toEqual(each[0])
    expect(each[2]).not.toEqual(each[1])
    const sorted = (x: readonly number[]) => x.toSorted((a, b) => a - b)
    for (const order of each) expect(sorted(order)).toEqual(sorted(once[0]!))
  })

  test('is another one in the next update', () => {
    expect(shuffleKey({ shuffle: 'update' }, key(1), 3)).not.toEqual(
      shuffleKey({ shuffle: 'update' }, key(2), 3),
    )
  })
})

describe('advantages that are estimated anew', () => {
  const again: Partial<PpoConfig> = {
    recomputeAdvantages: true,
    epochs: 2,
    minibatches: 2,
    advantage: { ...base.advantage, normalise: 'batch' },
  }

  test('by hand: the second epoch’s are those of V after the first', () => {
    const at = scene(again)
    const { config, all, samples, rolled, learner, rates } = at
    const recompute = recomputeAdvantages(config, all.policy, rolled)
    const [, learned] = all.update(samples, LEARN, rates, recompute)(learner)
    const epoch = (from: Learner, batch: Samples, e: number): Learner =>
      [0, 1].reduce(
        (now, part) =>
          minibatchStep(config, all.policy)(subset(batch, rowsOf(config, e, part)), rates)(now)[1],
        from,
      )
    const half = epoch(learner, samples, 0)
    const fresh = valuedAnew(at, half.params)
    expect(toArray(fresh.advantage)).not.toEqual(toArray(samples.advantage))
    expectSameBits(learned, epoch(half, fresh, 1))
    expect(() => learn(at)).toThrow(/^recompute: expected a function, .* got none/)
  })

  const afterOne = (config: PpoConfig) => {
    const all = parts(config, world, js.f64)
    return iterate(config, all)(init(all)(key(2)))[1].learner
  }
  const [anew, kept] = [
    { ...base, ...again },
    { ...base, ...again, recomputeAdvantages: false },
  ]

  test('change what an iteration comes to', () => {
    expect(toArray(afterOne(anew).params.flat)).not.toEqual(toArray(afterOne(kept).params.flat))
  })

  test('change nothing in one epoch: it takes the batch as it is', () => {
    expectSameBits(afterOne({ ...anew, epochs: 1 }), afterOne({ ...kept, epochs: 1 }))
  })

  test('in an iteration they are those of the normalised rollout', () => {
    const config: PpoConfig = {
      ...anew,
      normalise: { observation: true, reward: true, clip: 5, epsilon: 1e-6 },
    }
    const all = parts(config, world, js.f64)
    const start = init(all)(key(2))
    const [, between] = iterate(config, all)(start)
    let updates = 0
    const spied: Parts<Walk> = {
      ...all,
      update: (batch, learnKey, rates, recompute) => (learner) => {
        // With V as it is, the targets anew are the targets: they share reward scale and eyes.
        const value = valuesOf(config, all.policy, learner.params, batch)
        const { advantage, returns } = recompute!(learner.params, value)
        expectSameBits([advantage, returns], [batch.advantage, batch.returns])
        updates++
        return all.update(batch, learnKey, rates, recompute)(learner)
      },
    }
    iterate(config, spied)(between)
    expect(updates).toBe(1)
  })
})

describe('schedules', () => {
  const config = { ...base, totalSteps: 5 * 24 + 7, valueLearningRate: 0.1 }
  const factors = {
    constant: [1, 1, 1, 1, 1],
    linear: [1, 0.8, 0.6, 0.4, 0.2],
    progress: [1, 2, 3, 4, 5].map((done) => 1 - (done * 24) / 127),
  }
  const kinds = ['constant', 'linear', 'progress'] as const

  test.each(kinds)('%s: of both learning rates', (learningRateSchedule) => {
    const all = [0, 1, 2, 3, 4].map((u) => ratesAt({ ...config, learningRateSchedule }, u, null))
    expectClose(
      all.map(({ learningRate }) => learningRate),
      factors[learningRateSchedule].map((f) => 0.01 * f),
      1e-14,
      0,
    )
    expectClose(
      all.map(({ valueLearningRate }) => valueLearningRate!),
      factors[learningRateSchedule].map((f) => 0.1 * f),
      1e-14,
      0,
    )
    for (const { clip, beta } of all) expect([clip, beta]).toEqual([0.2, 1])
    expect(ratesAt({ ...base, learningRateSchedule }, 1, null).valueLearningRate).toBeNull()
  })

  test.each(kinds)('%s: of both clip ranges', (clipSchedule) => {
    const all = [0, 1, 2, 3, 4].map((u) => ratesAt({ ...config, clipSchedule }, u, null))
    expectClose(
      all.map(({ clip }) => clip),
      factors[clipSchedule].map((f) => 0.2 * f),
      1e-14,
      0,
    )
    expectClose(
      all.map(({ valueClip }) => valueClip!),
      factors[clipSchedule].map((f) => 0.2 * f),
      1e-14,
      0,
    )
    for (const rates of all)
      expect([rates.learningRate, rates.valueLearningRate]).toEqual([0.01, 0.1])
    const plain = { ...config, clipSchedule, valueClip: null }
    expect(ratesAt(plain, 3, null).valueClip).toBeNull()
  })

  test('adaptive state counts only where the config is adaptive', () => {
    const adaptive = { learningRate: 0.007, beta: 4 }
    expect(ratesAt({ ...config, learningRateSchedule: 'adaptive' }, 2, adaptive)).toEqual({
      learningRate: 0.007,
      valueLearningRate: 0.1,
      clip: 0.2,
      valueClip: 0.2,
      beta: 4,
    })
    expect(ratesAt(config, 2, adaptive).learningRate).toBe(0.01)
    expect(ratesAt({ ...config, learningRateSchedule: 'adaptive' }, 2, null).learningRate).toBe(
      0.01,
    )
  })

  test('an update learns by its rates: both clip ranges and both learning rates', () => {
    const at = scene({ valueLearningRate: 0.02 })
    const rates = {
      learningRate: 0.03,
      valueLearningRate: 0.005,
      clip: 0.01,
      valueClip: 0.02,
      beta: 1,
    }
    const other = scene({
      valueLearningRate: 0.005,
      learningRate: 0.03,
      clip: 0.01,
      valueClip: 0.02,
    })
    expectSameBits(learn(at, { rates }), learn(other))
    const wide = learn(scene({ learningRate: 0.03, valueLearningRate: 0.005 }))
    expect(learn(other)[0].clipFraction).toBeGreaterThan(wide[0].clipFraction)
  })

  test('an iteration takes the rates of its place: with progress the last one stands still', () => {
    const end: PpoConfig = { ...base, totalSteps: 2 * 24, learningRateSchedule: 'progress' }
    const all = parts(end, world, js.f64)
    const run = [...train(end, all)(init(all)(key(2)))]
    expectClose(
      run.map(([{ learningRate }]) => learningRate),
      [0.005, 0],
      0,
      0,
    )
    const [first, last] = run.map(([, { learner }]) => toArray(learner.params.flat))
    expect(last).toEqual(first)
  })
})

describe('one step', () => {
  // β₁ = β₂ = 0 and a huge ε: Adam's step is −lr g / (|g| + ε), minus the gradient as it came to it.
  const straight = {
    adam: { beta1: 0, beta2: 0, epsilon: 1e10, epsilonPlacement: 'corrected' },
    learningRate: 1e10,
  } as const
  const stepOf = (choices: Partial<PpoConfig>) => {
    const at = scene({ ...choices, epochs: 1, minibatches: 1 })
    const [{ gradNorm }, { params }] = learn(at)
    const before = toArray(at.learner.params.flat)
    const [from] = partRanges(params.tree).critic!
    const step = toArray(params.flat).map((x, i) => x - before[i]!)
    return { gradNorm, step, policy: step.slice(0, from), value: step.slice(from) }
  }
  const norm = (x: readonly number[]): number => Math.sqrt(x.reduce((s, xi) => s + xi * xi, 0))
  const whole = stepOf(straight)
  const MAX = 0.2

  test('has the norm of its gradient in its metrics, however it is clipped', () => {
    expectClose(whole.gradNorm, norm(whole.step), 1e-6, 0)
    for (const gradClip of ['global', 'each', 'element', 'none'] as const)
      expect(stepOf({ ...straight, gradClip, maxGradNorm: MAX }).gradNorm).toBe(whole.gradNorm)
    expect(Math.min(norm(whole.policy), norm(whole.value))).toBeGreaterThan(MAX)
  })

  test.each(['separate', 'shared'] as const)('clipped as one: %s', (trunk) => {
    const free = stepOf({ ...straight, trunk })
    const { step } = stepOf({ ...straight, trunk, gradClip: 'global', maxGradNorm: MAX })
    expectClose(
      step,
      free.step.map((g) => (g * MAX) / norm(free.step)),
      1e-5,
      1e-8,
    )
  })

  test('clipped apart, the policy’s by its norm and V’s by its own', () => {
    const { policy, value } = stepOf({ ...straight, gradClip: 'each', maxGradNorm: MAX })
    expectClose(norm(policy), MAX, 1e-5, 0)
    expectClose(norm(value), MAX, 1e-5, 0)
    const shares = whole.policy.map((g) => (g * MAX) / norm(whole.policy))
    expectClose(policy, shares, 1e-5, 1e-8)
  })

  test('clipped element by element', () => {
    const { step } = stepOf({ ...straight, gradClip: 'element', maxGradNorm: 0.05 })
    const clipped = whole.step.map((g) => Math.max(-0.05, Math.min(g, 0.05)))
    expectClose(step, clipped, 1e-5, 1e-8)
    expect(clipped.filter((g) => Math.abs(g) === 0.05).length).toBeGreaterThan(3)
  })

  test('of Adam from rest goes its rate: the policy by one, V by its own', () => {
    const { policy, value } = stepOf({ learningRate: 0.01, valueLearningRate: 0.04 })
    const longest = (x: readonly number[]) => Math.max(...x.map(Math.abs))
    expectClose([longest(policy), longest(value)], [0.01, 0.04], 1e-3, 0)
    const one = stepOf({ learningRate: 0.01 })
    expectClose([longest(one.policy), longest(one.value)], [0.01, 0.01], 1e-3, 0)
  })
})

describe('advantages of an iteration are whitened', () => {
  const batchOf = (normalise: PpoConfig['advantage']['normalise']): Samples => {
    const config: PpoConfig = { ...base, advantage: { ...base.advantage, normalise } }
    const all = parts(config, world, js.f64)
    const seen: Samples[] = []
    const spied: Parts<Walk> = {
      ...all,
      update: (batch, ...rest) => {
        seen.push(batch)
        return all.update(batch, ...rest)
      },
    }
    iterate(config, spied)(init(all)(key(2)))
    return seen[0]!
  }
  const moments = (x: readonly number[]) => {
    const mean = x.reduce((a, b) => a + b, 0) / x.length
    return [mean, x.reduce((s, xi) => s + (xi - mean) ** 2, 0) / (x.length - 1)]
  }

  test('over the batch: mean 0 and variance 1; else not before the minibatch', () => {
    expectClose(moments(toArray(batchOf('batch').advantage)), [0, 1], 1e-6, 1e-12)
    const plain = toArray(batchOf('none').advantage)
    expect(toArray(batchOf('minibatch').advantage)).toEqual(plain)
    expect(Math.abs(moments(plain)[1]! - 1)).toBeGreaterThan(0.01)
  })
})

test('an update of every convention at once leaves its inputs as they are', () => {
  const at = scene({
    ...stop({ target: 0.01, estimator: 'exact', when: 'epoch', scope: 'policy' }),
    klPenalty: { kind: 'adaptive', beta: 1, target: 0.01 },
    learningRateSchedule: 'adaptive',
    valueLearningRate: 0.02,
    gradClip: 'each',
    shuffle: 'update',
    shards: 3,
  })
  const recompute = recomputeAdvantages(at.config, at.all.policy, at.rolled)
  const [{ adaptive }] = expectPure(
    (samples: Samples, rates: Rates, from: Learner) =>
      at.all.update(samples, LEARN, rates, recompute)(from),
    at.samples,
    at.rates,
    at.learner,
  )
  expect(adaptive).not.toEqual(at.learner.adaptive)
})
