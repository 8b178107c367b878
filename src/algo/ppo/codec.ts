import { boolean, fields, nullable, number, oneOf, type Codec } from '../codec.ts'
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
import type { PpoConfig } from './config.ts'

const aboveOne = number({ from: 1, above: true })

/** What each field of `PpoConfig` may be. The codecs' names are the ranges that errors state. */
export const ppoConfig: Codec<PpoConfig> = fields(
  {
    ...acting,
    epochs: count,
    minibatches: count,
    shuffle: oneOf('epoch', 'update'),

    ...estimating,
    recomputeAdvantages: boolean,
    advantage: fields({ normalise: oneOf('minibatch', 'batch', 'none'), ...whitening }),
    normalise: fields({
      observation: boolean,
      reward: boolean,
      clip: positive,
      epsilon: positive,
    }),

    surrogate: oneOf('clip', 'clipAlone', 'dualClip', 'ratio'),
    clip: positive,
    clipSchedule: oneOf('constant', 'linear', 'progress'),
    dualClip: aboveOne,
    klPenalty: fields({
      kind: oneOf('none', 'fixed', 'adaptive'),
      beta: positive,
      target: positive,
    }),
    klStop: fields({
      target: nullable(positive),
      factor: positive,
      estimator: oneOf('k1', 'k2', 'k3', 'exact'),
      when: oneOf('minibatch', 'epoch'),
      scope: oneOf('both', 'policy'),
    }),
    entropyCoef: notNegative,

    valueCoef: notNegative,
    valueClip: nullable(positive),
    valueClipKind: oneOf('max', 'alone'),
    huber: nullable(positive),

    learningRate: positive,
    valueLearningRate: nullable(positive),
    learningRateSchedule: oneOf('constant', 'linear', 'progress', 'adaptive'),
    adaptiveRate: fields({ desiredKl: positive, factor: aboveOne, min: positive, max: positive }),
    adam: adamFields,
    maxGradNorm: positive,
    gradClip: oneOf('global', 'each', 'element', 'none'),

    ...network,
  },
  'a config',
)
