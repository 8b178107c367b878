import type { FormOf } from '../kernel/form.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import { f64, rounding } from '../math/real.ts'
import type { ParamTree } from '../tensor/params.ts'
import {
  data,
  own,
  ownLike,
  type Floats,
  type ReadonlyNumbers,
  type Tensor,
} from '../tensor/tensor.ts'
import type { Fitted, Param } from '../distribution/distribution.ts'
import { surrogateTerm } from '../rl/loss/surrogate.ts'
import { valueTerm, type ValueTerm } from '../rl/loss/value.ts'
import type { Forward, Objective, Place } from './descent.ts'
import type { Policy, PolicyCache } from './policy.ts'
import {
  LOSSES,
  perSampleLossesForm,
  type Inputs,
  type Terms,
  type TermsConfig,
} from './lossForms.ts'
import type { Rates } from './rates.ts'
import type { Samples } from './samples.ts'

/** What a config says of the objective; numbers that change are in the rates of an update. */
export interface ObjectiveConfig extends TermsConfig {
  readonly entropyCoef: number
  readonly klPenalty?: { readonly kind: 'none' | 'fixed' | 'adaptive' }
}

export { LOSSES }

/** Means over the samples of a minibatch. */
export type Losses = { readonly [K in (typeof LOSSES)[number]]: number }

/** The derivatives of a loss in what the networks give; null: nothing depends on that. */
export interface OutputGrads {
  readonly dParam: Param<'sample'> | null
  readonly dValue: Tensor<['sample']> | null
  /** in the parameters at the contexts of a corpus: see `withCorpusLoss` */
  readonly dCorpus?: Param<'sample'>
}

/** What the forward pass of a policy leaves, beside the way back. */
export interface PolicyForward extends Forward<OutputGrads> {
  readonly dist: Fitted<'sample'>
  readonly cache: PolicyCache
  readonly logProb: Tensor<['sample']>
  readonly value: Tensor<['sample']>
  /** KL[π_old, π] a sample, where the objective penalises it */
  readonly kl: Tensor<['sample']> | null
}

/** A policy's objective: its losses, and its gradient by the chain rule. */
export type PolicyObjective<F extends Forward<OutputGrads>> = Objective<ParamTree, Samples, F>

/** The losses of each shard, and their derivatives in logProb and V. */
const perSampleLosses = operation(
  'losses',
  (
    _,
    dLogProb: Floats,
    dValue: Floats,
    { n, shards, losses, width, at }: Place,
    inputs: Inputs,
    { config, surrogate, value: valueLoss, round }: Terms,
    rates: Rates,
  ) => {
    const { logProb, entropy, value, oldLogProb, oldValue, advantage, returns, kl } = inputs
    const { clip, beta } = rates
    const { valueCoef } = config
    const valueClip = rates.valueClip ?? NaN
    let out = at()
    for (let s = 0; s < shards.length; s++) {
      const [from, to] = shards[s]!
      let policySum = 0
      let valueSum = 0
      let entropySum = 0
      let approxKlSum = 0
      let klSum = 0
      let outside = 0
      for (let i = from; i < to; i++) {
        const now = logProb[i]!
        const logRatio = now - oldLogProb[i]!
        const ratio = f64.exp(logRatio)
        const a = advantage[i]!
        policySum += round(surrogate.value(ratio, a, now, clip))
        dLogProb[i] = round(surrogate.grad(ratio, a, now, clip)) * (-1 / n)
        const v = value[i]!
        const old = oldValue[i]!
        const target = returns[i]!
        valueSum += round(valueLoss.value(v, old, target, valueClip))
        dValue[i] = round(valueLoss.grad(v, old, target, valueClip)) * (valueCoef / n)
        entropySum += entropy[i]!
        approxKlSum += Math.max(0, ratio - 1 - logRatio)
        if (ratio < 1 - clip || ratio > 1 + clip) outside++
        if (kl !== null) klSum += kl[i]!
      }
      const count = to - from
      const share = count / n
      losses[out] = (-(policySum / count) + (kl === null ? 0 : beta * (klSum / count))) * share
      losses[out + 1] = (valueSum / count) * share
      losses[out + 2] = (entropySum / count) * share
      losses[out + 3] = (approxKlSum / count) * share
      losses[out + 4] = (outside / count) * share
      out += width
    }
  },
)

export const lossesForm: FormOf<typeof perSampleLosses> = {
  of: perSampleLosses,
  form: perSampleLossesForm,
}

const ones = operation('ones', (_, out: Floats) => {
  out.fill(1)
})

/** ∂KL/∂param times β / n, with the β of the update. */
const penaltyGrad = operation(
  'klPenalty',
  (_, out: Floats, grad: ReadonlyNumbers, n: number, { beta }: Rates) => {
    const weight = beta / n
    for (let i = 0; i < out.length; i++) out[i] = grad[i]! * weight
  },
)

