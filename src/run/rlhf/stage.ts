import type * as E from 'fp-ts/lib/Either.js'
import type { BackendChoice } from '../../algo/agent.ts'
import type { Environment } from '../../env/environment.ts'
import type { Discrete } from '../../env/space.ts'
import { foldIn, key, type Key } from '../../random/key.ts'
import type { Comparison } from '../../rlhf/comparison.ts'
import type { Sequence } from '../../rlhf/encode.ts'
import type { Generated } from '../../rlhf/generate.ts'
import type { LanguageParts, LanguagePpoConfig } from '../../rlhf/languageAgent.ts'
import type { LanguageParams } from '../../rlhf/languageModel.ts'
import type { RewardParams } from '../../rlhf/rewardModel.ts'
import type { Scale } from '../../rlhf/score.ts'
import type { Vocabulary } from '../../rlhf/vocabulary.ts'
import type { Named, Stored } from '../policy/policySnapshot.ts'
import type { PipelineConfig } from './pipelineConfig.ts'
import type { PipelineSource } from './source.ts'

/** What the corpus is made of. */
export interface PipelineCorpus {
  readonly vocabulary: Vocabulary
  readonly train: readonly Sequence[]
  readonly heldOut: readonly Sequence[]
  /** what the hidden score learns from */
  readonly liked: readonly Sequence[]
}

/** What is measured of one policy. */
export interface Measured {
  /** mean score of its responses, in standard deviations of the reference's samples */
  readonly score: number
  /** the same by the hidden score; null where there is none */
  readonly gold: number | null
  /** the same by the user's function, in its own units; null where there is none */
  readonly own: number | null
  /** KL from the reference, in nats a response */
  readonly kl: number
  /** of the held-out texts; null where there are none */
  readonly perplexity: number | null
  /** mean tokens of a response */
  readonly length: number
  readonly distinct1: number
  readonly distinct2: number
}

/** The reference and the policy that PPO has made of it, side by side. */
export interface PipelineEvaluation {
  readonly before: Measured
  readonly after: Measured
  /** how often the reward model and the hidden score prefer the same of two new samples; null: one is missing */
  readonly accuracy: number | null
  /** responses of both to the same random numbers */
  readonly samples: ReadonlyArray<{ readonly before: string; readonly after: string }>
}

/** What each stage gives to the later ones. */
export interface Outputs {
  readonly corpus: PipelineCorpus
  readonly sft: LanguageParams
  readonly samples: readonly Generated[]
  readonly comparisons: readonly Comparison[]
  readonly reward: { readonly params: RewardParams; readonly scale: Scale }
  readonly ppo: LanguageParams
  readonly evaluation: PipelineEvaluation
}

export type StageName = keyof Outputs

/** The kernels and threads that stages run on, which change no bit. */
export interface Engines {
  readonly how: BackendChoice
  readonly languageParts: (
    config: LanguagePpoConfig,
    env: Environment<Sequence, Discrete>,
  ) => Promise<LanguageParts & { readonly stop: () => Promise<void> }>
}

/** What outputs are read with: the config, the source, and the outputs of the stages before. */
export interface Known {
  readonly config: PipelineConfig
  readonly source: PipelineSource
  readonly outputs: Partial<Outputs>
}

/** What a stage may use. */
export interface Given extends Known {
  readonly engines: Engines
}

/** Where a stage is. */
export interface Moment {
  /** units of work done */
  readonly done: number
  /** what has ended just now, an epoch or an update, and the whole state after it; null: nothing has */
  readonly entry: {
    readonly metrics: Readonly<Record<string, number>>
    readonly tensors: () => Named
  } | null
}

/** A state that was kept: of the entry of that number. */
export interface StoredState {
  readonly step: number
  readonly tensors: Stored
}

/** A stage at work. */
export interface Opened<Out> {
  readonly of: number
  readonly unit: string
  /** Left where the state cannot be that of this stage */
  readonly run: (from: StoredState | null) => E.Either<string, Generator<Moment, Out>>
  readonly stop: () => Promise<void>
}

/** A pure function from the config and the outputs of other stages to its own. */
export interface Stage<K extends StageName = StageName> {
  readonly name: K
  /** the file of its output */
  readonly file: string
  /** the stages whose outputs it uses */
  readonly uses: readonly StageName[]
  /** all of the config that it depends on */
  readonly settings: (config: PipelineConfig) => unknown
  /** Left where the source is not what the stage can use */
  readonly open: (given: Given) => Promise<E.Either<string, Opened<Outputs[K]>>>
  readonly encode: (output: Outputs[K], given: Known) => Uint8Array
  readonly decode: (bytes: Uint8Array, given: Known) => E.Either<string, Outputs[K]>
}

/** The output of an earlier stage. */
export const outputOf = <K extends StageName>({ outputs }: Known, name: K): Outputs[K] => {
  const found = outputs[name]
  if (found === undefined) throw new RangeError(`outputs.${name}: expected it, got nothing`)
  return found
}

const KEYS = {
  corpus: 0,
  model: 1,
  sft: 2,
  samples: 3,
  comparisons: 4,
  rewardModel: 5,
  reward: 6,
  ppo: 7,
  gold: 8,
  evaluation: 9,
} as const

/** The key of all randomness of one kind. */
export const keyFor = ({ config: { seed } }: Pick<Known, 'config'>, of: keyof typeof KEYS): Key =>
  foldIn(key(seed), KEYS[of])
