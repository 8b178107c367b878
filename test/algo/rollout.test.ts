import { describe, expect, test } from 'vitest'
import type { DiscreteEnvironment } from '../../src/env/index.ts'
import { js } from '../../src/kernel/js/js.ts'
import { foldIn } from '../../src/random/index.ts'
import { data, of, pick, reshape, toArray, type Tensor } from '../../src/tensor/index.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { begin, small } from '../support/runs.ts'
import { chiSquareP } from '../support/statistics.ts'
import { bandit, dice, pension, type Dice } from '../support/worlds.ts'

describe.each(['f32', 'f64'] as const)('a rollout in %s', (dtype) => {
  const { policy, params, worlds, world, actKey, rollout } = begin(dice, 4, small, js[dtype])
  const [{ trajectory, episodes }, after] = rollout(params, actKey)(world)
  const { steps: time, envs } = small
  const at = (t: Tensor<['time', 'env']>, step: number, env: number) =>
    toArray(t)[step * envs + env]!

  const chosen = trajectory.action as Tensor<['time', 'env']>

  // The same life once more, by hand: the recorded actions in the same environments.
  const replay = Array.from({ length: time }, (_, t) => t).reduce(
    (life, t) => {
      const before = life.world
      const [batch, next] = worlds.step(pick(chosen, t))(before)
      return { world: next, moments: [...life.moments, { before, batch }] }
    },
    {
      world,
      moments: [] as ReadonlyArray<{
        before: typeof world
        batch: ReturnType<ReturnType<typeof worlds.step>>[0]
      }>,
    },
  )

  test('goes through all kinds of steps, so that what follows says something', () => {
    const count = (t: Tensor) => toArray(t).filter((x) => x === 1).length
    expect(count(trajectory.terminated)).toBeGreaterThan(3)
    expect(count(trajectory.truncated)).toBeGreaterThan(3)
    expect(count(trajectory.terminated) + count(trajectory.truncated)).toBeLessThan(40)
  })

  test('records what was seen, earned and ended', () => {
    replay.moments.forEach(({ before, batch }, t) => {
      expect(toArray(pick(trajectory.observation, t))).toEqual(toArray(before.observation))
      expect(toArray(pick(trajectory.reward, t))).toEqual(toArray(batch.reward))
      expect(toArray(pick(trajectory.terminated, t))).toEqual(toArray(batch.terminated))
      expect(toArray(pick(trajectory.truncated, t))).toEqual(toArray(batch.truncated))
    })
    expect(episodes).toEqual(replay.moments.flatMap(({ batch }) => batch.episodes))
    expectSameBits(after, replay.world)
  })

  test('V(s′) is the next V bit for bit where the episode goes on, 0 where it terminated, and asked for at cuts', () => {
    for (let t = 0; t < time; t++)
      for (let e = 0; e < envs; e++) {
        const next = at(trajectory.nextValue, t, e)
        const { nextObservation } = replay.moments[t]!.batch
        const seen = reshape(pick(nextObservation, e), ['asked', 'feature'], [1, 2])
        const [asked = NaN] = toArray(policy.value(params, seen))
        const terminated = at(trajectory.terminated, t, e) === 1
        const cut = at(trajectory.truncated, t, e) === 1 || t === time - 1
        const known = cut ? asked : at(trajectory.value, t + 1, e)
        expect(next).toBe(terminated ? 0 : known)
        // And it is V of what was seen, however it was found.
        expect(terminated || next === asked).toBe(true)
      }
  })

  test('log-probabilities and values recomputed in one batch have the same bits', () => {
    const n = time * envs
    const observation = reshape(trajectory.observation, ['sample', 'feature'], [n, 2])
    const [{ dist, value }] = policy.forward(params, observation)
    const logProb = dist.logProb(reshape(chosen, ['sample'], [n]))
    expectSameBits(toArray(logProb), toArray(trajectory.logProb))
    expectSameBits(toArray(value), toArray(trajectory.value))
  })

  test('actions are those of the environment, every one of them', () => {
    expect(trajectory.action.dtype).toBe('i32')
    expect(new Set(toArray(trajectory.action))).toEqual(new Set([0, 1, 2]))
  })

  test('an environment does and meets the same alone and among others', () => {
    const one = begin(dice, 4, { ...small, envs: 1 }, js[dtype])
    const [{ trajectory: alone }] = one.rollout(one.params, one.actKey)(one.world)
    for (const field of ['action', 'logProb', 'reward', 'value', 'nextValue'] as const) {
      const first = toArray(trajectory[field]).filter((_, i) => i % envs === 0)
      expect(toArray(alone[field])).toEqual(first)
    }
  })

  test('of fewer steps is the beginning of one of more', () => {
    const few = begin(dice, 4, { ...small, steps: 5 }, js[dtype])
    const [{ trajectory: short }] = few.rollout(params, actKey)(world)
    for (const field of ['action', 'logProb', 'reward', 'value'] as const)
      expect(toArray(short[field])).toEqual(toArray(trajectory[field]).slice(0, 5 * envs))
  })

  test('leaves parameters, key and environment as they are', () => {
    expectPure(
      (theta: typeof params, k: typeof actKey, w: typeof world) => rollout(theta, k)(w),
      params,
      actKey,
      world,
    )
  })
})

