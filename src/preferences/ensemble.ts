import { chosenBackend, type BackendChoice } from '../algo/agent.ts'
import { fit } from '../algo/fit.ts'
import { f64 } from '../math/real.ts'
import type { Mlp } from '../nn/mlp.ts'
import { adamW } from '../optim/adamW.ts'
import { cosine } from '../optim/schedule.ts'
import { foldIn, split, type Key } from '../random/key.ts'
import { epochsOf } from '../rlhf/fitTokens.ts'
import { disagreement } from '../rlhf/preferenceMetrics.ts'
import { expectCount } from '../tensor/argument.ts'
import type { Params } from '../tensor/params.ts'
import type { Floats, ReadonlyNumbers } from '../tensor/tensor.ts'
import { stepsOf, type Clip } from './clip.ts'
import type { PreferenceFitConfig } from './fitConfig.ts'
import type { Pair, Preference } from './labeller.ts'
import { preferenceLoss, preferenceSamples } from './preferenceLoss.ts'
import type { RewardNetwork } from './rewardNetwork.ts'
import { inputScale, inputSize, writeClip, writeOver, type InputScale } from './stepInputs.ts'
import { stepRewards, type WriteRow } from './stepRewards.ts'

/** A reward network, and what its predictions are standardised by: (r̂ − base) / deviation. */
export interface RewardMember {
  readonly params: Params<Mlp>
  readonly base: number
  readonly deviation: number
}

/** Reward networks that were fitted to the same preferences from different initial parameters. */
export interface RewardEnsemble {
  readonly scale: InputScale
  readonly members: readonly RewardMember[]
}

/** The results of a fit, as means over the members. */
export interface FitSummary {
  /** mean loss of the last pass over the preferences, in nats */
  readonly loss: number
}

/**
 * Whether, in some pair, one clip continues longer beyond the end of its episode than the other. Only then do
 * preferences say what "episode over" is worth compared with steps.
 */
export const knowsOver = (preferences: readonly Preference[]): boolean =>
  preferences.some(({ chosen, rejected }) => stepsOf(chosen) !== stepsOf(rejected))

/** The functions of an ensemble. */
export interface RewardEnsembleParts {
  /** An ensemble that knows no preferences. */
  readonly init: (key: Key, reference: readonly Clip[]) => RewardEnsemble
  /**
   * Fits new networks to preferences, each from its own parameters and in its own order. Networks that
   * continue from the previous round keep the mistakes of early rounds, and agree about them.
   *
   * @param reference clips that inputs and predictions are standardised on
   * @throws RangeError when there is no preference
   */
  readonly fit: (
    config: PreferenceFitConfig,
  ) => (
    preferences: readonly Preference[],
    reference: readonly Clip[],
    key: Key,
  ) => [FitSummary, RewardEnsemble]
  /** The mean over the members of their standardised predictions of so many steps. */
  readonly rewards: (ensemble: RewardEnsemble, rows: number, write: WriteRow) => Float64Array
  /** P(first ≻ second) = σ(Σ r̂(first) − Σ r̂(second)) of each pair: [member][pair]. */
  readonly probabilities: (
    ensemble: RewardEnsemble,
    pairs: readonly Pair[],
  ) => ReadonlyArray<readonly number[]>
}

/**
 * The functions of an ensemble of reward networks.
 *
 * Predictions are standardised on reference clips: (r̂ − base) / deviation, with the standard deviation
 * (ddof 0) over their steps. Preferences between clips of equal length do not tell a constant from any
 * other, but where episodes terminate that constant decides: above 0, staying alive pays, and below 0,
 * ending early. So the base is the prediction for "episode over", which is then worth 0, just as the
 * value of a terminal state; and the mean where the preferences do not say what "episode over" is
 * worth.
 *
 * @throws RangeError unless `count` is a whole number >= 1
 */
