import type { Environment } from '../env/environment.ts'
import type { Space } from '../env/space.ts'
import type { Later } from '../engine/task.ts'
import type { Episode, VectorEnvironment, VecEnvState } from '../env/wrapper/vectorise.ts'
import type { Key } from '../random/key.ts'
import * as a2c from './a2c/index.ts'
import type { BackendChoice } from './agent.ts'
import type { Decode } from './decodeWith.ts'
import type { Evaluated } from './evaluated.ts'
import type { Learner, TrainState } from './learner.ts'
import type { Normaliser } from './look.ts'
import * as ppo from './ppo/index.ts'
import type { Rollout } from './rollout.ts'
import * as trpo from './trpo/index.ts'
import * as vpg from './vpg/index.ts'
import type { Policy, PolicyParams } from './policy.ts'
import type { ThreadOptions } from './thread/threads.ts'

/** The config of each algorithm. */
export interface SettingsOf {
  readonly ppo: ppo.PpoConfig
  readonly vpg: vpg.VpgConfig
  readonly a2c: a2c.A2cConfig
  readonly trpo: trpo.TrpoConfig
}

/** The metrics of each algorithm. */
export interface MetricsOf {
  readonly ppo: ppo.Metrics
  readonly vpg: vpg.Metrics
  readonly a2c: a2c.Metrics
  readonly trpo: trpo.Metrics
}

export type AlgorithmName = keyof SettingsOf

/** The config of any algorithm. */
export type Settings = SettingsOf[AlgorithmName]

/** The measurements that an algorithm may report for an update. */
interface Measurements {
  readonly policyLoss: number
  readonly valueLoss: number
  readonly entropy: number
  readonly gradNorm: number
  readonly explainedVariance: number
  readonly learningRate?: number
  readonly approxKl?: number
  readonly clipFraction?: number
  readonly kl?: number
  readonly fraction?: number
}

export type Measured = keyof Measurements

/** The metrics of an update, of any algorithm; those of an evaluation only where one follows the update. */
export interface AnyMetrics extends Measurements, Partial<Evaluated> {
  /** updates done, this one included */
  readonly update: number
  /** environment steps done */
  readonly steps: number
  /** the episodes that ended in this update */
  readonly episodes: readonly Episode[]
}

/** The state of any optimiser: the states of its transforms, one after the other. */
export type AnyOptim = readonly object[]

/** The learner of any algorithm. */
export type AnyLearner = Learner<AnyOptim>

/** The state of a run of any algorithm. */
export type AnyState<S> = TrainState<S, AnyOptim>

/** The parts of any algorithm: what acts, and the config that they were made from. */
export interface AnyParts<S, A extends Space = Space> {
  readonly config: Settings
  readonly env: VectorEnvironment<S, A>
  readonly policy: Policy
  readonly rollout: (
    params: PolicyParams,
    key: Key,
    normaliser?: Normaliser | null,
  ) => (envState: VecEnvState<S>) => [Rollout, VecEnvState<S>]
}

/** Parts of any algorithm whose rollouts may come later. */
export interface AnyAsyncParts<S> extends Pick<AnyParts<S>, 'config' | 'policy'> {
  readonly rollout: (
    params: PolicyParams,
    key: Key,
    normaliser?: Normaliser | null,
    update?: number,
  ) => (envState: VecEnvState<S>) => Later<[Rollout, VecEnvState<S>]>
}

/** Parts with threads behind them, of any algorithm. */
export interface AnyThreadedParts<S, A extends Space = Space> extends AnyParts<S, A> {
  readonly threads: number
  readonly stop: () => Promise<void>
}

/**
 * The functions of an algorithm that a run needs. They accept only the config, parts and state of that
 * algorithm, which types cannot express when its name comes from a file.
 */
export interface Algorithm {
  readonly name: AlgorithmName
  /** decodes a config from outside the program, or returns everything that is wrong with it */
  readonly decode: Decode<Settings>
  /** what it measures in an update, in the order of a line of metrics.jsonl */
  readonly measured: readonly Measured[]
  /** which optimiser follows the clip: see run/optimState.ts */
  readonly optimiser: 'adam' | 'rmsProp'
  /** @throws RangeError when the config is not valid, with every field that is wrong */
  parts<S, A extends Space = Space>(
    settings: Settings,
    env: Environment<S, A>,
    backend?: BackendChoice,
  ): AnyParts<S, A>
  /** `parts` on several threads. */
  threadedParts<S, A extends Space = Space>(
    settings: Settings,
    env: Environment<S, A>,
    options: ThreadOptions,
  ): Promise<AnyThreadedParts<S, A>>
  init<S>(parts: AnyParts<S>, seed: Key): AnyState<S>
  /** Iterates to the end of the run, and yields `[metrics, state]` after each update. */
  train<S>(
    settings: Settings,
    parts: AnyParts<S>,
    start: AnyState<S>,
  ): Iterable<[AnyMetrics, AnyState<S>]>
  /** `train` with environments that return promises. */
  trainAsync<S>(
    settings: Settings,
    parts: AnyAsyncParts<S>,
    start: AnyState<S>,
  ): AsyncIterable<[AnyMetrics, AnyState<S>]>
  /** A config of PPO whose updates cost about as much: for `ppo.estimate`. */
  costsLike(settings: Settings): ppo.PpoConfig
}

