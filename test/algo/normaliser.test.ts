import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { evaluate } from '../../src/algo/evaluate.ts'
import { normalisingBy } from '../../src/algo/look.ts'
import { normalise, startNormaliser } from '../../src/algo/normaliser.ts'
import { init, iterate, parts, presets, train, type PpoConfig } from '../../src/algo/ppo/index.ts'
import type { Rollout } from '../../src/algo/rollout.ts'
import { js, backend } from '../../src/kernel/index.ts'
import { key, normal } from '../../src/random/index.ts'
import { noRewards, normaliseObservation, scaleReward } from '../../src/rl/index.ts'
import * as moments from '../../src/rl/moments.ts'
import { of, reshape, toArray, type Tensor } from '../../src/tensor/index.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { acted, spaces, walk } from '../support/spaces.ts'

const small: PpoConfig = {
  ...presets.cleanrl,
  envs: 5,
  steps: 6,
  totalSteps: 4 * 30,
  epochs: 2,
  minibatches: 2,
  shards: 3,
  hidden: [4],
  gamma: 0.9,
  normalise: { observation: true, reward: true, clip: 4, epsilon: 1e-6 },
}
const world = walk(spaces.discrete)
const asked = (observation: boolean, reward: boolean) => ({
  ...small,
  normalise: { ...small.normalise, observation, reward },
})

/** Mean and variance of each feature, in two passes over all rows. */
const plain = (rows: readonly (readonly number[])[]) =>
  rows[0]!.map((_, j) => {
    const mean = rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length
    return {
      mean,
      variance: rows.reduce((sum, row) => sum + (row[j]! - mean) ** 2, 0) / rows.length,
    }
  })

const rowsOf = (shown: Tensor): number[][] => {
  const x = toArray(shown)
  return Array.from({ length: x.length / 2 }, (_, i) => x.slice(2 * i, 2 * i + 2))
}

/** Rollouts of a few environments with that much seen before, as if they had been lived. */
const lived = (seed: number, config: PpoConfig = small): Rollout =>
  acted(world, config, seed, js.f64).rolled

describe('before anything was seen', () => {
  test('there are statistics for what the config uses, and null if it uses none', () => {
    const start = (observation: boolean, reward: boolean) =>
      startNormaliser(asked(observation, reward).normalise, world, 5)
    expect(start(false, false)).toBeNull()
    expect(start(true, false)).toEqual({ observation: moments.empty(2), reward: null })
    expect(start(false, true)).toEqual({ observation: null, reward: noRewards(5) })
    expect(start(true, true)).toEqual({ observation: moments.empty(2), reward: noRewards(5) })
  })

  test('a policy sees the environment as it is, but for the clip', () => {
    const look = normalisingBy(small.normalise, startNormaliser(small.normalise, world, 5))
    const seen = look(of(['env', 'feature'], [1, 2], [3, -9]))
    expect(toArray(seen)).toEqual([3, -4])
  })

  test.each([
    ['nothing is kept', null],
    ['rewards alone are', startNormaliser(asked(false, true).normalise, world, 5)],
  ])('where %s, it sees the very same tensor', (_, normaliser) => {
    const observation = of(['env', 'feature'], [1, 2], [30, -90])
    expect(normalisingBy(small.normalise, normaliser)(observation)).toBe(observation)
  })
})

