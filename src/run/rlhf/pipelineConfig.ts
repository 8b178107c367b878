import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { codec, fields, list, nullable, number, oneOf, type TypeOf } from '../../algo/codec.ts'
import { describeMistakes } from '../../algo/mistake.ts'
import { parseJson } from '../../format/json.ts'
import { fineTuneConfig } from '../../rlhf/fineTune.ts'
import { fitRewardConfig } from '../../rlhf/fitReward.ts'
import { languageModelConfig } from '../../rlhf/languageModel.ts'
import { rewardModelConfig } from '../../rlhf/rewardModel.ts'
import { hash } from '../config.ts'

const count = number({ from: 1, to: 1e9, whole: true })
const size = number({ from: 1, to: 4096, whole: true })
const above = number({ from: 0, above: true })
const least = number({ from: 0 })
const share = number({ from: 0, to: 1 })
const layers = list(size, 16, 'a list of at most 16 whole numbers from 1 to 4096')

const optimiser = {
  batch: number({ from: 1, to: 65_536, whole: true }),
  learningRate: above,
  weightDecay: least,
  beta1: share,
  beta2: share,
  epsilon: above,
} as const

const text = codec(
  'a text of at most 200 characters',
  (u): u is string => typeof u === 'string' && u.length <= 200,
)

const file = fields({ sha256: hash })

const config = fields({
  format: oneOf('proximal rlhf 1'),
  version: text,
  seed: number({ from: 0, whole: true }),
  corpus: fields({
    name: text,
    tokens: oneOf('characters', 'words'),
    sha256: hash,
    heldOut: number({ from: 0, to: 1e9, whole: true }),
  }),
  model: fields({ window: size, embedding: size, hidden: layers }),
  fineTune: fields({ epochs: count, ...optimiser }),
  samples: fields({ count, longest: number({ from: 1, to: 10_000, whole: true }) }),
  gold: nullable(
    fields({ pairs: count, noise: least, length: number({ from: 0 }), perToken: least }),
  ),
  comparisons: nullable(file),
  score: nullable(file),
  reward: fields({
    model: fields({
      window: size,
      embedding: size,
      hidden: layers,
      scalar: oneOf('sum', 'end'),
    }),
    fit: fields({ steps: count, ...optimiser }),
  }),
  ppo: fields({
    updates: count,
    envs: number({ from: 1, to: 65_536, whole: true }),
    steps: number({ from: 1, to: 65_536, whole: true }),
    epochs: count,
    minibatches: count,
    learningRate: above,
    valueLearningRate: above,
    entropyCoef: least,
    beta: least,
    adaptive: nullable(fields({ target: above, gain: above })),
  }),
  evaluation: fields({ count: number({ from: 2, to: 1e6, whole: true }) }),
})

/**
 * All that a run of the stages follows from. Exactly one of these says what is good: `gold`, the hidden
 * score that labels pairs of samples with noise; `comparisons`, a file of them; `score`, a function that
 * takes the place of the reward model.
 */
export type PipelineConfig = TypeOf<typeof config>

/** The settings of a run on first names, which were calibrated; the rest follows from its inputs. */
export const pipelineDefaults = {
  model: languageModelConfig,
  fineTune: fineTuneConfig,
  samples: { count: 2000, longest: 15 },
  gold: { pairs: 1000, noise: 1, length: 7, perToken: 0.15 },
  reward: { model: rewardModelConfig, fit: fitRewardConfig },
  ppo: {
    updates: 50,
    envs: 128,
    steps: 8,
    epochs: 2,
    minibatches: 2,
    learningRate: 1e-3,
    valueLearningRate: 2e-3,
    entropyCoef: 0,
    beta: 0.3,
    adaptive: null,
  },
  evaluation: { count: 500 },
} satisfies Partial<PipelineConfig>

/** The gain of the controller that holds the KL at a target. */
export const ADAPTIVE_GAIN = 0.3

/** The coefficient of the entropy bonus where no KL penalty keeps the policy from one response. */
export const ENTROPY_WITHOUT_KL = 0.1

const expectOneJudge = (given: PipelineConfig): E.Either<string, PipelineConfig> => {
  const judges = (['gold', 'comparisons', 'score'] as const).filter((name) => given[name] !== null)
  return judges.length === 1
    ? E.right(given)
    : E.left(
        `gold, comparisons, score: expected exactly one of them, got ${judges.length === 0 ? 'none' : judges.join(', ')}`,
      )
}

export const checkPipelineConfig = (json: unknown): E.Either<string, PipelineConfig> =>
  pipe(config.decode(json), E.mapLeft(describeMistakes), E.flatMap(expectOneJudge))

export const decodePipelineConfig = (bytes: Uint8Array): E.Either<string, PipelineConfig> =>
  pipe(
    parseJson(bytes, 'expected JSON, got something else: the file is damaged'),
    E.flatMap(checkPipelineConfig),
  )
