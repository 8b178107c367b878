import type { AsyncEnvironment, Environment } from '../../env/environment.ts'
import type { Space } from '../../env/space.ts'
import { inTime } from '../../env/task.ts'
import type { VectorEnvironment } from '../../env/wrapper/vectorise.ts'
import type { Kernels } from '../../kernel/kernels.ts'
import { maker, type MakerName } from '../../kernel/makers.ts'
import type { Key } from '../../random/key.ts'
import { agentFor, asyncAgentFor, valueParams, type AsyncAgent } from '../agent.ts'
import { checkedBy } from '../decodeWith.ts'
import type { PpoConfig } from './config.ts'
import { decodeConfig } from './decode.ts'
import {
  begin,
  beginning,
  withParams as stateWith,
  type LearnerParts,
  type TrainState,
} from '../learner.ts'
import { optimizerFor } from '../optimizer.ts'
import type { PolicyParams } from '../policy.ts'
import { engine, learningEngine, type Engine } from './plan/engine.ts'
import { isLearnable, isPlannable } from './plan/plannable.ts'
import { ratesAt, startTuned } from './rates.ts'
import { update } from './update.ts'

/** The functions that an iteration is made of. */
export interface Parts<S, A extends Space = Space> extends LearnerParts, Engine<S> {
  readonly config: PpoConfig
  readonly env: VectorEnvironment<S, A>
}

/** The same where worlds promise their answers: acting takes its time, learning does not. */
export interface AsyncParts<S, A extends Space = Space>
  extends AsyncAgent<S, A>, LearnerParts, Pick<Engine<S>, 'update'> {
  readonly config: PpoConfig
}

/** The same with every step as it is written, in tensors, on any kernels. */
export const asWritten = <S, A extends Space = Space>(
  config: PpoConfig,
  env: Environment<S, A>,
  kernels: Kernels,
): Parts<S, A> => {
  const agent = agentFor(config, env, kernels)
  const optimizer = optimizerFor(kernels, config, valueParams(config, env))
  const learner = { policy: agent.policy, optimizer }
  return { ...agent, optimizer, config, update: update(config, learner) }
}

/** @throws RangeError unless the config can be */
export const checked = checkedBy(decodeConfig)

/**
 * The parts that a config describes, for a world.
 *
 * @param how the name of a maker runs rollouts and updates over arrays laid out once: 'wasm', 'js',
 * or 'auto', which is 'wasm' where the engine has SIMD. Kernels (`kernel.js.f32`, `kernel.js.f64`) run
 * every step as it is written, in tensors: slow, for reading and for gradient checks in f64. So do
 * configs and worlds that no plan is made for. f32 gives the same bits in any case.
 * @throws RangeError when the config cannot be, with every field that is wrong
 */
export const parts = <S, A extends Space = Space>(
  config: PpoConfig,
  env: Environment<S, A>,
  how: MakerName | 'auto' | Kernels = 'auto',
): Parts<S, A> => {
  checked(config)
  if (typeof how === 'object') return asWritten(config, env, how)
  const made = maker(how)
  const written = asWritten(config, env, made.kernels)
  return isPlannable(config, env) ? { ...written, ...engine(config, env, made) } : written
}

/**
 * The same for a world that promises its answers, as of `env.fromGymAsync`. Its rollouts go step by
 * step as they are written; updates, and all bits, are those of `parts`.
 */
export const asyncParts = <S, A extends Space = Space>(
  config: PpoConfig,
  env: AsyncEnvironment<S, A>,
  how: MakerName | 'auto' | Kernels = 'auto',
): AsyncParts<S, A> => {
  checked(config)
  const made = typeof how === 'object' ? null : maker(how)
  const kernels = typeof how === 'object' ? how : maker(how).kernels
  const agent = asyncAgentFor(config, env, kernels)
  const optimizer = optimizerFor(kernels, config, valueParams(config, env))
  const { update: learn } =
    made !== null && isLearnable(config, env)
      ? learningEngine(config, env, made)
      : { update: update(config, { policy: agent.policy, optimizer }) }
  return { ...agent, optimizer, config, update: learn }
}

/** What a run begins with, beside its parts. */
const firstOf = (config: PpoConfig) =>
  [{ ...ratesAt(config, 0, null), moves: 'all' }, startTuned(config), config.normalise] as const

/** The first state of a run: everything in it follows from the key. */
export const init = <S>(parts: Omit<Parts<S>, 'update'>): ((seed: Key) => TrainState<S>) =>
  begin(parts, ...firstOf(parts.config))

/** The same in worlds that promise their answers. */
export const initAsync = <S>(parts: AsyncParts<S>): ((seed: Key) => Promise<TrainState<S>>) => {
  const start = beginning(parts, ...firstOf(parts.config))
  return (seed) => inTime(start(seed))
}

/**
 * A function of a state and of parameters from elsewhere, as those of a file: the state with them,
 * whose optimiser remembers nothing; statistics, worlds and key stay.
 *
 * @throws RangeError when there are more or fewer parameters than the state has
 */
export const withParams = ({
  optimizer,
  config,
}: Pick<LearnerParts, 'optimizer'> & { readonly config: PpoConfig }): (<S>(
  state: TrainState<S>,
  params: PolicyParams,
) => TrainState<S>) => stateWith({ optimizer }, firstOf(config)[0])
