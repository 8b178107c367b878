import type { AnyEnvironment, AsyncEnvironment, Environment, EnvSpec } from '../env/environment.ts'
import type { Space } from '../env/space.ts'
import { PIECE, runPausing, runSync, type Pause, type Task } from '../engine/task.ts'
import { envStepper, type AnyEnvStepper, type EnvState } from '../env/wrapper/vectorise.ts'
import { envStepperAsync } from '../env/wrapper/vectoriseAsync.ts'
import { buildAlone, type Build } from '../engine/runtime.ts'
import type { Backend } from '../kernel/backend.ts'
import type { ActorCritic } from '../nn/actorCritic.ts'
import type { Transform } from '../optim/transform.ts'
import { key as keyOf, type Key } from '../random/key.ts'
import { expectShape } from '../tensor/check.ts'
import type { Acted } from './acting.ts'
import { distributionFor } from './actions.ts'
import { layAgent, type AgentLayout, type AgentSpec, type LayoutConfig } from './agentLayout.ts'
import type { Recompute } from './estimateTargets.ts'
import type { Learner } from './learner.ts'
import type { BuildLearning, Learning } from './learning.ts'
import { setStats } from './observationStats.ts'
import type { Policy } from './policy.ts'
import type { Rates } from './rates.ts'
import { rolloutOver, rolloutOverAsync, type Actors } from './rollout.ts'
import { fieldsOf, setSamples, type AgentEnv, type Fields, type Samples } from './samples.ts'

/** An algorithm, as far as it decides what is laid out and recorded. */
export interface Method<C, O, R> {
  readonly name: string
  /** the networks of a policy */
  readonly network: (env: EnvSpec, config: C) => ActorCritic
  /** with the rates of a first update */
  readonly optimizer: (config: C, policy: Policy) => Transform<O>
  /** whether samples keep the parameters of π_old */
  readonly comparesDists: (config: C) => boolean
  readonly learning: BuildLearning<C, O, R>
}

/** What one thread of an agent has when it is built. */
export interface Agent<O, R> {
  readonly layout: AgentLayout<O>
  readonly learning: Learning<R>
}

/** What of an environment decides the form of an agent. */
export const agentEnvOf = <S, A extends Space>({
  name,
  observationSpace,
  actionSpace,
  actionMask,
}: AnyEnvironment<S, A>): AgentEnv => ({
  name,
  observationSpace,
  actionSpace,
  isMasked: actionMask !== undefined,
})

/** The fields of the samples that an algorithm learns from. */
const sampleFields = <C extends LayoutConfig>(
  { comparesDists }: Pick<Method<C, unknown, unknown>, 'comparesDists'>,
  config: C,
  env: AgentEnv,
): Fields =>
  fieldsOf(env, distributionFor(env.actionSpace, config).params, comparesDists(config), config)

/** How a thread builds an agent; all threads of a group build the same. */
export const agentBuild = <C extends LayoutConfig, O, R>(
  method: Method<C, O, R>,
  config: C,
  env: AgentEnv,
  policy: Policy,
  actors: number,
): Build<Agent<O, R>> => {
  // Only the form matters, so use the cheapest initial weights.
  const network = method.network(env, { ...config, weights: 'fanIn' })
  const params = network.init(keyOf(0), policy.machine.dtype)
  const optim = method.optimizer(config, policy).init(params.flat)
  const spec: AgentSpec<O> = {
    config,
    env,
    policy,
    actors,
    fields: sampleFields(method, config, env),
    like: { params, optim },
  }
  return (runtime) => {
    const layout = layAgent(runtime, spec)
    return { layout, learning: method.learning(runtime, layout, config, policy) }
  }
}

/** Runs acting and learning, on one thread or several. */
export interface Executor<S> {
  readonly act: (key: Key, slots: ReadonlyArray<EnvState<S>>) => Task<readonly Acted<S>[]>
  readonly learn: (key: Key, rates: Rates, recompute: Recompute | null) => Task<void>
  /** @throws RangeError in the middle of a rollout or an update, which have the memory to themselves */
  readonly expectIdle: () => void
}

/** Keeps a rollout or an update from beginning in the middle of another one. */
export const idleGuard = () => {
  let isBusy = false
  return {
    expectIdle: () => {
      if (isBusy)
        throw new RangeError(
          'parts: expected the previous rollout or update to be finished, because calls on the same parts share memory: await it, or make other parts',
        )
    },
    busy: function* <T>(task: () => Task<T>): Task<T> {
      isBusy = true
      try {
        return yield* task()
      } finally {
        isBusy = false
      }
    },
  }
}

