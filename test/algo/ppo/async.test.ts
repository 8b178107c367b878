import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import {
  asyncParts,
  evaluate,
  estimateTargets,
  evaluateAsync,
  faultOf,
  init,
  initAsync,
  iterate,
  iterateAsync,
  parts,
  ratesAt,
  run,
  runAsync,
  train,
  trainAsync,
  type AsyncParts,
  type Metrics,
  type Parts,
  type PpoConfig,
  type TrainState,
} from '../../../src/algo/ppo/index.ts'
import {
  fromGym,
  fromGymAsync,
  type CartPoleState,
  type GymState,
  type Timed,
} from '../../../src/env/index.ts'
import { js } from '../../../src/kernel/index.ts'
import { key } from '../../../src/random/index.ts'
import { expectSameBits } from '../../law/purity.ts'
import {
  cartPoleGame,
  cartPoleTwin,
  countGame,
  far,
  newLog,
  windGame,
  windTwin,
  type Gust,
} from '../../support/games.ts'
import { small } from '../../support/runs.ts'

type Told<S> = readonly [Metrics, TrainState<S>]

/** What has the same bits in all runs: not the states of the environments, which are different things. */
const bitsOf = <S>(all: ReadonlyArray<Told<S>>) =>
  all.map(([metrics, { update, key: next, learner, envState: world }]) => ({
    metrics,
    update,
    next,
    learner,
    observation: world.observation,
    slots: world.slots.map(({ key: own, length, return: earned }) => ({ own, length, earned })),
  }))

const now = <S>(config: PpoConfig, all: Parts<S>) =>
  bitsOf([...train(config, all)(init(all)(key(1)))])

const later = async <S>(config: PpoConfig, all: AsyncParts<S>) => {
  const told: Array<Told<S>> = []
  for await (const one of trainAsync(config, all)(await initAsync(all)(key(1)))) told.push(one)
  return bitsOf(told)
}

const normalised: PpoConfig = {
  ...small,
  normalise: { ...small.normalise, observation: true, reward: true },
}

describe.each([
  ['on wasm', 'wasm', small],
  ['on js', 'js', small],
  ['on a machine', js.f32, small],
  ['in f64', js.f64, small],
  ['with running statistics', 'wasm', normalised],
  ['with advantages anew in each epoch', 'js', { ...small, recomputeAdvantages: true }],
] as const)('%s, one game learns the same bits in three forms', (_, how, config) => {
  test('of single choices', async () => {
    const pure = now(config, parts<Timed<CartPoleState>>(config, cartPoleTwin, how))
    expect(pure).toHaveLength(5)
    const log = newLog()
    const sync = now(
      config,
      parts(
        config,
        fromGym('cartpole', () => cartPoleGame(log)),
        how,
      ),
    )
    expectSameBits(sync, pure)
    expect([log.made.length, log.steps.length]).toEqual([3, 5 * 3 * 16])
    const promised = await fromGymAsync('cartpole', () => far(cartPoleGame(log)))
    expectSameBits(await later(config, asyncParts(config, promised, how)), pure)
    expect([log.made.length, log.steps.length]).toEqual([6, 2 * 5 * 3 * 16])
  })

  test('of vectors', async () => {
    const pure = now(config, parts<Gust>(config, windTwin, how))
    const sync = now(
      config,
      parts(
        config,
        fromGym('wind', () => windGame()),
        how,
      ),
    )
    expectSameBits(sync, pure)
    const promised = await fromGymAsync('wind', () => far(windGame()))
    expectSameBits(await later(config, asyncParts(config, promised, how)), pure)
  })
})

test('with masks, too', async () => {
  const masked = () => countGame({ actionMask: () => [true, false, true] })
  const sync = now(small, parts(small, fromGym('count', masked)))
  const promised = await fromGymAsync('count', () => far(masked()))
  expectSameBits(await later(small, asyncParts(small, promised)), sync)
})

