import { ask, atOnce, inTime, type Task } from '../env/task.ts'
import type {
  Episode,
  StepBatch,
  VectorEnvironment,
  World,
  WorldActions,
} from '../env/wrapper/vectorise.ts'
import type { AsyncVectorEnvironment } from '../env/wrapper/vectoriseAsync.ts'
import { foldIn, type Key } from '../random/key.ts'
import type { Steps } from '../rl/steps.ts'
import { expectFinite, located } from '../tensor/check.ts'
import { allocate, data, own, type Numbers, type Tensor } from '../tensor/tensor.ts'
import type { Normaliser } from './look.ts'
import type { Policy, PolicyParams } from './policy.ts'

/** What was seen, done and earned: T steps in B environments under the policy that acted. */
export interface Trajectory extends Steps {
  /** as the policy saw it */
  readonly observation: Tensor<['time', 'env', 'feature']>
  readonly action: Tensor<['time', 'env'] | ['time', 'env', 'action']>
  readonly logProb: Tensor<['time', 'env']>
  /** the choices that were open; absent where the world closes none */
  readonly open?: Tensor<['time', 'env', 'choice']>
}

/** States that nobody acted in, and where in [time, env] their values belong. */
export interface Beyond {
  readonly at: readonly number[]
  readonly observation: Tensor<['asked', 'feature']>
}

export interface Rollout {
  readonly trajectory: Trajectory
  /** the episodes that ended, in order */
  readonly episodes: readonly Episode[]
  /**
   * what some configs ask for; rollouts over arrays laid out beforehand keep what was shown where
   * the config whitens it, and nothing else
   */
  readonly kept?: {
    readonly beyond?: Beyond
    /** as the worlds showed it */
    readonly shown: Tensor<['time', 'env', 'feature']>
  }
}

/** One step of all environments, as it happened. */
interface Moment extends Omit<StepBatch, 'episodes'> {
  readonly shown: Tensor<['env', 'feature']>
  readonly observation: Tensor<['env', 'feature']>
  readonly action: WorldActions
  readonly logProb: Tensor<['env']>
  readonly value: Tensor<['env']>
  readonly open: Tensor<['env', 'choice']> | null
}

/** Rows [env, …] laid one under the other: [time, env, …]. */
const stack = (rows: readonly Tensor[], dtype = rows[0]!.dtype): Tensor => {
  const { dims, shape } = rows[0]!
  const width = data(rows[0]!).length
  const out = allocate(dtype, rows.length * width)
  rows.forEach((row, t) => out.set(data(row), t * width))
  return own(['time', ...dims], [rows.length, ...shape], out)
}

/**
 * Where V(s′ₜ) has to be asked for: in the last row and where an episode was cut off. Everywhere
 * else s′ₜ is sₜ₊₁, whose value is known, or terminal, and has none.
 */
const beyondOf = (moments: readonly Moment[]): Beyond => {
  const [envs, features] = moments[0]!.observation.shape
  const at: number[] = []
  moments.forEach(({ terminated, truncated }, t) => {
    const [over, off] = [data(terminated), data(truncated)]
    for (let e = 0; e < envs; e++)
      if (over[e] === 0 && (off[e] !== 0 || t === moments.length - 1)) at.push(t * envs + e)
  })
  const seen = allocate(moments[0]!.observation.dtype, at.length * features)
  at.forEach((place, i) => {
    const row = data(moments[Math.floor(place / envs)]!.nextObservation) as Numbers
    const e = place % envs
    seen.set(row.subarray(e * features, (e + 1) * features), i * features)
  })
  return { at, observation: own(['asked', 'feature'], [at.length, features], seen) }
}

/**
 * V(s′ₜ) of a trajectory: the value of the next row where the episode goes on, of the state beyond
 * where it was cut off, and 0 where it is terminal.
 */
