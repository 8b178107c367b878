import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  box,
  cartPole,
  timeLimit,
  vectorise,
  type DiscreteEnvironment,
  type Episode,
  type StepBatch,
  type VecEnvState,
} from '../../../src/env/index.ts'
import { key } from '../../../src/random/index.ts'
import { of, pick, toArray, type Tensor } from '../../../src/tensor/index.ts'
import { expectPure, expectSameBits } from '../../law/purity.ts'
import { bandit, corridor, dice } from '../../support/worlds.ts'

const actionsOf = (a: readonly number[]): Tensor<['env']> =>
  of(['env'], [a.length], Int32Array.from(a))

/** A life of all environments under the same list of actions, [time][env]. */
const live = <S>(
  env: DiscreteEnvironment<S>,
  seed: number,
  actions: ReadonlyArray<readonly number[]>,
): Array<{
  readonly batch: StepBatch
  readonly before: VecEnvState<S>
  readonly after: VecEnvState<S>
}> => {
  const worlds = vectorise(env, actions[0]!.length, 'f64')
  let world = worlds.init(key(seed))
  return actions.map((a) => {
    const before = world
    const [batch, after] = worlds.step(actionsOf(a))(world)
    world = after
    return { batch, before, after }
  })
}

const rows = fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 5, maxLength: 5 }), {
  minLength: 1,
  maxLength: 12,
})

describe('vectorise', () => {
  test.prop([rows, fc.nat()])(
    'an environment lives the same life however many others there are',
    (actions, seed) => {
      const few = live(
        dice,
        seed,
        actions.map((row) => row.slice(0, 2)),
      )
      const many = live(dice, seed, actions)
      few.forEach(({ batch, after }, t) => {
        const other = many[t]!
        expectSameBits(after.slots, other.after.slots.slice(0, 2))
        for (const e of [0, 1]) {
          const row = (x: Tensor<['env', 'feature']>) => toArray(pick(x, e))
          expect(row(batch.nextObservation)).toEqual(row(other.batch.nextObservation))
          expect(row(after.observation)).toEqual(row(other.after.observation))
          for (const field of ['reward', 'terminated', 'truncated'] as const)
            expect(toArray(batch[field])[e]).toBe(toArray(other.batch[field])[e])
        }
      })
    },
  )

  test('environments side by side live different lives', () => {
    const { observation } = vectorise(dice, 6).init(key(5))
    const starts = Array.from({ length: 6 }, (_, i) => toArray(pick(observation, i))[0])
    expect(new Set(starts).size).toBe(6)
  })

  test.prop([rows, fc.nat()])(
    'where an episode ended, s′ is its last state and the next observation is of a new one',
    (actions, seed) => {
      for (const { batch, before, after } of live(dice, seed, actions))
        for (let e = 0; e < 5; e++) {
          const next = toArray(pick(batch.nextObservation, e))
          const seen = toArray(pick(after.observation, e))
          const ended = [batch.terminated, batch.truncated].some((flag) => toArray(flag)[e] === 1)
          expect(next[1]).toBe(toArray(pick(before.observation, e))[1]! + 1)
          if (ended) expect(seen[1]).toBe(0)
          else expect(seen).toEqual(next)
        }
    },
  )

  test.prop([rows, fc.nat()])(
    'an episode tells the sum of its rewards and the number of its steps',
    (actions, seed) => {
      const open: Episode[] = Array.from({ length: 5 }, (_, env) => ({
        env,
        return: 0,
        length: 0,
      }))
      for (const { batch } of live(dice, seed, actions)) {
        const expected: Episode[] = []
        for (let e = 0; e < 5; e++) {
          const so = open[e]!
          const now = {
            env: e,
            return: so.return + toArray(batch.reward)[e]!,
            length: so.length + 1,
          }
          const ended = [batch.terminated, batch.truncated].some((flag) => toArray(flag)[e] === 1)
          if (ended) expected.push(now)
          open[e] = ended ? { env: e, return: 0, length: 0 } : now
        }
        expect(batch.episodes).toEqual(expected)
      }
    },
  )

  test('no two episodes start in one place, in the same environment or in another', () => {
    const moments = live(
      dice,
      1,
      Array.from({ length: 40 }, () => [1, 1, 1]),
    )
    const starts = [moments[0]!.before, ...moments.map(({ after }) => after)].flatMap(
      ({ slots, observation }) =>
        slots.flatMap(({ length }, e) => (length === 0 ? [toArray(pick(observation, e))[0]!] : [])),
    )
    expect(starts.length).toBeGreaterThan(40)
    expect(new Set(starts).size).toBe(starts.length)
  })

  test('terminated and truncated come as the environment said, one of them or none', () => {
    const [first, second] = live(corridor, 0, [[0], [0]])
    expect([first, second].map((s) => toArray(s!.batch.terminated)[0])).toEqual([0, 1])
    expect([first, second].map((s) => toArray(s!.batch.truncated)[0])).toEqual([0, 0])
    const [cut] = live(timeLimit(1)(corridor), 0, [[0]])
    expect([toArray(cut!.batch.terminated), toArray(cut!.batch.truncated)]).toEqual([[0], [1]])
  })

  test('the action that is handed in is the one that is done, environment by environment', () => {
    const { batch } = live(bandit, 0, [[0, 1, 1, 0]])[0]!
    expect(toArray(batch.reward)).toEqual([0, 1, 1, 0])
    expect(batch.episodes).toEqual([0, 1, 1, 0].map((r, env) => ({ env, return: r, length: 1 })))
  })

  test('leaves the environment that it steps from as it is', () => {
    const worlds = vectorise(cartPole, 3)
    const world = expectPure(worlds.init, key(2))
    expectPure(worlds.step(actionsOf([0, 1, 0])), world)
  })

  test('observations and rewards have the requested element type', () => {
    for (const dtype of ['f32', 'f64'] as const) {
      const worlds = vectorise(dice, 2, dtype)
      const world = worlds.init(key(0))
      const [{ reward, nextObservation }] = worlds.step(actionsOf([0, 0]))(world)
      expect([world.observation.dtype, reward.dtype, nextObservation.dtype]).toEqual([
        dtype,
        dtype,
        dtype,
      ])
    }
  })
})