test('actions are drawn as the policy says (chi-square, p > 1e-6)', () => {
  const config = { ...small, steps: 1000, gain: { ...small.gain, policy: 3 } }
  const { policy, params, world, actKey, rollout } = begin(pension, 9, config)
  const [{ trajectory }] = rollout(params, actKey)(world)
  const [{ dist }] = policy.forward(params, of(['sample', 'feature'], [1, 1], [1]))
  const p = [0, 1].map((a) => {
    const logProb = dist.logProb(of(['sample'], [1], Int32Array.of(a)))
    return Math.exp(toArray(logProb)[0]!)
  })
  // Far enough from ½ that a coin would not pass.
  expect(Math.abs(p[0]! - 0.5)).toBeGreaterThan(0.1)
  const counts = [0, 1].map((a) => toArray(trajectory.action).filter((x) => x === a).length)
  expect(chiSquareP(counts, p)).toBeGreaterThan(1e-6)
})

test('another key acts otherwise', () => {
  const { params, world, actKey, rollout } = begin(dice, 4)
  const act = (k: typeof actKey) => toArray(rollout(params, k)(world)[0].trajectory.action)
  expect(act(foldIn(actKey, 1))).not.toEqual(act(actKey))
})

test('a step is taken under the mask of its own state, whatever the one before had open', () => {
  const only = ({ age }: Dice): readonly boolean[] => [0, 1, 2].map((choice) => choice === age % 3)
  const { params, world, actKey, rollout } = begin({ ...dice, actionMask: only }, 4)
  const [{ trajectory }] = rollout(params, actKey)(world)
  const ages = toArray(trajectory.observation).filter((_, i) => i % 2 === 1)
  expect(toArray(trajectory.actionMask!)).toEqual(
    ages.flatMap((age) => [0, 1, 2].map((choice) => (choice === age % 3 ? 1 : 0))),
  )
  expect(toArray(trajectory.action)).toEqual(ages.map((age) => age % 3))
})

test('an environment in which every step is the last has no value to ask for', () => {
  const { params, world, actKey, rollout } = begin(bandit, 0, { ...small, steps: 2 })
  const [{ trajectory, episodes }] = rollout(params, actKey)(world)
  expect(toArray(trajectory.nextValue)).toEqual([0, 0, 0, 0, 0, 0])
  expect(episodes.length).toBe(6)
})

describe('what goes wrong on the way is an error with an address', () => {
  test('of the environment', () => {
    const broken: DiscreteEnvironment<Dice> = {
      ...dice,
      step: () => (state) => [
        { reward: state.age === 3 ? NaN : 0, terminated: false, truncated: false },
        { ...state, age: state.age + 1 },
      ],
    }
    const { params, world, actKey, rollout } = begin(broken, 0)
    expect(() => rollout(params, actKey)(world)).toThrow(
      new RangeError('dice: step 3: reward[env=0]: expected a finite number, got NaN'),
    )
  })

  test('of the policy', () => {
    const { params, world, actKey, rollout } = begin(dice, 0)
    const broken = withFlat(params.tree, new Float64Array(data(params.flat).length).fill(NaN))
    expect(() => rollout(broken, actKey)(world)).toThrow(
      /^dice: step 0: policy\[env=0, param=0\]: expected a finite number, got NaN$/,
    )
  })
})