describe('the statistics of a run', () => {
  test('observations: those of all rows that were shown, in two passes', () => {
    const rolls = [lived(1), lived(2), lived(3)]
    const last = rolls.reduce(
      (now, roll) => normalise(small, now)(roll)[1],
      startNormaliser(small.normalise, world, 5),
    )
    const expected = plain(rolls.flatMap(({ rawObservation }) => rowsOf(rawObservation!)))
    const { observation } = last!
    expect(observation!.count).toBe(90)
    expectClose(
      toArray(observation!.mean),
      expected.map(({ mean }) => mean),
      1e-13,
      0,
    )
    expectClose(
      toArray(moments.variance(observation!)),
      expected.map(({ variance }) => variance),
      1e-12,
      0,
    )
  })

  test('count what the environments showed, not what the policy saw of it', () => {
    const roll = lived(1)
    const blurred: Rollout = {
      ...roll,
      trajectory: { ...roll.trajectory, observation: lived(2).trajectory.observation },
    }
    const start = startNormaliser(small.normalise, world, 5)
    expectSameBits(normalise(small, start)(blurred)[1], normalise(small, start)(roll)[1])
  })

  test('rewards: scaled as scaleReward says, the rest of the trajectory as it was', () => {
    const start = startNormaliser(small.normalise, world, 5)
    const [first, second] = [lived(1), lived(2)]
    const [, between] = normalise(small, start)(first)
    const [{ trajectory, rawObservation, bootstrapObservation, episodes }, after] = normalise(
      small,
      between,
    )(second)
    const scaling = scaleReward({ clip: 4, epsilon: 1e-6, gamma: 0.9 })
    const [, state] = scaling(noRewards(5), first.trajectory)
    const [reward, last] = scaling(state, second.trajectory)
    expectSameBits(trajectory, { ...second.trajectory, reward })
    expectSameBits(after!.reward, last)
    expect(toArray(reward)).not.toEqual(toArray(second.trajectory.reward))
    expect(rawObservation).toBe(second.rawObservation)
    expect(bootstrapObservation).toBe(second.bootstrapObservation)
    expect(episodes).toBe(second.episodes)
  })

  test('leaves everything else unchanged', () => {
    const roll = lived(1)
    expect(normalise(small, null)(roll)).toEqual([roll, null])
    expect(normalise(small, null)(roll)[0]).toBe(roll)
    const seeing = asked(true, false)
    const [same, next] = normalise(seeing, startNormaliser(seeing.normalise, world, 5))(roll)
    expect(same).toBe(roll)
    expect(next!.reward).toBeNull()
    expect(next!.observation!.count).toBe(30)
    const earning = asked(false, true)
    const [, other] = normalise(earning, startNormaliser(earning.normalise, world, 5))(roll)
    expect(other!.observation).toBeNull()
    expect(other!.reward!.moments.count).toBe(30)
  })

  test.prop([fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }), fc.nat()])(
    'are the same for any number of shards, to rounding',
    (shards, envs, seed) => {
      const rawObservation = normal(key(seed), ['time', 'env', 'feature'], [4, envs, 2], 'f64')
      const roll = { ...lived(1), rawObservation }
      const at = (count: number) =>
        normalise(
          { ...asked(true, false), shards: count },
          startNormaliser(asked(true, false).normalise, world, envs),
        )(roll)[1]!.observation!
      const [one, many] = [at(1), at(shards)]
      expect(many.count).toBe(one.count)
      expectClose(toArray(many.mean), toArray(one.mean), 1e-12, 1e-15)
      expectClose(toArray(many.m2), toArray(one.m2), 1e-12, 1e-15)
    },
  )

  test('are those of each shard of environments, merged in their order, to the bit', () => {
    const shown = lived(4).rawObservation!
    // Five environments in three shards: 0 | 1, 2 | 3, 4.
    const ofWorlds = (worlds: readonly number[]) =>
      moments.of(
        of(
          ['step', 'feature'],
          [6 * worlds.length, 2],
          Array.from({ length: 6 }, (_, t) =>
            worlds.flatMap((e) => toArray(shown).slice((t * 5 + e) * 2, (t * 5 + e) * 2 + 2)),
          ).flat(),
        ),
      )
    const merged = [[0], [1, 2], [3, 4]].map(ofWorlds).reduce(moments.merge, moments.empty(2))
    const start = startNormaliser(small.normalise, world, 5)
    expectSameBits(normalise(small, start)(lived(4))[1]!.observation, merged)
  })

  test('need what was shown, where observations are normalised, and only there', () => {
    const { rawObservation: _, ...bare } = lived(1)
    expect(() => normalise(small, startNormaliser(small.normalise, world, 5))(bare)).toThrow(
      new RangeError('rawObservation: expected the observations before normalisation, got none'),
    )
    const earning = asked(false, true)
    const start = startNormaliser(earning.normalise, world, 5)
    expect(normalise(earning, start)(bare)[1]!.reward!.moments.count).toBe(30)
  })

  test('leave what they came from as it was', () => {
    const start = startNormaliser(small.normalise, world, 5)
    const [, next] = expectPure(normalise(small, start), lived(1))
    expectPure((from: typeof next) => normalise(small, from)(lived(2)), next)
    expectPure(normalisingBy(small.normalise, next), of(['env', 'feature'], [1, 2], [0.5, 1]))
  })
})

