import type { AsyncEnvironment, Environment } from '../env/environment.ts'
import type { Space } from '../env/space.ts'
import { andThen, runSync, runAsync, type Later, type Pause } from '../engine/task.ts'
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
import { expectParts, expectState } from './expectParts.ts'
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
  /** @throws RangeError unless the config can be */
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

/** What of a config the parts were made of: all but the length of the run. */
const withoutLength = (config: object): string => JSON.stringify({ ...config, totalSteps: 0 })

interface RunConfig extends LayoutConfig {
  readonly totalSteps: number
  readonly gamma: number
}

/** The functions by which an algorithm is used. */
export const trainer = <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) => {
  type Metrics = M & RunMetrics
  type Parts<S, A extends Space = Space> = AgentParts<S, A, C, O, R>
  type AsyncParts<S, A extends Space = Space> = AsyncAgentParts<S, A, C, O, R>
  type PausingParts<S, A extends Space = Space> = PausingAgentParts<S, A, C, O, R>
  type State<S> = TrainState<S, O>
  /** Parts whose environments answer at once, or later. */
  type AnyParts<S> = Pick<Parts<S>, 'config' | 'policy'> & {
    readonly rollout: Parts<S>['rollout'] | AsyncParts<S>['rollout']
    readonly update: (
      ...how: Parameters<Update<O, R>>
    ) => (learner: Learner<O>) => Later<[R, Learner<O>]>
  }

  const stages = <S>(config: C, parts: AnyParts<S>): Stages<S, O, M> => {
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
        const rates = algorithm.ratesAt(config, done, learner.adaptive)
        const recompute = algorithm.recompute(config, policy, acted)
        return andThen(update(samples, key, rates, recompute)(learner), ([result, next]) => {
          const [metrics, adaptive] = algorithm.report(result, rates)
          return [metrics, { ...next, adaptive }] as [M, Learner<O>]
        })
      },
    }
  }

  const iterating = <S>(config: C, parts: AnyParts<S>) =>
    iteration<S, O, M>(config, stages(config, parts))

  const firstOf = (config: C) =>
    [algorithm.startAdaptive(config), config.normalise ?? null] as const

  const iterate = <S>(config: C, parts: Parts<S>): ((state: State<S>) => [Metrics, State<S>]) => {
    const next = iterating(config, parts)
    return (state) => runSync(next(expectState(algorithm.name, state)))
  }

  const iterateAsync = <S>(
    config: C,
    parts: AnyParts<S>,
  ): ((state: State<S>) => Promise<[Metrics, State<S>]>) => {
    const next = iterating(config, parts)
    return (state) => runAsync(next(expectState(algorithm.name, state)))
  }

  /** A function of a state, which callers in plain JavaScript may leave out. */
  const given =
    <S, A extends unknown[], T>(next: (state: State<S>, ...rest: A) => T) =>
    (state: State<S>, ...rest: A): T =>
      next(expectState(algorithm.name, state), ...rest)

  return {
    /**
     * The parts that a config describes, for an environment. What they do is recorded once, and then
     * run over arrays laid out once: rollouts and updates return copies.
     *
     * @param how a backend: 'wasm', 'js', or 'auto', which is 'wasm' where the engine has SIMD; or a
     * machine, such as `kernel.js.f64` for gradient checks. f32 gives the same bits in any case.
     * @throws RangeError when the config cannot be, with every field that is wrong
     */
    parts: <S, A extends Space = Space>(
      config: C,
      env: Environment<S, A>,
      how: BackendChoice = 'auto',
    ): Parts<S, A> => agentParts(algorithm, algorithm.checked(config), env, how),

    /** `parts` for an environment that answers with promises, as of `env.fromGymAsync`; the same bits. */
    asyncParts: <S, A extends Space = Space>(
      config: C,
      env: AsyncEnvironment<S, A>,
      how: BackendChoice = 'auto',
    ): AsyncParts<S, A> => asyncAgentParts(algorithm, algorithm.checked(config), env, how),

    /** `parts` that pause between pieces of their work, as `pause` says; the same bits. */
    pausingParts: <S, A extends Space = Space>(
      config: C,
      env: Environment<S, A>,
      pause: Pause,
      how: BackendChoice = 'auto',
    ): PausingParts<S, A> =>
      pausingAgentParts(algorithm, algorithm.checked(config), env, pause, how),

    /** The first state of a run: everything in it follows from the key. */
    init: <S>(parts: Omit<Parts<S>, 'update' | 'rollout'>): ((seed: Key) => State<S>) => {
      const start = begin(expectParts(algorithm.name, parts), ...firstOf(parts.config))
      return (seed) => start(expectKey('seed', seed))
    },

    /** `init` in environments that answer with promises. */
    initAsync: <S>(
      parts: Omit<AsyncParts<S>, 'update' | 'rollout'>,
    ): ((seed: Key) => Promise<State<S>>) => {
      const start = beginning(expectParts(algorithm.name, parts), ...firstOf(parts.config))
      return (seed) => runAsync(start(expectKey('seed', seed)))
    },

    /**
     * A function of a state and of parameters from elsewhere, as those of a file: the state with them,
     * whose optimiser remembers nothing; statistics, environments and key stay.
     *
     * @throws RangeError when there are more or fewer parameters than the state has
     */
    withParams: ({
      optimizer,
    }: Pick<LearnerParts<O>, 'optimizer'>): (<S>(
      state: State<S>,
      params: PolicyParams,
    ) => State<S>) => stateWith({ optimizer }),

    /**
     * The stages of an iteration, if you put something between them: see `iteration`.
     *
     * @throws RangeError when the parts are those of another config, but for the length of the run
     */
    stages,

    /**
     * One iteration: act → shape → estimate → learn.
     *
     * @throws RangeError when the parts are those of another config, but for the length of the run
     */
    iterate,

    /** `iterate` for environments that answer with promises; gives the same bits. */
    iterateAsync,

    /**
     * Iterates to the end of the run, one `[metrics, state]` an update, from any state of it: stop,
     * keep the state, go on when you like.
     */
    train: <S>(config: C, parts: Parts<S>): ((start: State<S>) => Updates<S, Metrics, O>) =>
      given(runTo(config, iterate(config, parts))),

    /** `train` for environments that answer with promises: `for await (const [metrics, state] of …)`. */
    trainAsync: <S>(
      config: C,
      parts: AnyParts<S>,
    ): ((start: State<S>) => AsyncUpdates<S, Metrics, O>) =>
      given(runToAsync(config, iterateAsync(config, parts))),

    /**
     * A run in one call: Right of the last state, or Left of the fault that ended the run (a reward
     * that is not finite, say) with the state that the last whole update left.
     */
    run: <S>(
      config: C,
      parts: Parts<S>,
    ): ((start: State<S>, onUpdate?: OnUpdate<S, Metrics, O>) => Ended<S, O>) =>
      given(attemptTo(config, iterate(config, parts))),

    /**
     * `run` for environments that answer with promises. A rejection is a fault. Games that cannot go
     * back must start new episodes after a fault: close them, and continue from
     * `{ ...state, envState: await parts.env.init(key) }`.
     */
    runAsync: <S>(
      config: C,
      parts: AnyParts<S>,
    ): ((start: State<S>, onUpdate?: OnUpdate<S, Metrics, O>) => Promise<Ended<S, O>>) =>
      given(attemptToAsync(config, iterateAsync(config, parts))),
  }
}
