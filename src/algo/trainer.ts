import type { AsyncEnvironment, Environment } from '../env/environment.ts'
import type { Space } from '../env/space.ts'
import { andThen, runAtOnce, runAsync, type Later, type Pause } from '../engine/task.ts'
import { expectKey, type Key } from '../random/key.ts'
import type { LayoutConfig } from './agentLayout.ts'
import {
  agentParts,
  asyncAgentParts,
  pausingAgentParts,
  type AgentParts,
  type AsyncAgentParts,
  type BackendChoice,
  type PausingAgentParts,
} from './agent.ts'
import type { Method, Update } from './engine.ts'
import type { Recompute } from './estimateTargets.ts'
import { expectLearner, expectParts, expectState, promisedParts } from './expectParts.ts'
import { iteration, type RunMetrics, type Stages } from './iteration.ts'
import {
  begin,
  beginning,
  withParams as stateWith,
  type Learner,
  type LearnerParts,
  type TrainState,
  type AdaptiveState,
} from './learner.ts'
import { normalise } from './normaliser.ts'
import type { Policy, PolicyParams } from './policy.ts'
import type { Rates } from './rates.ts'
import type { Rollout } from './rollout.ts'
import type { Trajectory } from './trajectory.ts'
import {
  attemptTo,
  attemptToAsync,
  runTo,
  runToAsync,
  type AsyncUpdates,
  type Ended,
  type OnUpdate,
  type Updates,
} from './runTo.ts'
import type { Samples } from './samples.ts'

/** An algorithm: what is laid out and recorded, and how its iterations go. */
export interface AlgorithmSpec<C, O, R, M> extends Method<C, O, R> {
  /** @throws RangeError unless the config is valid */
  readonly checked: (config: C) => C
  /** The initial adaptive state; null if nothing adapts. */
  readonly startAdaptive: (config: C) => AdaptiveState | null
  /** The rates of the update after `update` others. */
  readonly ratesAt: (config: C, update: number, adaptive: AdaptiveState | null) => Rates
  /** What each step earned, and how much better that was than V expected. */
  readonly estimate: (config: C) => (trajectory: Trajectory) => Samples
  /** How a batch is valued again in the middle of an update; null if it is not. */
  readonly recompute: (config: C, policy: Policy, rollout: Rollout) => Recompute | null
  /** The metrics of an update, and the adaptive state that it leaves. */
  readonly report: (
    result: R,
    rates: Rates,
  ) => readonly [metrics: M, adaptive: AdaptiveState | null]
}

/** The part of a config that determines the parts: everything except the length of the run. */
const withoutLength = (config: object): string => JSON.stringify({ ...config, totalSteps: 0 })

interface RunConfig extends LayoutConfig {
  readonly totalSteps: number
  readonly gamma: number
}

/** Parts with synchronous or asynchronous environments. */
export type AnyParts<S, C, O, R> = Pick<AgentParts<S, Space, C, O, R>, 'config' | 'policy'> & {
  readonly rollout:
    AgentParts<S, Space, C, O, R>['rollout'] | AsyncAgentParts<S, Space, C, O, R>['rollout']
  readonly update: (
    ...how: Parameters<Update<O, R>>
  ) => (learner: Learner<O>) => Later<[R, Learner<O>]>
}

// A separate function makes each function of an algorithm, so that bundlers keep only those that a program
// uses.

/**
 * The parts that a config describes, for an environment. What they do is recorded once, and then
 * run over arrays laid out once: rollouts and updates return copies.
 *
 * @param how a backend: 'wasm', 'js', or 'auto', which is 'wasm' where the engine has SIMD; or a
 * machine, such as `kernel.js.f64` for gradient checks. f32 gives the same bits in any case.
 * @throws RangeError when the config is not valid, with every field that is wrong
 */
export const partsOf =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  <S, A extends Space = Space>(
    config: C,
    env: Environment<S, A>,
    how: BackendChoice = 'auto',
  ): AgentParts<S, A, C, O, R> =>
    agentParts(algorithm, algorithm.checked(config), env, how)

