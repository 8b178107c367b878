import { runSync, runAsync, type Task } from '../engine/task.ts'
import type { Episode, EnvState, VecEnvState } from '../env/wrapper/vectorise.ts'
import type { Key } from '../random/key.ts'
import { allocate, own, type Numbers, type Tensor } from '../tensor/tensor.ts'
import type { Acted } from './acting.ts'
import { joinEnvs, type RolloutBuffer } from './buffer.ts'
import type { Normaliser } from './look.ts'
import type { PolicyParams } from './policy.ts'
import type { Trajectory } from './trajectory.ts'

/** States that nobody acted in, as the policy would see them, and where in [time, env] their values belong. */
export interface BootstrapObservation {
  readonly at: readonly number[]
  readonly observation: Tensor<['state', 'feature']>
}

/** What the policy did in a rollout, and the episodes that ended. */
export interface Rollout {
  readonly trajectory: Trajectory
  /** the episodes that ended, in order */
  readonly episodes: readonly Episode[]
  readonly bootstrapObservation: BootstrapObservation
  /** the environments' observations; absent if the policy received them unchanged */
  readonly rawObservation?: Tensor<['time', 'env', 'feature']>
}

/** Acts with a policy in all environments, on one thread or several. */
export interface Actors<S> {
  /** Sets the parameters and statistics that the actors use. */
  readonly set: (params: PolicyParams, normaliser: Normaliser | null) => void
  readonly act: (key: Key, slots: ReadonlyArray<EnvState<S>>) => Task<readonly Acted<S>[]>
  /** what the actors record, in order of their environments */
  readonly buffers: readonly RolloutBuffer[]
}

/** What parts of the environments recorded, in their order, as one rollout, and the state that they leave. */
export const joinActed = <S>(
  buffers: readonly RolloutBuffer[],
  acted: readonly Acted<S>[],
): [Rollout, VecEnvState<S>] => {
  const all = (field: keyof RolloutBuffer): Tensor | undefined =>
    buffers[0]![field] === undefined ? undefined : joinEnvs(buffers.map((buffer) => buffer[field]!))
  const names = Object.keys(buffers[0]!) as ReadonlyArray<keyof RolloutBuffer>
  const { rawObservation, ...trajectory } = Object.fromEntries(
    names.map((name) => [name, all(name)]),
  ) as unknown as Trajectory & Pick<Rollout, 'rawObservation'>
  const [, envs, features] = trajectory.observation.shape
  const { dtype } = trajectory.observation
  const rows = (parts: ReadonlyArray<ArrayLike<number>>, count: number): Numbers => {
    const out = allocate(dtype, count * features)
    let at = 0
    for (const part of parts) {
      out.set(part, at)
      at += part.length
    }
    return out
  }
  const at = acted.flatMap(({ bootstrap }) => bootstrap.at)
  const beyond = rows(
    acted.map(({ bootstrap }) => bootstrap.observation),
    at.length,
  )
  const observation = rows(
    acted.map((part) => part.observation),
    envs,
  )
  const rollout: Rollout = {
    trajectory,
    episodes: acted
      .flatMap((part) => part.episodes)
      .toSorted((a, b) => a.time - b.time || a.env - b.env)
      .map(({ env, return: earned, length }) => ({ env, return: earned, length })),
    bootstrapObservation: {
      at,
      observation: own(['state', 'feature'], [at.length, features], beyond),
    },
    ...(rawObservation === undefined ? {} : { rawObservation }),
  }
  const envState = {
    slots: acted.flatMap((part) => part.slots),
    observation: own(['env', 'feature'], [envs, features], observation),
  }
  return [rollout, envState]
}

const rolling = <S>({ set, act, buffers }: Actors<S>, envs: number) =>
  function* (
    params: PolicyParams,
    key: Key,
    normaliser: Normaliser | null,
    { slots }: VecEnvState<S>,
  ): Task<[Rollout, VecEnvState<S>]> {
    if (slots.length !== envs)
      throw new RangeError(`envState: expected [env=${envs}], got [env=${slots.length}]`)
    set(params, normaliser)
    const acted = yield* act(key, slots)
    return joinActed(buffers.slice(0, acted.length), acted)
  }

/**
 * Acts for the steps of an update in every environment under a frozen policy.
 * Step t draws from child t of the key, so what env i does at t depends on nothing else.
 */
export const rolloutOver = <S>(actors: Actors<S>, envs: number) => {
  const roll = rolling(actors, envs)
  return (params: PolicyParams, key: Key, normaliser: Normaliser | null = null) =>
    (envState: VecEnvState<S>): [Rollout, VecEnvState<S>] =>
      runSync(roll(params, key, normaliser, envState))
}

/**
 * `rolloutOver` with a promise of the rollout: for environments that return promises, or with
 * pauses between the steps.
 *
 * @param run does the work of a rollout
 */
export const rolloutOverAsync = <S>(
  actors: Actors<S>,
  envs: number,
  run: <T>(task: Task<T>) => Promise<T> = runAsync,
) => {
  const roll = rolling(actors, envs)
  return (params: PolicyParams, key: Key, normaliser: Normaliser | null = null) =>
    (envState: VecEnvState<S>): Promise<[Rollout, VecEnvState<S>]> =>
      run(roll(params, key, normaliser, envState))
}
