import * as t from 'io-ts'
import { number } from '../algo/codec.ts'
import type { EvaluationPlan } from '../algo/evaluateEvery.ts'

/** How a run is evaluated while it learns. */
export interface EvaluationSettings extends Required<EvaluationPlan> {}

const count = number({ from: 1, whole: true })

/** The settings of an evaluation in config.json. */
export const evaluationCodec: t.Type<EvaluationSettings> = t.readonly(
  t.type({ every: count, episodes: count, longest: count }),
)