describe('a run of promises', () => {
  test('is iterateAsync, again and again', async () => {
    const make = async () => asyncParts(small, await fromGymAsync('wind', () => far(windGame())))
    const [one, other] = [await make(), await make()]
    const whole = await later(small, one)
    let state = await initAsync(other)(key(1))
    const told: Array<Told<GymState>> = []
    for (let i = 0; i < 2; i++) {
      const next = await iterateAsync(small, other)(state)
      told.push(next)
      state = next[1]
    }
    expectSameBits(bitsOf(told), whole.slice(0, 2))
  })

  test('goes on from a kept state, in another process as it were, where games can go back', async () => {
    const make = () => fromGymAsync('wind', () => far(windGame()), { replay: true })
    const all = asyncParts(small, await make())
    const whole: Array<Told<GymState>> = []
    for await (const one of trainAsync(small, all)(await initAsync(all)(key(1)))) whole.push(one)
    const anew = asyncParts(small, await make())
    const kept = whole[1]![1]
    const rest: Array<Told<GymState>> = []
    for await (const one of trainAsync(
      small,
      anew,
    )({
      ...kept,
      envState: {
        ...kept.envState,
        slots: structuredClone(kept.envState.slots),
      },
    }))
      rest.push(one)
    expectSameBits(bitsOf(rest), bitsOf(whole.slice(2)))
  })

  test('refuses a config that cannot be, and parts of another', async () => {
    const wind = await fromGymAsync('wind', () => windGame())
    expect(() => asyncParts({ ...small, gamma: 2 }, wind)).toThrow('gamma')
    expect(() => iterateAsync({ ...small, gamma: 0.5 }, asyncParts(small, wind))).toThrow(
      'parts: expected the parts of this config',
    )
  })

  test('reports every update, and ends with the last state', async () => {
    const sync = parts(
      small,
      fromGym('wind', () => windGame()),
    )
    const all = asyncParts(small, await fromGymAsync('wind', () => far(windGame())))
    const told: number[] = []
    const ended = await runAsync(small, all)(await initAsync(all)(key(1)), ({ update }) =>
      told.push(update),
    )
    expect(told).toEqual([1, 2, 3, 4, 5])
    const same = run(small, sync)(init(sync)(key(1)))
    if (E.isLeft(ended) || E.isLeft(same)) throw new Error('expected no fault')
    expectSameBits(ended.right.learner, same.right.learner)
  })
})

describe('a fault', () => {
  /** Counts its steps over all episodes, and does this in the 20th of the second game. */
  const failing = (act: () => unknown) => {
    let made = 0
    return fromGymAsync('count', () => {
      const isSecond = made++ === 1
      const game = far(countGame())
      let steps = 0
      return {
        ...game,
        step: (action) => {
          steps += 1
          return isSecond && steps === 20 ? (act() as never) : game.step(action)
        },
      }
    })
  }

  test.each([
    [
      'a promise that is broken',
      () => Promise.reject(new Error('lost')),
      'step',
      'step[env=1]: expected the environment to return, it threw Error: lost',
    ],
    [
      'a NaN',
      () => Promise.resolve([[NaN, 0], 1, false, false, {}]),
      'observation',
      'observation[env=1, feature=0]: expected a finite number, got NaN',
    ],
    [
      'a wrong shape',
      () => Promise.resolve([[0, 0], 1, false, {}]),
      'step',
      'step[env=1]: step: expected [observation, reward, terminated, truncated, info], got 4 of them: split done into terminated and truncated',
    ],
  ])(
    'is %s, with its address, and what was learned before is whole',
    async (_, act, field, said) => {
      const all = asyncParts(small, await failing(act))
      const told: Array<TrainState<unknown>> = []
      const ended = await runAsync(small, all)(await initAsync(all)(key(1)), (__, state) => {
        told.push(state)
      })
      if (E.isRight(ended)) throw new Error('expected a fault')
      const { cause, ...fault } = ended.left.fault
      expect(fault).toEqual({
        message: `update 2: count: step 3: ${said}`,
        environment: 'count',
        env: 1,
        update: 2,
        step: 3,
        field,
      })
      expect(cause).toBeInstanceOf(RangeError)
      expect(told).toHaveLength(1)
      expect(ended.left.state).toBe(told[0])
      const good = asyncParts(small, await fromGymAsync('count', () => far(countGame())))
      expectSameBits(
        ended.left.state.learner,
        (await iterateAsync(small, good)(await initAsync(good)(key(1))))[1].learner,
      )

      // With environments that begin anew, it goes on.
      const again = { ...ended.left.state, envState: await all.env.init(key(2)) }
      expect((await iterateAsync(small, all)(again))[0].update).toBe(2)
    },
  )

  test('of a synchronous game is one, too', () => {
    let steps = 0
    const count = fromGym('count', () => {
      const game = countGame()
      return {
        ...game,
        step: (action) => {
          steps += 1
          return steps === 60 ? ([[0, 0], 1, false, {}] as never) : game.step(action)
        },
      }
    })
    const all = parts(small, count)
    const ended = run(small, all)(init(all)(key(1)))
    if (E.isRight(ended)) throw new Error('expected a fault')
    const { fault, state } = ended.left
    expect(fault).toMatchObject({ environment: 'count', env: 2, update: 2, step: 3, field: 'step' })
    // The state is whole, its environments too: games are brought back to them.
    expect(iterate(small, all)(state)[0].update).toBe(2)
  })
})