/**
 * L(θ) = −mean L_policy + β · mean KL[π_old, π] + c_v · mean L_value − c_e · mean H, and ∂L/∂θ by
 * the chain rule: Schulman et al. 2017, arXiv:1707.06347, eq. 9 with the sign of a loss, and eq. 8
 * where there is a penalty. With L_policy = log π Â this is the policy gradient (VPG, A2C).
 *
 * @param rates ε, ε of V and β, read whenever it runs; a penalty needs the samples' oldParam
 * @param wants whose gradient is taken: with `policy`, that of V's own parameters is 0
 */
export const policyObjective = (
  config: ObjectiveConfig,
  policy: Policy,
  rates: Rates,
  wants: 'both' | 'policy' = 'both',
): PolicyObjective<PolicyForward> => {
  const isPenalised = (config.klPenalty?.kind ?? 'none') !== 'none'
  const [surrogate, value] = [surrogateTerm(config), valueTerm(config)]
  return (machine, tree, samples, place) => {
    const { observation, actionMask = null, action } = samples
    const n = observation.shape[0]
    const [output, cache] = policy.forward({ tree }, observation, actionMask, machine)
    const { dist } = output
    const logProb = dist.logProb(action)
    const entropy = dist.entropy()
    const old = isPenalised ? oldDist(policy, samples, machine) : null
    const kl = old?.kl(dist) ?? null

    const dLogProb = own(['sample'], [n], machine.alloc(n))
    const dValue = own(['sample'], [n], machine.alloc(n))
    const inputs: Inputs = {
      logProb: data(logProb),
      entropy: data(entropy),
      value: data(output.value),
      oldLogProb: data(samples.oldLogProb),
      oldValue: data(samples.oldValue),
      advantage: data(samples.advantage),
      returns: data(samples.returns),
      kl: kl === null ? null : data(kl),
    }
    const terms = { config, surrogate, value, round: rounding(machine.dtype) }
    machine.run(
      perSampleLosses,
      data(dLogProb) as Floats,
      data(dValue) as Floats,
      place,
      inputs,
      terms,
      rates,
    )
    return {
      dist,
      cache,
      logProb,
      value: output.value,
      kl,
      differentiate: (back) => {
        const ofLogProb = dist.logProbGrad(action, dLogProb)
        const ofEntropy = dist.entropyGrad(-config.entropyCoef / place.n)
        const ofSurrogate = added(back, ofLogProb, ofEntropy)
        const grads = { dValue: wants === 'both' ? dValue : null }
        if (old === null) return { ...grads, dParam: ofSurrogate }
        const one = back.alloc(n)
        back.run(ones, one)
        const ofKl = old.klGrad(dist, own(['sample'], [n], one))
        const weighted = back.alloc(data(ofKl).length)
        back.run(penaltyGrad, weighted, data(ofKl), place.n, rates)
        return { ...grads, dParam: added(back, ofSurrogate, ownLike(ofKl, weighted)) }
      },
      backward: (back, grads, shards) => policy.backward(cache, grads, shards, back),
    }
  }
}

/** a + b on a machine. */
export const added = <D extends string[]>(
  machine: Machine,
  a: Tensor<D>,
  b: Tensor<D>,
): Tensor<D> => {
  const out = machine.alloc(data(a).length)
  machine.vector.add(out, data(a), data(b))
  return own<string[]>([...a.dims], a.shape, out) as unknown as Tensor<D>
}

/** π_old of the samples. @throws RangeError where they do not have its parameters */
export const oldDist = (
  { distribution }: Policy,
  { oldParam, actionMask }: Samples,
  machine: Machine,
): Fitted<'sample'> => {
  if (oldParam === undefined)
    throw new RangeError('oldParam: expected the parameters of π_old, got none: add them')
  return distribution.at(oldParam, actionMask ?? null, machine)
}

const valueLosses = operation(
  'valueLoss',
  (
    _,
    dValue: Floats,
    { n, shards, losses, at }: Place,
    value: ReadonlyNumbers,
    returns: ReadonlyNumbers,
    term: ValueTerm,
    round: (x: number) => number,
  ) => {
    let out = at()
    for (let s = 0; s < shards.length; s++) {
      const [from, to] = shards[s]!
      let sum = 0
      for (let i = from; i < to; i++) {
        sum += round(term.value(value[i]!, NaN, returns[i]!, NaN))
        dValue[i] = round(term.grad(value[i]!, NaN, returns[i]!, NaN)) * (1 / n)
      }
      losses[out++] = (sum / (to - from)) * ((to - from) / n)
    }
  },
)

/** mean ½ (V − G)² and its gradient, which is 0 in the policy's parameters. */
export const valueObjective = (policy: Policy): PolicyObjective<Forward<OutputGrads>> => {
  const term = valueTerm({ valueClip: null })
  return (machine, tree, { observation, returns }, place) => {
    const n = observation.shape[0]
    const [value, network] = policy.network.value(machine, tree, observation)
    const dValue = own(['sample'], [n], machine.alloc(n))
    machine.run(
      valueLosses,
      data(dValue) as Floats,
      place,
      data(value),
      data(returns),
      term,
      rounding(machine.dtype),
    )
    return {
      differentiate: () => ({ dParam: null, dValue }),
      backward: (back, grads, shards) => policy.backward({ tree, network }, grads, shards, back),
    }
  }
}