/** `partsOf` for an environment that returns promises, as of `env.fromGymAsync`; the same bits. */
export const asyncPartsOf =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  <S, A extends Space = Space>(
    config: C,
    env: AsyncEnvironment<S, A>,
    how: BackendChoice = 'auto',
  ): AsyncAgentParts<S, A, C, O, R> =>
    asyncAgentParts(algorithm, algorithm.checked(config), env, how)

/** `partsOf` that pause between pieces of their work, as `pause` says; the same bits. */
export const pausingPartsOf =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  <S, A extends Space = Space>(
    config: C,
    env: Environment<S, A>,
    pause: Pause,
    how: BackendChoice = 'auto',
  ): PausingAgentParts<S, A, C, O, R> =>
    pausingAgentParts(algorithm, algorithm.checked(config), env, pause, how)

const firstOf = <C extends RunConfig, O, R, M>(
  { startAdaptive }: AlgorithmSpec<C, O, R, M>,
  config: C,
) => [startAdaptive(config), config.normalise ?? null] as const

/** The first state of a run; the key determines everything in it. */
export const initOf =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  <S>(
    parts: Omit<AgentParts<S, Space, C, O, R>, 'update' | 'rollout'>,
  ): ((seed: Key) => TrainState<S, O>) => {
    const start = begin(expectParts(algorithm.name, parts), ...firstOf(algorithm, parts.config))
    return (seed) => start(expectKey('seed', seed))
  }

/** `initOf` in environments that return promises. */
export const initAsyncOf =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  <S>(
    parts: Omit<AsyncAgentParts<S, Space, C, O, R>, 'update' | 'rollout'>,
  ): ((seed: Key) => Promise<TrainState<S, O>>) => {
    const start = beginning(expectParts(algorithm.name, parts), ...firstOf(algorithm, parts.config))
    return (seed) => runAsync(start(expectKey('seed', seed)))
  }

/**
 * Replaces the parameters of a state, for example with those of a file. The optimiser starts again;
 * statistics, environments and key stay unchanged.
 *
 * @throws RangeError when there are more or fewer parameters than the state has
 */
export const withParamsOf =
  <C extends RunConfig, O, R, M>(_algorithm: AlgorithmSpec<C, O, R, M>) =>
  ({
    optimizer,
  }: Pick<LearnerParts<O>, 'optimizer'>): (<S>(
    state: TrainState<S, O>,
    params: PolicyParams,
  ) => TrainState<S, O>) =>
    stateWith({ optimizer })

/**
 * The stages of an iteration, if you put something between them: see `iteration`.
 *
 * @throws RangeError when the parts were made for another config, except for the length of the run
 */
export const stagesOf =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  <S>(config: C, parts: AnyParts<S, C, O, R>): Stages<S, O, M> => {
    const { config: own, policy, rollout, update } = expectParts(algorithm.name, parts)
    if (withoutLength(config) !== withoutLength(own))
      throw new RangeError(
        'parts: expected the parts of this config, got those of another: build them again',
      )
    return {
      act: rollout,
      shape: (acted, normaliser) => normalise(config, normaliser)(acted),
      estimate: algorithm.estimate(config),
      learn: (samples, key, done, acted) => (learner) => {
        const rates = algorithm.ratesAt(config, done, expectLearner(learner, done).adaptive)
        const recompute = algorithm.recompute(config, policy, acted)
        return andThen(update(samples, key, rates, recompute)(learner), ([result, next]) => {
          const [metrics, adaptive] = algorithm.report(result, rates)
          return [metrics, { ...next, adaptive }] as [M, Learner<O>]
        })
      },
    }
  }

const iterating = <S, C extends RunConfig, O, R, M>(
  algorithm: AlgorithmSpec<C, O, R, M>,
  config: C,
  parts: AnyParts<S, C, O, R>,
) => iteration<S, O, M>(config, stagesOf(algorithm)(config, parts))

