import { describe, expect, test } from 'vitest'
import { lossGrad, parts, type PpoConfig, type Samples } from '../../../src/algo/ppo/index.ts'
import { whiten } from '../../../src/rl/index.ts'
import { js } from '../../../src/kernel/js/js.ts'
import { key } from '../../../src/random/index.ts'
import { add, map, scale, shift, toArray } from '../../../src/tensor/index.ts'
import { withFlat } from '../../../src/tensor/params.ts'
import { expectPure } from '../../law/purity.ts'
import { expectClose, numericGrad } from '../../support/centralDifference.ts'
import { minibatchStep, subset } from '../../support/minibatchStep.ts'
import { beginner, firstRates, lived, perturbed, small } from '../../support/runs.ts'
import { dice } from '../../support/worlds.ts'

/** Ratios and values under other parameters than those that acted. */
const outputs = (
  { policy, samples }: ReturnType<typeof lived>,
  params: ReturnType<typeof perturbed>,
) => {
  const [{ dist, value }] = policy.forward(params, samples.observation)
  const logProb = toArray(dist.logProb(samples.action))
  const old = toArray(samples.oldLogProb)
  return { ratio: logProb.map((l, i) => Math.exp(l - old[i]!)), value: toArray(value) }
}

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high)

const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length

describe.each([
  ['as CleanRL weighs them', {}],
  [
    'with other weights and a narrow clip',
    { entropyCoef: 0.2, valueCoef: 0.7, clip: 0.1, valueClip: 0.4 },
  ],
  ['without a value clip', { valueClip: null }],
  ['without hidden layers', { hidden: [], entropyCoef: 0.05 }],
] satisfies ReadonlyArray<readonly [string, Partial<PpoConfig>]>)('lossGrad %s', (_, choices) => {
  const config: PpoConfig = { ...small, steps: 40, totalSteps: 40 * 3, ...choices }
  const acted = lived(dice, 6, config, js.f64)
  const { policy } = acted
  // Whitened as a learning step does it, so that there are good and bad actions.
  const samples = { ...acted.samples, advantage: whiten(config.advantage)(acted.samples.advantage) }
  const params = perturbed(acted.params, 0.3, 3)
  const { ratio, value } = outputs(acted, params)
  const [oldValue, returns] = [toArray(samples.oldValue), toArray(samples.returns)]
  const { clip, valueClip } = config

  // Samples whose ratio and value are not within 1e-3 of a kink; the differences reach 1e-4 or so.
  const smooth = ratio.flatMap((r, i) => {
    const moved = value[i]! - oldValue[i]!
    const edge = oldValue[i]! + Math.sign(moved) * (valueClip ?? 0)
    const error = Math.abs(value[i]! - returns[i]!)
    const near =
      Math.abs(Math.abs(r - 1) - clip) < 1e-3 ||
      (valueClip !== null &&
        (Math.abs(Math.abs(moved) - valueClip) < 1e-3 ||
          (Math.abs(moved) > valueClip && Math.abs(error - Math.abs(edge - returns[i]!)) < 1e-3)))
    return near ? [] : [i]
  })
  const mb = subset(samples, smooth)
  const [metrics, grads] = lossGrad(config, policy)(params, mb)

  test('has samples on all sides of the clips, so that what follows says something', () => {
    expect(smooth.length).toBeGreaterThan(100)
    expect(metrics.clipFraction).toBeGreaterThan(0.1)
    expect(metrics.clipFraction).toBeLessThan(0.9)
    const a = toArray(samples.advantage)
    const sides = ratio.map(
      (r, i) =>
        `${r > 1 + clip ? 'above' : r < 1 - clip ? 'below' : 'inside'} ${a[i]! > 0 ? '+' : '−'}`,
    )
    expect(new Set(sides).size).toBe(6)
  })

  test('is the gradient of L = policyLoss + c_v valueLoss − c_e entropy in every parameter', () => {
    const loss = (x: Float64Array): number => {
      const [m] = lossGrad(config, policy)(withFlat(params.tree, x), mb)
      return m.policyLoss + config.valueCoef * m.valueLoss - config.entropyCoef * m.entropy
    }
    const expected = numericGrad(loss, toArray(params.flat), 2e-5)
    // Below 1e-7 or so the differences see rounding alone.
    expectClose(toArray(grads.flat), expected, 1e-6, 1e-9)
  })

  test('its losses are those of the formulas, over the samples', () => {
    const [a, g, old] = [toArray(mb.advantage), toArray(mb.returns), toArray(mb.oldValue)]
    const [r, v] = [smooth.map((i) => ratio[i]!), smooth.map((i) => value[i]!)]
    const surrogate = r.map((ri, i) => Math.min(ri * a[i]!, clamp(ri, 1 - clip, 1 + clip) * a[i]!))
    const half = v.map((vi, i) => {
      const plain = (vi - g[i]!) ** 2
      if (valueClip === null) return plain / 2
      const near = clamp(vi, old[i]! - valueClip, old[i]! + valueClip)
      return Math.max(plain, (near - g[i]!) ** 2) / 2
    })
    expectClose(metrics.policyLoss, -mean(surrogate), 1e-12, 1e-13)
    expectClose(metrics.valueLoss, mean(half), 1e-12, 0)
    expectClose(metrics.clipFraction, mean(r.map((ri) => Number(Math.abs(ri - 1) > clip))), 0, 0)
    expectClose(metrics.approxKl, mean(r.map((ri) => ri - 1 - Math.log(ri))), 1e-9, 1e-15)
    const [{ dist }] = policy.forward(params, mb.observation)
    const logits = toArray(dist.param)
    const entropy = r.map((_, i) => {
      const row = logits.slice(3 * i, 3 * i + 3).map(Math.exp)
      const total = row.reduce((x, y) => x + y, 0)
      return -row.reduce((h, e) => h + (e / total) * Math.log(e / total), 0)
    })
    expectClose(metrics.entropy, mean(entropy), 1e-12, 0)
  })

  test('leaves its inputs as they are', () => {
    expectPure(lossGrad(config, policy), params, mb)
  })
})