/** The caller's thread alone. */
export const singleExecutor = <S, O, R>(
  { layout, learning }: Agent<O, R>,
  stepper: AnyEnvStepper<S>,
): Executor<S> => {
  const act = layout.act!(stepper)
  const guard = idleGuard()
  return {
    expectIdle: guard.expectIdle,
    act: function* (key, slots) {
      return [yield* guard.busy(() => act(key, slots))]
    },
    learn: function* (key, rates, recompute) {
      Object.assign(layout.rates, rates)
      yield* guard.busy(() => learning.learn(key, recompute))
    },
  }
}

/** Gives the actors of an executor what they see and act by. */
export const actorsOf = <S, O>(
  { buffers, stats, learner }: AgentLayout<O>,
  { act, expectIdle }: Executor<S>,
  normalise: LayoutConfig['normalise'],
): Actors<S> => ({
  buffers,
  act,
  set: (params, normaliser) => {
    expectIdle()
    learner.set(params)
    if (stats !== null && normalise !== undefined)
      setStats(stats, normalise, normaliser?.observation ?? null)
    else if (normaliser !== null && normaliser.observation !== null)
      expectShape('normaliser', normaliser.observation.mean, ['feature'], [0])
  },
})

type UpdateOf<O, T> = (
  batch: Samples,
  key: Key,
  rates: Rates,
  recompute?: Recompute | null,
) => (learner: Learner<O>) => T

/** An update: learns from samples, with the rates of this update. */
export type Update<O, R> = UpdateOf<O, [R, Learner<O>]>

/** An update that pauses between its pieces. */
export type PausingUpdate<O, R> = UpdateOf<O, Promise<[R, Learner<O>]>>

const updating =
  <O, R>(
    { layout, learning }: Agent<O, R>,
    { learn, expectIdle }: Pick<Executor<never>, 'learn' | 'expectIdle'>,
  ): UpdateOf<O, Task<[R, Learner<O>]>> =>
  (batch, key, rates, recompute = null) =>
    function* (learner) {
      yield PIECE
      expectIdle()
      setSamples(layout.batch, batch)
      layout.learner.set(learner.params, learner.optim)
      yield* learn(key, rates, recompute)
      return [learning.result(), { ...learner, ...layout.learner.get() }]
    }

/** An update by an executor. */
export const updateOver = <O, R>(
  agent: Agent<O, R>,
  executor: Pick<Executor<never>, 'learn' | 'expectIdle'>,
): Update<O, R> => {
  const update = updating(agent, executor)
  return (...how) =>
    (learner) =>
      runSync(update(...how)(learner))
}

/** What acts and what learns, on the caller's thread. */
const halves = <S, O, R>(
  agent: Agent<O, R>,
  stepper: AnyEnvStepper<S>,
  { normalise }: Pick<LayoutConfig, 'normalise'>,
) => {
  const executor = singleExecutor(agent, stepper)
  return { executor, actors: actorsOf(agent.layout, executor, normalise) }
}

/** The halves of an iteration, on the caller's thread. */
export const engine = <S, A extends Space, C extends LayoutConfig, O, R>(
  method: Method<C, O, R>,
  config: C,
  env: Environment<S, A>,
  policy: Policy,
  backend: Backend,
  build: <T>(backend: Backend, build: Build<T>) => T = buildAlone,
) => {
  const agent = build(backend, agentBuild(method, config, agentEnvOf(env), policy, 1))
  const { actors, executor } = halves(agent, envStepper(env, policy.bound), config)
  return { rollout: rolloutOver(actors, config.envs), update: updateOver(agent, executor) }
}

/** `engine` whose halves pause between their pieces. */
export const pausingEngine = <S, A extends Space, C extends LayoutConfig, O, R>(
  method: Method<C, O, R>,
  config: C,
  env: Environment<S, A>,
  policy: Policy,
  backend: Backend,
  pause: Pause,
) => {
  const agent = buildAlone(backend, agentBuild(method, config, agentEnvOf(env), policy, 1), true)
  const { actors, executor } = halves(agent, envStepper(env, policy.bound), config)
  const run = <T>(task: Task<T>): Promise<T> => runPausing(task, pause)
  const update = updating(agent, executor)
  const pausing: PausingUpdate<O, R> =
    (...how) =>
    (learner) =>
      run(update(...how)(learner))
  return { rollout: rolloutOverAsync(actors, config.envs, run), update: pausing }
}

/** `engine` for an environment that returns promises. */
export const asyncEngine = <S, A extends Space, C extends LayoutConfig, O, R>(
  method: Method<C, O, R>,
  config: C,
  env: AsyncEnvironment<S, A>,
  policy: Policy,
  backend: Backend,
) => {
  const agent = buildAlone(backend, agentBuild(method, config, agentEnvOf(env), policy, 1))
  const { actors, executor } = halves(agent, envStepperAsync(env, policy.bound), config)
  return { rollout: rolloutOverAsync(actors, config.envs), update: updateOver(agent, executor) }
}
