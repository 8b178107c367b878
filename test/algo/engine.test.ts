import { describe, expect, test } from 'vitest'
import {
  flattenTime,
  init,
  iterate,
  parts,
  type Normaliser,
  type PpoConfig,
} from '../../src/algo/ppo/index.ts'
import { cartPole, pendulum, timeLimit, type Environment } from '../../src/env/index.ts'
import { key } from '../../src/random/index.ts'
import { of, take, toArray } from '../../src/tensor/index.ts'
import { expectSameBits } from '../law/purity.ts'
import { firstRates, small } from '../support/runs.ts'
import { darts, dice, type Dice } from '../support/worlds.ts'

const ways = ['js', 'wasm'] as const

const firstHalf = of(
  ['sample'],
  [24],
  Int32Array.from({ length: 24 }, (_, i) => i),
)

/** The dice, of which only some can be thrown: all three, or the first two, by their place. */
const masked = { ...dice, actionMask: ({ place }: Dice) => [true, true, place > 0.5] }

describe('parts over one memory', () => {
  test('a batch, a state or parameters of another size are errors that say so', () => {
    for (const how of ways) {
      const [all, other] = [parts(small, dice, how), parts({ ...small, envs: 2 }, dice, how)]
      const narrow = parts({ ...small, hidden: [3] }, dice, how)
      const [state, fewer] = [init(all)(key(1)), init(other)(key(1))]
      const { params } = state.learner
      const [{ trajectory }] = all.rollout(params, key(2))(state.envState)
      const batch = flattenTime(trajectory, trajectory.value, trajectory.value)
      const half = { ...batch, observation: take(batch.observation, firstHalf) }
      expect(() => all.rollout(params, key(2))(fewer.envState)).toThrow(
        'envState: expected [env=3], got [env=2]',
      )
      const rates = firstRates(small)
      expect(() => all.update(half, key(2), rates)(state.learner)).toThrow(
        'observation: expected [sample=48, feature=2], got [sample=24, feature=2]',
      )
      expect(() => all.update(batch, key(2), rates)(init(narrow)(key(1)).learner)).toThrow(
        /^params: expected \[param=\d+\], got \[param=\d+\]$/,
      )
    }
  })

  describe('whitening what the policy sees', () => {
    const seeing: PpoConfig = {
      ...small,
      shards: 2,
      normalise: { observation: true, reward: true, clip: 0.5, epsilon: 1e-6 },
    }
    const limited = timeLimit(5)(pendulum) as Environment<unknown>
    /** Rollouts from one state, by statistics of four kinds. */
    const rolled = (how: (typeof ways)[number], world: Environment<unknown>) => {
      const all = parts(seeing, world, how)
      const start = init(all)(key(5))
      const [, after] = iterate(seeing, all)(start)
      const by = (normaliser: Normaliser | null) => {
        const [{ trajectory, episodes, rawObservation }, next] = all.rollout(
          after.learner.params,
          key(6),
          normaliser,
        )(after.envState)
        const { reward, nextValue, ...rest } = trajectory
        return {
          trajectory: { ...rest, reward, nextValue },
          episodes,
          shown: rawObservation!,
          observation: next.observation,
        }
      }
      const { normaliser } = after.learner
      const rest = { observation: null, reward: normaliser!.reward }
      return [start.learner.normaliser, normaliser, null, rest].map(by)
    }

    test.each([cartPole, dice, darts, limited] as ReadonlyArray<Environment<unknown>>)(
      'by statistics of nothing, by some and then by none: $name',
      (world) => {
        const [written, other] = ways.map((how) => rolled(how, world))
        expectSameBits(other, written)
        const [blank, known, none, rest] = written!
        for (const { trajectory, shown } of [none!, rest!])
          expectSameBits(trajectory.observation, shown)
        for (const { trajectory } of [blank!, known!])
          expect(Math.max(...toArray(trajectory.observation))).toBe(0.5)
        // What the environment shows next is as it is, beyond the clip.
        expect(Math.max(...toArray(known!.observation).map(Math.abs))).toBeGreaterThan(0.5)
      },
    )

    test('what was shown is kept where the config whitens it, and nothing else is', () => {
      for (const how of ways)
        for (const observation of [true, false]) {
          const config = { ...small, normalise: { ...small.normalise, observation } }
          const all = parts(config, dice, how)
          const { learner, envState: world } = init(all)(key(1))
          const [{ rawObservation }] = all.rollout(
            learner.params,
            key(2),
            learner.normaliser,
          )(world)
          expect(rawObservation !== undefined).toBe(observation)
        }
    })

    test('statistics with another number of features, or unexpected ones, are errors that say so', () => {
      for (const how of ways) {
        const all = parts(seeing, dice, how)
        const { learner, envState: world } = init(all)(key(1))
        const other = init(parts(seeing, cartPole, how))(key(1)).learner.normaliser
        expect(() => all.rollout(learner.params, key(2), other)(world)).toThrow(
          'normaliser: expected [feature=2], got [feature=4]',
        )
        const bare = parts(small, dice, how)
        expect(() => bare.rollout(learner.params, key(2), other)(world)).toThrow(
          'normaliser: expected [feature=0], got [feature=4]',
        )
      }
    })
  })

  test('closed choices are never made', () => {
    const all = parts(small, masked)
    const start = init(all)(key(3))
    const [{ trajectory }] = all.rollout(start.learner.params, key(4))(start.envState)
    const place = toArray(trajectory.observation).filter((_, i) => i % 2 === 0)
    const action = toArray(trajectory.action)
    expect(toArray(trajectory.actionMask!)).toEqual(place.flatMap((x) => [1, 1, x > 0.5 ? 1 : 0]))
    expect(action.filter((a, i) => a === 2 && place[i]! <= 0.5)).toEqual([])
    expect(action).toContain(2)
  })
})