test('evaluation meets the same in all forms', async () => {
  const all = parts<Timed<CartPoleState>>(small, cartPoleTwin)
  const { learner } = init(all)(key(1))
  const options = { key: key(2), episodes: 6, act: 'sample' } as const
  const pure = evaluate(cartPoleTwin, all.policy, learner, options)
  expect(pure).toHaveLength(6)
  const sync = fromGym('cartpole', () => cartPoleGame())
  expect(evaluate(sync, all.policy, learner, options)).toEqual(pure)
  const promised = await fromGymAsync('cartpole', () => far(cartPoleGame()))
  expect(await evaluateAsync(promised, all.policy, learner, options)).toEqual(pure)
})

test('an evaluation that an environment breaks off says in which step', async () => {
  const game = countGame({ step: () => Promise.reject(new Error('lost')) as never })
  const world = await fromGymAsync('count', [game])
  const all = asyncParts(small, world, 'js')
  const { params, normaliser } = init(
    parts(
      small,
      fromGym('count', () => countGame()),
      'js',
    ),
  )(key(1)).learner
  const options = { key: key(2), episodes: 1, act: 'mode' } as const
  const error = await evaluateAsync(world, all.policy, { params, normaliser }, options).catch(
    (reason: unknown) => reason,
  )
  expect(String(error)).toContain('count: step 0: step[env=0]: expected the environment to return')
  expect(faultOf(error)).toMatchObject({ environment: 'count', env: 0, step: 0, field: 'step' })
  await expect(
    evaluateAsync(world, all.policy, { params, normaliser }, { ...options, episodes: NaN }),
  ).rejects.toThrow('episodes: expected a whole number >= 0, got NaN')
})

test('a rollout or update in the memory of a rollout that has not ended is refused', async () => {
  const promised = await fromGymAsync('cartpole', () => far(cartPoleGame(newLog())))
  const all = asyncParts(small, promised)
  const { learner, envState } = await initAsync(all)(key(1))
  const [before, between] = await all.rollout(learner.params, key(2))(envState)
  const samples = estimateTargets(small)(before.trajectory)
  const update = () => all.update(samples, key(4), ratesAt(small, 0, null))(learner)
  const pending = all.rollout(learner.params, key(3))(between)
  const refused = /^parts: expected the previous rollout or update to be finished/
  await expect(all.rollout(learner.params, key(3))(between)).rejects.toThrow(refused)
  expect(update).toThrow(refused)
  const [{ trajectory }] = await pending
  expect(trajectory.reward.shape).toEqual([small.steps, small.envs])
  expect(update()[1].params).not.toEqual(learner.params)
})
