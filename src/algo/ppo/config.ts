import type * as t from 'io-ts'
import { boolean, fields, nullable, number, oneOf } from '../codec.ts'
import {
  acting,
  adamFields,
  count,
  estimating,
  network,
  notNegative,
  positive,
  whitening,
} from '../configFields.ts'

export { updatesOf } from '../configFields.ts'

const aboveOne = number({ from: 1, above: true })

/**
 * Every choice that a run of PPO makes. Where implementations differ, the choice is a field.
 * The codec's names are the allowed ranges.
 */
export const ppoConfig = fields(
  {
    ...acting,
    /** K, passes over each batch */
    epochs: count,
    /** shuffled parts of a batch, one optimiser step each; divides envs · steps */
    minibatches: count,
    /** a new order of the samples each epoch, or one for all epochs of an update */
    shuffle: oneOf('epoch', 'update'),

    ...estimating,
    /** whether each epoch after the first values the batch anew, with the network as it is then */
    recomputeAdvantages: boolean,
    /** whitening of advantages, over each minibatch, the whole batch, or not at all */
    advantage: fields({
      normalise: oneOf('minibatch', 'batch', 'none'),
      ...whitening,
    }),
    /** running statistics that observations are whitened by, and rewards scaled by: see rl.normaliseObservation, rl.scaleReward */
    normalise: fields({
      observation: boolean,
      reward: boolean,
      /** the largest size of what comes out */
      clip: positive,
      epsilon: positive,
    }),

    /** the policy's objective, of the ratio r: see rl.surrogateTerm */
    surrogate: oneOf('clip', 'clipAlone', 'dualClip', 'ratio'),
    /** ε of the clipped surrogates */
    clip: positive,
    /** how ε goes on from there, and valueClip with it: see optim.scheduleFactor */
    clipSchedule: oneOf('constant', 'linear', 'progress'),
    /** c of the dual clip */
    dualClip: aboveOne,
    /** a penalty β KL[π_old, π]; `adaptive` moves β so that the KL stays near the target */
    klPenalty: fields({
      kind: oneOf('none', 'fixed', 'adaptive'),
      beta: positive,
      target: positive,
    }),
    /** ends an update early where its policy is more than factor · target from the old one */
    klStop: fields({
      /** null: never */
      target: nullable(positive),
      factor: positive,
      /** KL[π_old, π] by samples of π_old, or exactly */
      estimator: oneOf('k1', 'k2', 'k3', 'exact'),
      /**
       * before a minibatch's step, on its samples; or after an epoch, on those of its last
       * minibatch as they were before that one's step
       */
      when: oneOf('minibatch', 'epoch'),
      /** what stops: all learning, or the policy's while V's goes on */
      scope: oneOf('both', 'policy'),
    }),
    /** weight of the entropy bonus */
    entropyCoef: notNegative,

    /** weight of the value loss ½ (V − G)² */
    valueCoef: notNegative,
    /** ε of the clipped value loss, null for the plain one */
    valueClip: nullable(positive),
    /** the greater of both losses, or the clipped one alone */
    valueClipKind: oneOf('max', 'alone'),
    /** δ of a Huber loss in place of the square, null for the square */
    huber: nullable(positive),

    /** Adam's step size at the start */
    learningRate: positive,
    /** V's own, with an Adam of its own; null: one Adam for both */
    valueLearningRate: nullable(positive),
    /**
     * `linear` falls to 0 by one stair an update, as if the run had ended one update later;
     * `progress` by the steps done when the update learns, to 0 in the last; `adaptive` follows
     * the KL of each minibatch
     */
    learningRateSchedule: oneOf('constant', 'linear', 'progress', 'adaptive'),
    /** the KL that the adaptive rate keeps to, and where the rate stays: see optim.adaptLearningRate */
    adaptiveRate: fields({ desiredKl: positive, factor: aboveOne, min: positive, max: positive }),
    adam: adamFields,
    /** the bound of gradClip */
    maxGradNorm: positive,
    /** what is bounded: the norm over all, those of the policy's and of V's parameters, each element */
    gradClip: oneOf('global', 'each', 'element', 'none'),

    ...network,
  },
  'a config',
)

export type PpoConfig = t.TypeOf<typeof ppoConfig>
