import type { LogStdConfig } from './actions.ts'
import { fields, list, mayLack, nullable, number, oneOf, type Codec } from './codec.ts'

export const count = number({ from: 1, whole: true })
export const unit = number({ from: 0, to: 1 })
export const positive = number({ from: 0, above: true })
export const notNegative = number({ from: 0 })
export const decay = number({ from: 0, to: 0.9999999 })
const layers = list(count, 100, 'a list of up to 100 whole numbers >= 1')

/** The fields of `ActingConfig`. */
export const acting = {
  envs: count,
  steps: count,
  totalSteps: count,
  shards: count,
}

/** The fields of `EstimatingConfig`. */
export const estimating = {
  gamma: unit,
  lambda: unit,
  valueLambda: nullable(unit),
  truncation: oneOf('exact', 'terminate', 'mask', 'current'),
}

/** The fields of `WhiteningConfig`. */
export const whitening = {
  ddof: oneOf(0, 1),
  epsilon: notNegative,
  epsilonKind: oneOf('add', 'max'),
}

export const adamFields = fields({
  beta1: decay,
  beta2: decay,
  epsilon: positive,
  epsilonPlacement: oneOf('corrected', 'uncorrected'),
})

const logStd: Codec<LogStdConfig> = mayLack(
  fields({
    kind: oneOf('free', 'state'),
    init: number({ from: -10, to: 2 }),
    min: nullable(number({ from: -1000, to: 1000 })),
    max: nullable(number({ from: -1000, to: 1000 })),
  }),
  { min: null, max: null },
)

/** Paths of optional config fields; a missing one is null. */
export const MAY_LACK = ['logStd.min', 'logStd.max'] as const

/** The fields of `NetworkConfig`. */
export const network = {
  hidden: layers,
  valueHidden: nullable(layers),
  trunk: oneOf('separate', 'shared'),
  weights: oneOf('orthogonal', 'fanIn'),
  gain: fields({ hidden: positive, policy: positive, value: positive }),
  logStd,
  actionBound: oneOf('clip', 'squash', 'none'),
}

/** The fields of `SeparateValueConfig`. */
export const apart = {
  valueLearningRate: positive,
  valueEpochs: count,
  valueMinibatches: count,
  adam: adamFields,
  ...network,
  trunk: oneOf('separate'),
}

/** How many updates a run has. */
export const updatesOf = ({
  totalSteps,
  envs,
  steps,
}: {
  readonly totalSteps: number
  readonly envs: number
  readonly steps: number
}): number => Math.floor(totalSteps / (envs * steps))
