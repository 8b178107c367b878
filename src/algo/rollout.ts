import type { Episode, StepBatch, VectorEnvironment, World } from '../env/wrapper/vectorise.ts'
import { foldIn, type Key } from '../random/key.ts'
import type { Steps } from '../rl/steps.ts'
import { expectFinite, located } from '../tensor/check.ts'
import { allocate, data, own, reshape, type Numbers, type Tensor } from '../tensor/tensor.ts'
import type { Policy, PolicyParams } from './policy.ts'

/** What was seen, done and earned: T steps in B environments under the policy that acted. */
export interface Trajectory extends Steps {
  readonly observation: Tensor<['time', 'env', 'feature']>
  readonly action: Tensor<['time', 'env']>
  readonly logProb: Tensor<['time', 'env']>
}

export interface Rollout {
  readonly trajectory: Trajectory
  /** the episodes that ended, in order */
  readonly episodes: readonly Episode[]
}

/** One step of all environments, as it happened. */
interface Moment extends Omit<StepBatch, 'episodes'> {
  readonly observation: Tensor<['env', 'feature']>
  readonly action: Tensor<['env']>
  readonly logProb: Tensor<['env']>
  readonly value: Tensor<['env']>
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
 * V(s′ₜ). Where the episode goes on, s′ₜ is sₜ₊₁ and its value is known already. The last row and
 * the truncated steps are asked for; a terminal state has none, and 0 stands there.
 */
const nextValues = (
  policy: Policy,
  params: PolicyParams,
  moments: readonly Moment[],
): Tensor<['time', 'env']> => {
  const [envs, features] = moments[0]!.observation.shape
  const value = moments.map((moment) => data(moment.value))
  const out = allocate(policy.kernels.dtype, moments.length * envs)
  const asked: number[] = []
  moments.forEach(({ terminated, truncated }, t) => {
    const [over, off] = [data(terminated), data(truncated)]
    for (let e = 0; e < envs; e++) {
      if (over[e] !== 0) continue
      if (off[e] !== 0 || t === moments.length - 1) asked.push(t * envs + e)
      else out[t * envs + e] = value[t + 1]![e]!
    }
  })
  const seen = allocate(policy.kernels.dtype, asked.length * features)
  asked.forEach((at, i) => {
    const row = data(moments[Math.floor(at / envs)]!.nextObservation) as Numbers
    const e = at % envs
    seen.set(row.subarray(e * features, (e + 1) * features), i * features)
  })
  const observation = own(['asked', 'feature'], [asked.length, features], seen)
  const answers = data(policy.value(params, observation))
  asked.forEach((at, i) => {
    out[at] = answers[i]!
  })
  return own(['time', 'env'], [moments.length, envs], out)
}

/**
 * Acts for `steps` steps in every environment under a frozen policy.
 * Step t draws from child t of the key, so what env i does at t depends on nothing else.
 */
export const rollout =
  <S>(env: VectorEnvironment<S>, policy: Policy, steps: number) =>
  (params: PolicyParams, key: Key) =>
  (start: World<S>): [Rollout, World<S>] => {
    const moments: Moment[] = []
    const episodes: Episode[] = []
    let world = start
    for (let t = 0; t < steps; t++) {
      try {
        const { observation } = world
        const [{ dist, value }] = policy.forward(params, observation)
        expectFinite('policy', dist)
        expectFinite('value', value)
        const action = policy.sample(foldIn(key, t), dist)
        const logProb = policy.logProb(dist, action)
        const [{ episodes: ended, ...outcome }, next] = env.step(action)(world)
        moments.push({ ...outcome, observation, action, logProb, value })
        episodes.push(...ended)
        world = next
      } catch (error) {
        throw located(`${env.env.name}: step ${t}`, error)
      }
    }
    const rows = (field: keyof Moment) =>
      stack(moments.map((moment) => moment[field])) as Tensor<['time', 'env']>
    const [envs, features] = start.observation.shape
    const trajectory: Trajectory = {
      observation: reshape(
        rows('observation'),
        ['time', 'env', 'feature'],
        [steps, envs, features],
      ),
      action: rows('action'),
      logProb: rows('logProb'),
      value: rows('value'),
      reward: rows('reward'),
      terminated: rows('terminated'),
      truncated: rows('truncated'),
      nextValue: nextValues(policy, params, moments),
    }
    expectFinite('nextValue', trajectory.nextValue)
    return [{ trajectory, episodes }, world]
  }