describe('what an environment gets wrong is an error with an address', () => {
  const act = (env: DiscreteEnvironment<number>) => {
    const worlds = vectorise(env, 3)
    return worlds.step(actionsOf([0, 0, 1]))(worlds.init(key(0)))
  }
  const fine: DiscreteEnvironment<number> = {
    name: bandit.name,
    observationSpace: box(1, [-Infinity], [Infinity]),
    actionSpace: bandit.actionSpace,
    init: () => 0,
    step: (action) => () => [{ reward: 0, terminated: false, truncated: false }, action],
    observe: (state) => [state],
  }
  test('unless it gets nothing wrong', () => {
    expect(() => act(fine)).not.toThrow()
  })

  test.each([NaN, Infinity])('an observation of %d', (broken) => {
    expect(() => act({ ...fine, observe: (state) => [state === 1 ? broken : 0] })).toThrow(
      new RangeError(`observation[env=2, feature=0]: expected a finite number, got ${broken}`),
    )
  })

  test('a first observation of NaN', () => {
    expect(() => vectorise({ ...fine, observe: () => [NaN] }, 2).init(key(0))).toThrow(
      'observation[env=0, feature=0]: expected a finite number, got NaN',
    )
  })

  test.each([[[]], [[1, 2]]])('an observation of another size: %j', (wrong) => {
    expect(() => act({ ...fine, observe: (state) => (state === 1 ? wrong : [0]) })).toThrow(
      new RangeError(
        `observation[env=2]: expected 1 numbers as in bandit's observationSpace, got an array of ${wrong.length}`,
      ),
    )
  })

  test.each([NaN, -Infinity])('a reward of %d', (reward) => {
    const env: DiscreteEnvironment<number> = {
      ...fine,
      step: (action) => () => [
        { reward: action === 1 ? reward : 0, terminated: false, truncated: false },
        0,
      ],
    }
    expect(() => act(env)).toThrow(
      new RangeError(`reward[env=2]: expected a finite number, got ${reward}`),
    )
  })

  test('one action too few', () => {
    const worlds = vectorise(fine, 3)
    expect(() => worlds.step(actionsOf([0, 1]))).toThrow('action: expected [env=3], got [env=2]')
  })
})
