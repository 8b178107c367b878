import { codec, number, shape, type Codec } from '../algo/codec.ts'
import type { EvaluationPlan } from '../algo/evaluateEvery.ts'

/** How a run is evaluated during training. */
export interface EvaluationSettings extends Required<EvaluationPlan> {
  /** the run ends when the lower end of an evaluation's 95 % interval reaches this return */
  readonly stopAt?: number
}

const count = number({ from: 1, whole: true })
const finite = codec('a finite number', (u): u is number => Number.isFinite(u))

/** The settings of an evaluation in config.json. */
export const evaluationCodec: Codec<EvaluationSettings> = shape(
  { every: count, episodes: count, longest: count },
  { stopAt: finite },
)