export const rewardEnsemble = (
  network: RewardNetwork,
  count: number,
  how: BackendChoice = 'auto',
): RewardEnsembleParts => {
  expectCount('members', count)
  const { dtype, machine } = chosenBackend(how)
  const { form } = network
  const size = inputSize(form)
  const rate = stepRewards(network, count, how)

  /** r̂ [member][clip, step=L] */
  const clipRewards = (
    { scale, members }: Pick<RewardEnsemble, 'scale' | 'members'>,
    clips: readonly Clip[],
  ): readonly Float64Array[] => {
    const inputs = new Float64Array(form.length * size)
    const write: WriteRow = (out, to, row) => {
      const step = row % form.length
      if (step === 0) writeClip(inputs, 0, form, scale, clips[row / form.length]!)
      out.set(inputs.subarray(step * size, (step + 1) * size), to)
    }
    return rate(
      members.map(({ params }) => params),
      clips.length * form.length,
      write,
    )
  }

  const standardise = (
    scale: InputScale,
    params: ReadonlyArray<Params<Mlp>>,
    reference: readonly Clip[],
    isOverKnown: boolean,
  ): RewardEnsemble => {
    const bare = params.map((one) => ({ params: one, base: 0, deviation: 1 }))
    const rewards = clipRewards({ scale, members: bare }, reference)
    const over = rate(params, 1, (out: Floats, to) => writeOver(out, to, form))
    const live = reference.flatMap((clip, i) =>
      Array.from({ length: stepsOf(clip) }, (_, step) => i * form.length + step),
    )
    return {
      scale,
      members: params.map((one, member) => {
        const r = rewards[member]!
        const mean = live.reduce((sum, at) => sum + r[at]!, 0) / live.length
        const squares = live.reduce((sum, at) => sum + (r[at]! - mean) * (r[at]! - mean), 0)
        return {
          params: one,
          base: isOverKnown ? over[member]![0]! : mean,
          deviation: Math.sqrt(squares / live.length) || 1,
        }
      }),
    }
  }

  const initial = (key: Key): ReadonlyArray<Params<Mlp>> =>
    Array.from({ length: count }, (_, member) => network.init(foldIn(key, member), dtype))

  return {
    init: (key, reference) =>
      standardise(inputScale(form, reference), initial(key), reference, false),

    fit:
      ({ steps, batch, learningRate, ...rest }) =>
      (preferences, reference, key) => {
        if (preferences.length === 0)
          throw new RangeError('preferences: expected at least one, got none')
        const [initKey, orderKey] = split(key, 2)
        const scale = inputScale(form, reference)
        const samples = preferenceSamples(network, scale, preferences, batch, dtype)
        const minibatches = Math.ceil(preferences.length / batch)
        const epochs = epochsOf(steps)(minibatches)
        const schedule = cosine(learningRate, epochs * minibatches)
        const optimizer = adamW(machine, { ...rest, learningRate: schedule })
        const descend = fit({ epochs, minibatches }, preferenceLoss(network), optimizer, how)
        const fitted = initial(initKey).map((params, member) =>
          descend(params, samples, foldIn(orderKey, member)),
        )
        const loss = fitted.reduce((sum, { history }) => sum + history.at(-1)!.loss, 0) / count
        const params = fitted.map((one) => one.params)
        return [{ loss }, standardise(scale, params, reference, knowsOver(preferences))]
      },

    rewards: ({ members }: RewardEnsemble, rows: number, write: WriteRow): Float64Array => {
      const each = rate(
        members.map(({ params }) => params),
        rows,
        write,
      )
      const out = new Float64Array(rows)
      members.forEach(({ base, deviation }, member) => {
        const r: ReadonlyNumbers = each[member]!
        for (let i = 0; i < rows; i++) out[i]! += (r[i]! - base) / deviation / members.length
      })
      return out
    },

    probabilities: (
      ensemble: RewardEnsemble,
      pairs: readonly Pair[],
    ): ReadonlyArray<readonly number[]> => {
      const { length } = form
      const clips = pairs.flatMap(({ first, second }) => [first, second])
      return clipRewards(ensemble, clips).map((r) =>
        pairs.map((_, i) => {
          let d = 0
          for (let t = 2 * i * length; t < (2 * i + 1) * length; t++) d += r[t]! - r[t + length]!
          return 1 / (1 + f64.exp(-d))
        }),
      )
    },
  }
}

/**
 * The pairs whose probabilities the members disagree about most, the earliest of equal ones.
 * `count` is how many, a whole number >= 0.
 */
export const mostDisputed = <P extends Pair>(
  probabilities: ReadonlyArray<readonly number[]>,
  pairs: readonly P[],
  count: number,
): readonly P[] => {
  const spread = disagreement(probabilities)
  return pairs
    .map((_, i) => i)
    .toSorted((a, b) => spread[b]! - spread[a]! || a - b)
    .slice(0, count)
    .map((i) => pairs[i]!)
}
