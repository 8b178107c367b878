import type { AgentParts } from '../algo/agent.ts'
import { cleanrl } from '../algo/ppo/knownPresets.ts'
import type { OptimState, TrainState } from '../algo/learner.ts'
import type { PolicyParams } from '../algo/policy.ts'
import { threaded } from '../algo/thread/threads.ts'
import { trainer } from '../algo/trainer.ts'
import type { Learned } from '../algo/ppo/learn.ts'
import { tokenPpo, type TokenPpoConfig, type TokenUpdateMetrics } from '../algo/ppo/tokens.ts'
import type { TokenMlp } from '../nn/tokenMlp.ts'
import { expectAbove } from '../tensor/argument.ts'
import { pack, partRanges, withFlat } from '../tensor/params.ts'
import { data, type Floats } from '../tensor/tensor.ts'
import type { LanguageModel, LanguageParams } from './languageModel.ts'
import type { RewardParams } from './rewardModel.ts'
import type { Discrete } from '../env/space.ts'
import type { Sequence } from './encode.ts'
import { tokenIds } from './vocabulary.ts'

/** A config of PPO for a policy over tokens. */
export interface LanguagePpoConfig extends TokenPpoConfig {
  /**
   * absent: the KL from the reference is in the reward, as `iterateLanguage` takes it off. Else it is in
   * the loss, as β times: `k2`, ½ (log π − log ρ)² of each token; `k3`, ρ/π − 1 − log(ρ/π), as in GRPO; or
   * `exact`, the KL over the whole vocabulary. See `withReferenceKl` for their gradients. β is then in units
   * of the advantages, so set `advantage.normalise` to `none` to have it in units of the score.
   */
  readonly referenceKl?: 'k2' | 'k3' | 'exact'
  /** whether tokens of a corpus are learned beside those of responses: see `IterateLanguageConfig.corpus` */
  readonly corpusLoss?: boolean
  /** how many tokens can be read, and the size of their vectors */
  readonly tokens: TokenPpoConfig['tokens']
}

/**
 * A config for the policy that a language model is: `updates` of 128 environments and 8 tokens each, 2
 * epochs of 2 minibatches, γ = 1, λ = 0.95, constant rates. V is a network of the same sizes.
 */
export const languagePpoConfig = (
  { config, vocabulary }: Pick<LanguageModel, 'config' | 'vocabulary'>,
  updates: number,
): LanguagePpoConfig => ({
  ...cleanrl,
  envs: 128,
  steps: 8,
  totalSteps: updates * 128 * 8,
  epochs: 2,
  minibatches: 2,
  gamma: 1,
  lambda: 0.95,
  entropyCoef: 0,
  valueClip: null,
  learningRate: 1e-3,
  valueLearningRate: 2e-3,
  learningRateSchedule: 'constant',
  gain: { hidden: 1, policy: 0.1, value: 1 },
  hidden: config.hidden,
  tokens: { count: tokenIds(vocabulary).read, embedding: config.embedding },
})

/**
 * A config for estimators of whole responses: V has no layers and no loss, advantages stay as they are, and
 * each rollout has `steps` tokens a row, which should be a few times those of the longest response.
 */
export const withoutValue = (config: LanguagePpoConfig, steps: number): LanguagePpoConfig => ({
  ...config,
  steps,
  totalSteps: Math.floor(config.totalSteps / (config.envs * config.steps)) * config.envs * steps,
  advantage: { ...config.advantage, normalise: 'none' },
  valueCoef: 0,
  valueHidden: [],
})

/** The functions that an iteration on a language environment is made of. */
export interface LanguageParts extends AgentParts<
  Sequence,
  Discrete,
  LanguagePpoConfig,
  OptimState,
  Learned
> {}

/**
 * PPO on a language environment: `ppo.parts` and the other functions, with the networks of a language model.
 */
export const languagePpo = {
  ...trainer<LanguagePpoConfig, OptimState, Learned, TokenUpdateMetrics>(tokenPpo),
  threadedParts: threaded<LanguagePpoConfig, OptimState, Learned, TokenUpdateMetrics>(tokenPpo),
}

/** The numbers of the last layer, at the end of a network's. */
const lastLayer = (params: Floats, inputs: number, outputs: number): Floats =>
  params.subarray(params.length - (inputs + 1) * outputs)

/**
 * The parameters of a language model with its logits divided by `temperature` τ > 0. This changes
 * sampling, probabilities, KL and learning alike.
 *
 * @throws RangeError unless τ > 0
 */
export const atTemperature =
  ({ config, vocabulary }: Pick<LanguageModel, 'config' | 'vocabulary'>, temperature: number) =>
  ({ tree, flat }: LanguageParams): LanguageParams => {
    expectAbove('temperature', temperature, 0)
    const numbers = (data(flat) as Floats).slice()
    const inputs = config.hidden.at(-1) ?? config.window * config.embedding
    const last = lastLayer(numbers, inputs, tokenIds(vocabulary).written)
    for (let i = 0; i < last.length; i++) last[i]! /= temperature
    return withFlat(tree, numbers)
  }

/**
 * The state of a run with the policy of a language model. V starts at 0 everywhere, or as a reward model of the
 * same sizes, whose scalar of the last token it takes for the value.
 *
 * @throws RangeError when the parameters are of other sizes
 */
export const fromLanguageModel = <S>(
  config: LanguagePpoConfig,
  state: TrainState<S>,
  policy: LanguageParams,
  value: RewardParams | null = null,
): TrainState<S> => {
  const { tree, flat } = state.learner.params
  const numbers = (data(flat) as Floats).slice()
  const { actor, critic } = partRanges(tree)
  const put = (argument: string, range: readonly [number, number], from: Floats): void => {
    const size = range[1] - range[0]
    if (from.length !== size)
      throw new RangeError(`${argument}: expected ${size} parameters, got ${from.length}`)
    numbers.set(from, range[0])
  }
  put('policy', actor!, data(policy.flat) as Floats)
  if (value === null) {
    const layers = config.valueHidden ?? config.hidden
    const inputs = layers.at(-1)
    const own = numbers.subarray(...critic!)
    if (inputs === undefined) own.fill(0)
    else lastLayer(own, inputs, 1).fill(0)
  } else put('value', critic!, data(value.flat) as Floats)
  return {
    ...state,
    learner: { ...state.learner, params: withFlat(tree, numbers) },
  }
}

/** The language model that a policy has become. */
export const toLanguageModel = ({ tree }: PolicyParams): LanguageParams =>
  pack(tree['actor'] as TokenMlp)
