import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { ppo } from '../../src/index.ts'
import { cleanrl } from '../../src/algo/ppo/knownPresets.ts'
import { cartPole } from '../../src/env/cartPole.ts'
import { pendulum } from '../../src/env/pendulum.ts'
import { clipForm, clipsOf, stepsOf, withoutReward } from '../../src/preferences/clip.ts'
import { key } from '../../src/random/key.ts'
import { data, toArray } from '../../src/tensor/tensor.ts'

const config = { ...cleanrl, envs: 2, steps: 120, minibatches: 1, hidden: [4] }

/** A rollout of the first policy in CartPole, whose episodes terminate after some 20 steps. */
const cartPoles = (seed: number) => {
  const parts = ppo.parts(config, cartPole, 'js')
  const { learner, envState } = ppo.init(parts)(key(seed))
  return parts.rollout(learner.params, key(seed))(envState)[0]
}

describe('the clips of a rollout', () => {
  test.prop({ seed: fc.nat(), length: fc.integer({ min: 1, max: 30 }) }, { numRuns: 10 })(
    'are consecutive steps of one episode, whole or with its end',
    ({ seed, length }) => {
      const rollout = cartPoles(seed)
      const { observation, reward, terminated } = rollout.trajectory
      const [steps, envs, features] = observation.shape
      const clips = clipsOf(cartPole, length, 'clip')(rollout)
      const rows = Array.from({ length: steps * envs }, (_, at) =>
        toArray(observation)
          .slice(at * features, (at + 1) * features)
          .join(),
      )
      const places = new Set<number>()
      for (const clip of clips) {
        const shown = toArray(clip.observation)
        const first = rows.indexOf(shown.slice(0, features).join())
        const count = stepsOf(clip)
        const last = first + (count - 1) * envs
        for (let step = 0; step < count; step++) {
          const at = first + step * envs
          expect(rows[at]).toBe(shown.slice(step * features, (step + 1) * features).join())
          expect(clip.reward[step]).toBe(data(reward)[at])
          if (at !== last) expect(data(terminated)[at]).toBe(0)
          places.add(at)
        }
        expect(data(terminated)[last]).toBe(clip.terminated ? 1 : 0)
        expect(count === length || clip.terminated).toBe(true)
        expect(count).toBeLessThanOrEqual(length)
      }
      expect(places.size).toBe(clips.reduce((sum, clip) => sum + stepsOf(clip), 0))
      // What is left out are the last steps of each environment, since no episode is truncated.
      expect(steps * envs - places.size).toBeLessThan(envs * length)
    },
  )

  test('never cross a truncation, and hold the actions that the environment got', () => {
    const parts = ppo.parts({ ...config, steps: 450, actionBound: 'clip' }, pendulum, 'js')
    const { learner, envState } = ppo.init(parts)(key(3))
    const [rollout] = parts.rollout(learner.params, key(4))(envState)
    const clips = clipsOf(pendulum, 30, 'clip')(rollout)
    // 200 steps an episode: 6 clips of each whole one and 1 of the third's 50 steps.
    expect(clips).toHaveLength(2 * (6 + 6 + 1))
    const actions = clips.flatMap(({ action }) => toArray(action))
    expect(Math.max(...actions)).toBe(2)
    expect(Math.min(...actions)).toBe(-2)
    for (const { observation } of clips) {
      const speeds = toArray(observation).filter((_, i) => i % 3 === 2)
      // A step changes θ̇ by at most (15 + 3 · 2) · 0.05.
      for (let i = 1; i < speeds.length; i++)
        expect(Math.abs(speeds[i]! - speeds[i - 1]!)).toBeLessThanOrEqual(1.05 + 1e-5)
    }
  })

  test('show what the environment showed, where the policy sees it normalised', () => {
    const normalise = { observation: true, reward: false, clip: 10, epsilon: 1e-8 }
    const parts = ppo.parts({ ...config, normalise }, pendulum, 'js')
    const [, { learner, envState, key: next }] = ppo.iterate(
      parts.config,
      parts,
    )(ppo.init(parts)(key(3)))
    const [rollout] = parts.rollout(learner.params, next, learner.normaliser)(envState)
    expect(toArray(rollout.trajectory.observation)).not.toStrictEqual(
      toArray(rollout.rawObservation!),
    )
    const [first] = clipsOf(pendulum, 10, 'clip')(rollout)
    expect(toArray(first!.observation).slice(0, 3)).toStrictEqual(
      toArray(rollout.rawObservation!).slice(0, 3),
    )
  })

  test('have a form, and choices become one-hot', () => {
    expect(clipForm(cartPole, 20)).toStrictEqual({ length: 20, features: 4, actions: 2 })
    const [first] = clipsOf(cartPole, 5, 'none')(cartPoles(1))
    for (let step = 0; step < 5; step++)
      expect(
        toArray(first!.action)
          .slice(2 * step, 2 * step + 2)
          .toSorted((a, b) => a - b),
      ).toStrictEqual([0, 1])
    expect(Object.keys(withoutReward(first!))).not.toContain('reward')
    expect(() => clipsOf(cartPole, 0, 'none')).toThrow('length: expected a whole number >= 1')
  })
})