describe('a run with normalisers', () => {
  const run = (how: 'js' | 'wasm' | typeof js.f32, config: PpoConfig = small) => {
    const all = parts(config, world, how)
    const start = init(all)(key(8))
    const states = [...train(config, all)(start)].map(([, state]) => state)
    return { all, start, states }
  }

  test('the policy of an update sees by the statistics from before it', () => {
    const { start, states } = run('js')
    const all = parts(small, world, 'js')
    const shown: Rollout[] = []
    const spied: typeof all.rollout = (params, k, look) => (from) => {
      const [roll, next] = all.rollout(params, k, look)(from)
      shown.push(roll)
      return [roll, next]
    }
    let [state, before] = [start, start]
    for (let i = 0; i < 2; i++)
      [before, [, state]] = [state, iterate(small, { ...all, rollout: spied })(state)]
    const flat = reshape(shown[1]!.rawObservation!, ['sample', 'feature'], [30, 2])
    const expected = normaliseObservation(small.normalise)(
      before.learner.normaliser!.observation!,
      flat,
    )
    expectSameBits(toArray(shown[1]!.trajectory.observation), toArray(expected))
    expect(before.learner.normaliser!.observation!.count).toBe(30)
    expectSameBits(states[1], state)
  })

  test('twice from one key is identical to the bit, on every backend', () => {
    const { states } = run('js')
    expectSameBits(run('js').states, states)
    expectSameBits(run('wasm').states, states)
    expect(backend('wasm').name).toBe('wasm')
    expect(states.at(-1)!.learner.normaliser!.observation!.count).toBe(120)
  })

  test.each([
    [true, false],
    [false, true],
    [true, true],
  ])('observations %j, rewards %j: the same bits on every backend', (observation, reward) => {
    const { states } = run('js', asked(observation, reward))
    for (const how of ['wasm', js.f32] as const)
      expectSameBits(run(how, asked(observation, reward)).states, states)
  })

  test('is another than one without', () => {
    const without = run('js', asked(false, false)).states.at(-1)!
    expect(without.learner.normaliser).toBeNull()
    for (const [observation, reward] of [
      [true, false],
      [false, true],
    ] as const)
      expect(
        toArray(run('js', asked(observation, reward)).states.at(-1)!.learner.params.flat),
      ).not.toEqual(toArray(without.learner.params.flat))
  })

  test('is looked at, when evaluated, by the statistics as they are', () => {
    const { all, states } = run('js')
    const { params, normaliser } = states.at(-1)!.learner
    const options = { key: key(1), episodes: 4, act: 'mode' } as const
    const look = normalisingBy(small.normalise, normaliser)
    const eyes: number[][] = []
    const spied = { ...all.policy }
    const forward: typeof all.policy.forward = (theta, observation, open) => {
      eyes.push(toArray(observation))
      return all.policy.forward(theta, observation, open)
    }
    expectPure(
      (theta: typeof params, by: typeof normaliser) =>
        evaluate(world, all.policy, { params: theta, normaliser: by }, options),
      params,
      normaliser,
    )
    evaluate(world, { ...spied, forward }, { params, normaliser }, options)
    const first = eyes[0]!
    evaluate(world, { ...spied, forward }, { params, normaliser: null }, options)
    const bare = of(['env', 'feature'], [4, 2], Float32Array.from(eyes[eyes.length / 2]!))
    expect(first).toEqual(toArray(look(bare)))
    expect(first).not.toEqual(toArray(bare))
  })
})