export const nextValues = (
  { terminated, truncated }: Pick<Steps, 'terminated' | 'truncated'>,
  value: Tensor<['time', 'env']>,
  { at }: Beyond,
  beyond: Tensor<['asked']>,
): Tensor<['time', 'env']> => {
  const [time, envs] = value.shape
  const [over, off, v, asked] = [data(terminated), data(truncated), data(value), data(beyond)]
  const out = allocate(value.dtype, time * envs)
  for (let i = 0; i < (time - 1) * envs; i++)
    if (over[i] === 0 && off[i] === 0) out[i] = v[i + envs]!
  at.forEach((place, i) => {
    out[place] = asked[i]!
  })
  return own(['time', 'env'], [time, envs], out)
}

const acting =
  <S>(env: VectorEnvironment<S> | AsyncVectorEnvironment<S>, policy: Policy, steps: number) =>
  (params: PolicyParams, key: Key, normaliser: Normaliser | null) =>
    function* (start: World<S>): Task<[Rollout, World<S>]> {
      const look = policy.look(normaliser)
      const moments: Moment[] = []
      const episodes: Episode[] = []
      let world = start
      for (let t = 0; t < steps; t++) {
        try {
          const shown = world.observation
          const observation = look(shown)
          const open = env.open(world)
          const [{ dist, value }] = policy.forward(params, observation)
          expectFinite('policy', dist)
          expectFinite('value', value)
          const allowed = open === null ? dist : policy.mask(dist, open)
          const action = policy.sample(foldIn(key, t), allowed)
          const logProb = policy.logProb(allowed, action)
          const [{ episodes: ended, ...outcome }, next] = yield* ask(env.step(action)(world))
          const nextObservation = look(outcome.nextObservation)
          const seen = { shown, observation, nextObservation, open }
          moments.push({ ...outcome, ...seen, action, logProb, value })
          episodes.push(...ended)
          world = next
        } catch (error) {
          throw located(`${env.env.name}: step ${t}`, error, { world: env.env.name, step: t })
        }
      }
      const rows = (field: 'logProb' | 'value' | 'reward' | 'terminated' | 'truncated') =>
        stack(moments.map((moment) => moment[field])) as Tensor<['time', 'env']>
      const observed = (field: 'observation' | 'shown') =>
        stack(moments.map((moment) => moment[field])) as Tensor<['time', 'env', 'feature']>
      const beyond = beyondOf(moments)
      const value = rows('value')
      const [terminated, truncated] = [rows('terminated'), rows('truncated')]
      const open = moments.flatMap((moment) => moment.open ?? [])
      const trajectory: Trajectory = {
        observation: observed('observation'),
        action: stack(moments.map((moment) => moment.action)) as Trajectory['action'],
        logProb: rows('logProb'),
        value,
        reward: rows('reward'),
        terminated,
        truncated,
        nextValue: nextValues(
          { terminated, truncated },
          value,
          beyond,
          policy.value(params, beyond.observation),
        ),
        ...(open.length === 0 ? {} : { open: stack(open) as Tensor<['time', 'env', 'choice']> }),
      }
      expectFinite('nextValue', trajectory.nextValue)
      return [{ trajectory, episodes, kept: { beyond, shown: observed('shown') } }, world]
    }

/**
 * Acts for `steps` steps in every environment under a frozen policy.
 * Step t draws from child t of the key, so what env i does at t depends on nothing else.
 *
 * @param normaliser the statistics that the policy sees by; what the worlds show as it is, without
 */
export const rollout = <S>(env: VectorEnvironment<S>, policy: Policy, steps: number) => {
  const act = acting(env, policy, steps)
  return (params: PolicyParams, key: Key, normaliser: Normaliser | null = null) =>
    (start: World<S>): [Rollout, World<S>] =>
      atOnce(act(params, key, normaliser)(start))
}

/** The same in worlds that promise their answers. */
export const rolloutAsync = <S>(env: AsyncVectorEnvironment<S>, policy: Policy, steps: number) => {
  const act = acting(env, policy, steps)
  return (params: PolicyParams, key: Key, normaliser: Normaliser | null = null) =>
    (start: World<S>): Promise<[Rollout, World<S>]> =>
      inTime(act(params, key, normaliser)(start))
}