/** A config of PPO with the networks and batches of another algorithm, and so many passes over them. */
const passes = (
  settings: Settings,
  how: Pick<ppo.PpoConfig, 'epochs' | 'minibatches'>,
): ppo.PpoConfig => {
  const { envs, steps, totalSteps, hidden, valueHidden } = settings
  const { trunk, weights, gain, logStd, actionBound } = settings
  const sizes = { envs, steps, totalSteps, hidden, valueHidden }
  return { ...ppo.presets.cleanrl, ...sizes, trunk, weights, gain, logStd, actionBound, ...how }
}

const ofPpo: Algorithm = {
  name: 'ppo',
  decode: ppo.decodeConfig,
  measured: [
    'learningRate',
    'policyLoss',
    'valueLoss',
    'entropy',
    'approxKl',
    'clipFraction',
    'gradNorm',
    'explainedVariance',
  ],
  optimiser: 'adam',
  parts: ppo.parts,
  threadedParts: ppo.threadedParts,
  init: <S>(parts: ppo.Parts<S>, seed: Key) => ppo.init(parts)(seed),
  train: <S>(settings: ppo.PpoConfig, parts: ppo.Parts<S>, start: TrainState<S>) =>
    ppo.train(settings, parts)(start),
  trainAsync: <S>(
    settings: ppo.PpoConfig,
    parts: Parameters<typeof ppo.trainAsync<S>>[1],
    start: TrainState<S>,
  ) => ppo.trainAsync(settings, parts)(start),
  costsLike: (settings: ppo.PpoConfig) => settings,
}

const ofVpg: Algorithm = {
  name: 'vpg',
  decode: vpg.decodeConfig,
  measured: ['policyLoss', 'valueLoss', 'entropy', 'gradNorm', 'explainedVariance'],
  optimiser: 'adam',
  parts: vpg.parts,
  threadedParts: vpg.threadedParts,
  init: <S>(parts: vpg.Parts<S>, seed: Key) => vpg.init(parts)(seed),
  train: <S>(settings: vpg.VpgConfig, parts: vpg.Parts<S>, start: TrainState<S>) =>
    vpg.train(settings, parts)(start),
  trainAsync: <S>(
    settings: vpg.VpgConfig,
    parts: Parameters<typeof vpg.trainAsync<S>>[1],
    start: TrainState<S>,
  ) => vpg.trainAsync(settings, parts)(start),
  costsLike: (settings: vpg.VpgConfig) =>
    passes(settings, {
      epochs: 1 + settings.valueEpochs,
      minibatches: settings.valueMinibatches,
    }),
}

const ofA2c: Algorithm = {
  name: 'a2c',
  decode: a2c.decodeConfig,
  measured: ['learningRate', 'policyLoss', 'valueLoss', 'entropy', 'gradNorm', 'explainedVariance'],
  optimiser: 'rmsProp',
  parts: a2c.parts,
  threadedParts: a2c.threadedParts,
  init: <S>(parts: a2c.Parts<S>, seed: Key) => a2c.init(parts)(seed),
  train: <S>(settings: a2c.A2cConfig, parts: a2c.Parts<S>, start: a2c.State<S>) =>
    a2c.train(settings, parts)(start),
  trainAsync: <S>(
    settings: a2c.A2cConfig,
    parts: Parameters<typeof a2c.trainAsync<S>>[1],
    start: a2c.State<S>,
  ) => a2c.trainAsync(settings, parts)(start),
  costsLike: (settings: a2c.A2cConfig) => passes(settings, { epochs: 1, minibatches: 1 }),
}

const ofTrpo: Algorithm = {
  name: 'trpo',
  decode: trpo.decodeConfig,
  measured: [
    'policyLoss',
    'valueLoss',
    'entropy',
    'kl',
    'fraction',
    'gradNorm',
    'explainedVariance',
  ],
  optimiser: 'adam',
  parts: trpo.parts,
  threadedParts: trpo.threadedParts,
  init: <S>(parts: trpo.Parts<S>, seed: Key) => trpo.init(parts)(seed),
  train: <S>(settings: trpo.TrpoConfig, parts: trpo.Parts<S>, start: TrainState<S>) =>
    trpo.train(settings, parts)(start),
  trainAsync: <S>(
    settings: trpo.TrpoConfig,
    parts: Parameters<typeof trpo.trainAsync<S>>[1],
    start: TrainState<S>,
  ) => trpo.trainAsync(settings, parts)(start),
  // A Fisher product is a pass forward and back; a try of the line search, a pass forward.
  costsLike: (settings: trpo.TrpoConfig) => {
    const { valueEpochs, valueMinibatches, conjugateGradient, lineSearch } = settings
    const ofPolicy = 2 + conjugateGradient.iterations + Math.ceil((lineSearch.steps + 1) / 3)
    return passes(settings, { epochs: valueEpochs + ofPolicy, minibatches: valueMinibatches })
  },
}

/** Every algorithm by its name. */
export const algorithms: { readonly [N in AlgorithmName]: Algorithm } = {
  ppo: ofPpo,
  vpg: ofVpg,
  a2c: ofA2c,
  trpo: ofTrpo,
}

export const algorithmNames = Object.keys(algorithms) as readonly AlgorithmName[]

/** The metrics that any algorithm may have, in the order in which hashes contain them. */
export const MEASURED: readonly Measured[] = [
  'learningRate',
  'policyLoss',
  'valueLoss',
  'entropy',
  'approxKl',
  'clipFraction',
  'kl',
  'fraction',
  'gradNorm',
  'explainedVariance',
]