describe.each(['f32', 'f64'] as const)('at the policy that acted (%s)', (dtype) => {
  const { policy, params, samples } = lived(dice, 9, small, js[dtype])

  test('every ratio is exactly 1, in any order and any company', () => {
    for (const rows of [[3], [7, 2, 40, 11, 5], Array.from({ length: 48 }, (_, i) => 47 - i)]) {
      const [metrics] = lossGrad(small, policy)(params, subset(samples, rows))
      expect(metrics.approxKl).toBe(0)
      expect(metrics.clipFraction).toBe(0)
    }
  })

  test('so the policy loss is minus the mean advantage', () => {
    const [metrics] = lossGrad(small, policy)(params, samples)
    expectClose(metrics.policyLoss, -mean(toArray(samples.advantage)), 1e-12, 1e-15)
  })
})

describe('one optimiser step', () => {
  const acted = lived(dice, 6)
  const stepWith = (config: PpoConfig, samples: Samples) => {
    // All samples are one minibatch, whose step is the whole update.
    const whole = { ...config, epochs: 1, minibatches: 1 }
    const { update } = parts(whole, dice, js.f64)
    const [{ metrics }, learner] = update(
      samples,
      key(1),
      firstRates(whole),
    )(beginner(whole, dice, acted.params))
    return [metrics, learner] as const
  }
  const paramsAfter = (config: PpoConfig, samples: Samples) =>
    toArray(stepWith(config, samples)[1].params.flat)

  test('does not see scale and shift of advantages where they are whitened, and sees them elsewhere', () => {
    const { samples } = acted
    const moved = { ...samples, advantage: shift(scale(samples.advantage, 10), 3) }
    const plain = { ...small, advantage: { ...small.advantage, normalise: 'none' } } as const
    expectClose(paramsAfter(small, moved), paramsAfter(small, samples), 1e-7, 1e-9)
    expect(stepWith(plain, moved)[0].policyLoss).not.toBeCloseTo(
      stepWith(plain, samples)[0].policyLoss,
      2,
    )
  })

  test('tells the norm of the gradient as it was before clipping', () => {
    const { policy, params, samples } = acted
    const plain: PpoConfig = {
      ...small,
      maxGradNorm: 1e-3,
      advantage: { ...small.advantage, normalise: 'none' },
    }
    const [, grads] = lossGrad(plain, policy)(params, samples)
    const norm = Math.sqrt(toArray(grads.flat).reduce((s, x) => s + x * x, 0))
    expect(norm).toBeGreaterThan(1e-3)
    expectClose(stepWith(plain, samples)[0].gradNorm, norm, 1e-12, 0)
  })

  test('is not longer than Adam goes from rest: the learning rate, in every parameter', () => {
    const before = toArray(acted.params.flat)
    const moved = paramsAfter(small, acted.samples).map((x, i) => Math.abs(x - before[i]!))
    expect(Math.max(...moved)).toBeLessThanOrEqual(small.learningRate * (1 + 1e-9))
    expect(Math.max(...moved)).toBeGreaterThan(small.learningRate * 0.99)
  })

  test('lowers the loss that it is for', () => {
    const { policy, params, samples } = acted
    const plain: PpoConfig = { ...small, advantage: { ...small.advantage, normalise: 'none' } }
    const loss = (theta: typeof params): number => {
      const [m] = lossGrad(plain, policy)(theta, samples)
      return m.policyLoss + plain.valueCoef * m.valueLoss - plain.entropyCoef * m.entropy
    }
    expect(loss(stepWith(plain, samples)[1].params)).toBeLessThan(loss(params))
  })

  test.each(['advantage', 'returns', 'oldLogProb'] as const)(
    'of a NaN in %s is an error that names a gradient, not a step',
    (field) => {
      const samples = { ...acted.samples, [field]: map(acted.samples[field], () => NaN) }
      expect(() => stepWith(small, samples)).toThrow(
        /^epoch 0: minibatch 0: gradient of (actor|critic)\.layer0\.(weight|bias)\[.*\]: expected a finite number, got NaN$/,
      )
    },
  )

  test('leaves its inputs as they are', () => {
    const { policy } = acted
    const learner = beginner(small, dice, acted.params)
    const [, next] = expectPure(
      (samples: Samples, from: typeof learner) =>
        minibatchStep(small, policy)(samples, firstRates(small))(from),
      acted.samples,
      learner,
    )
    expect(toArray(add(next.params.flat, scale(acted.params.flat, -1))).some((x) => x !== 0)).toBe(
      true,
    )
  })
})