/**
 * One iteration: act → shape → estimate → learn.
 *
 * @throws RangeError when the parts were made for another config, except for the length of the run, or
 * return promises, as those of `pausingParts` and `asyncParts` do
 */
export const iterateOf =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  <S>(
    config: C,
    parts: AgentParts<S, Space, C, O, R>,
  ): ((state: TrainState<S, O>) => [M & RunMetrics, TrainState<S, O>]) => {
    const next = iterating(algorithm, config, parts)
    return (state) => runAtOnce(next(expectState(algorithm.name, state)), promisedParts)
  }

/** `iterateOf` for environments that return promises; gives the same bits. */
export const iterateAsyncOf =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  <S>(
    config: C,
    parts: AnyParts<S, C, O, R>,
  ): ((state: TrainState<S, O>) => Promise<[M & RunMetrics, TrainState<S, O>]>) => {
    const next = iterating(algorithm, config, parts)
    return (state) => runAsync(next(expectState(algorithm.name, state)))
  }

/** A function of a state, which callers in plain JavaScript may leave out. */
const given =
  <S, O, A extends unknown[], T>(
    name: string,
    next: (state: TrainState<S, O>, ...rest: A) => T,
  ): ((state: TrainState<S, O>, ...rest: A) => T) =>
  (state, ...rest) =>
    next(expectState(name, state), ...rest)

/**
 * Iterates to the end of the run, from any state of it, and yields `[metrics, state]` after each update: you
 * can stop, keep the state, and continue later.
 */
export const trainOf =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  <S>(
    config: C,
    parts: AgentParts<S, Space, C, O, R>,
  ): ((start: TrainState<S, O>) => Updates<S, M & RunMetrics, O>) =>
    given(algorithm.name, runTo(config, iterateOf(algorithm)(config, parts)))

/** `trainOf` for environments that return promises: `for await (const [metrics, state] of …)`. */
export const trainAsyncOf =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  <S>(
    config: C,
    parts: AnyParts<S, C, O, R>,
  ): ((start: TrainState<S, O>) => AsyncUpdates<S, M & RunMetrics, O>) =>
    given(algorithm.name, runToAsync(config, iterateAsyncOf(algorithm)(config, parts)))

/**
 * A run in one call: Right of the last state, or Left of the fault that ended the run (for example, a reward
 * that is not finite) with the state after the last complete update.
 */
export const runOf =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  <S>(
    config: C,
    parts: AgentParts<S, Space, C, O, R>,
  ): ((start: TrainState<S, O>, onUpdate?: OnUpdate<S, M & RunMetrics, O>) => Ended<S, O>) =>
    given(algorithm.name, attemptTo(config, iterateOf(algorithm)(config, parts)))

/**
 * `runOf` for environments that return promises. A rejection is a fault. Games that cannot go back must start
 * new episodes after a fault: close them, and continue from `{ ...state, envState: await parts.env.init(key)
 * }`.
 */
export const runAsyncOf =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  <S>(
    config: C,
    parts: AnyParts<S, C, O, R>,
  ): ((
    start: TrainState<S, O>,
    onUpdate?: OnUpdate<S, M & RunMetrics, O>,
  ) => Promise<Ended<S, O>>) =>
    given(algorithm.name, attemptToAsync(config, iterateAsyncOf(algorithm)(config, parts)))

/** The public functions of an algorithm. */
export const trainer = <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) => ({
  parts: partsOf(algorithm),
  asyncParts: asyncPartsOf(algorithm),
  pausingParts: pausingPartsOf(algorithm),
  init: initOf(algorithm),
  initAsync: initAsyncOf(algorithm),
  withParams: withParamsOf(algorithm),
  stages: stagesOf(algorithm),
  iterate: iterateOf(algorithm),
  iterateAsync: iterateAsyncOf(algorithm),
  train: trainOf(algorithm),
  trainAsync: trainAsyncOf(algorithm),
  run: runOf(algorithm),
  runAsync: runAsyncOf(algorithm),
})
