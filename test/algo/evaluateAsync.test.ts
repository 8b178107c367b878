import { describe, expect, test } from 'vitest'
import {
  asyncParts,
  attempt,
  evaluate,
  evaluateAsync,
  evaluation,
  faultOf,
  init,
  initAsync,
  iterateAsync,
  parts,
} from '../../src/algo/ppo/index.ts'
import {
  fromGym,
  fromGymAsync,
  timeLimit,
  type AsyncGym,
  type Discrete,
} from '../../src/env/index.ts'
import { key } from '../../src/random/index.ts'
import { expectSameBits } from '../law/purity.ts'
import { cartPoleGame, cartPoleTwin, far, newLog } from '../support/games.ts'
import { small } from '../support/runs.ts'
import { dice } from '../support/worlds.ts'

const { policy } = parts(small, cartPoleTwin)
const { learner } = init(parts(small, cartPoleTwin))(key(1))
const options = { key: key(2), episodes: 11, act: 'sample' } as const

/** Games that say how many of them are within an episode at the same time. */
const counted = () => {
  const log = newLog()
  const within = new Set<object>()
  let most = 0
  const make = (): AsyncGym<Discrete<2>> => {
    const game = far(cartPoleGame(log))
    const reset: typeof game.reset = (how) => {
      within.add(game)
      most = Math.max(most, within.size)
      return game.reset(how)
    }
    const step: typeof game.step = async (action) => {
      const answer = (await game.step(action)) as readonly [
        unknown,
        unknown,
        boolean,
        boolean,
        unknown,
      ]
      if (answer[2] || answer[3]) within.delete(game)
      return answer as never
    }
    return { ...game, reset, step }
  }
  return { log, make, most: () => most }
}

describe('evaluateAsync', () => {
  test.each([
    ['sample', [undefined, 1, 2, 3, 5, 11, 40]],
    ['mode', [undefined, 1, 4, 40]],
  ] as const)(
    'plays the same episodes by %s, however many at a time',
    async (act, concurrencies) => {
      const pure = evaluate(cartPoleTwin, policy, learner, { ...options, act })
      expect(new Set(pure.map(({ length }) => length)).size).toBeGreaterThan(1)
      for (const concurrency of concurrencies) {
        const pole = await fromGymAsync('cartpole', () => far(cartPoleGame()))
        const given = { ...options, act, ...(concurrency === undefined ? {} : { concurrency }) }
        expectSameBits(await evaluateAsync(pole, policy, learner, given), pure)
      }
    },
  )

  test('plays as many at a time as there are environments in training', async () => {
    const games = counted()
    const pole = await fromGymAsync('cartpole', games.make)
    await evaluateAsync(pole, policy, learner, options)
    expect([games.most(), games.log.made.length]).toEqual([small.envs, small.envs])
  })

  test('plays `concurrency` episodes at a time', async () => {
    const games = counted()
    const pole = await fromGymAsync('cartpole', games.make)
    await evaluateAsync(pole, policy, learner, { ...options, concurrency: 5 })
    expect([games.most(), games.log.made.length]).toEqual([5, 5])
  })

  test.each([1, 2, 4])('makes do with a list of %i games', async (count) => {
    const list = Array.from({ length: count }, () => far(cartPoleGame()))
    const pole = await fromGymAsync('cartpole', list)
    const pure = evaluate(cartPoleTwin, policy, learner, options)
    expectSameBits(await evaluateAsync(pole, policy, learner, options), pure)
    // They are free again.
    expectSameBits(await evaluateAsync(pole, policy, learner, options), pure)
  })

  test('says so where it is to play more than there are games', async () => {
    const pole = await fromGymAsync('cartpole', [far(cartPoleGame()), far(cartPoleGame())])
    await expect(
      evaluateAsync(timeLimit(9)(pole), policy, learner, { ...options, concurrency: 3 }),
    ).rejects.toThrow(
      new RangeError(
        'concurrency: expected a whole number from 1 to 2, the number of games, got 3',
      ),
    )
    await expect(
      evaluateAsync(pole, policy, learner, { ...options, concurrency: 0 }),
    ).rejects.toThrow('concurrency: expected a whole number >= 1, got 0')
  })

  test('needs no more games for episodes that a time limit cuts off', async () => {
    const games = counted()
    const limited = timeLimit(6)(await fromGymAsync('cartpole', games.make))
    const pure = evaluate(timeLimit(6)(cartPoleTwin), policy, learner, options)
    expectSameBits(await evaluateAsync(limited, policy, learner, options), pure)
    expect(games.log.made).toHaveLength(small.envs)
  })

  test('leaves a training run alone that has games of the same backend', async () => {
    const train = async (evaluates: boolean) => {
      const pole = await fromGymAsync('cartpole', () => far(cartPoleGame()))
      const all = asyncParts(small, pole)
      let state = await initAsync(all)(key(1))
      for (let i = 0; i < 2; i++) {
        if (evaluates) await evaluateAsync(pole, all.policy, state.learner, options)
        state = (await iterateAsync(small, all)(state))[1]
      }
      return state.learner
    }
    expectSameBits(await train(true), await train(false))
  })

  test('frees all games when one of them fails, and says which episode it was', async () => {
    const log = newLog()
    let isBroken = true
    const pole = await fromGymAsync(
      'cartpole',
      Array.from({ length: 3 }, (_, i) => {
        const game = far(cartPoleGame(log))
        let steps = 0
        const step: typeof game.step = (action) => {
          steps += 1
          return isBroken && i === 1 && steps === 4
            ? Promise.reject(new Error('lost'))
            : game.step(action)
        }
        return { ...game, step }
      }),
    )
    const error = await evaluateAsync(pole, policy, learner, options).catch(
      (reason: unknown) => reason,
    )
    expect(String(error)).toContain(
      'cartpole: step 3: step[env=1]: expected the environment to return',
    )
    expect(faultOf(error)).toMatchObject({
      environment: 'cartpole',
      env: 1,
      step: 3,
      field: 'step',
    })
    isBroken = false
    const pure = evaluate(cartPoleTwin, policy, learner, options)
    expectSameBits(await evaluateAsync(pole, policy, learner, options), pure)
  })

  test('says where an episode could not begin', async () => {
    const pole = await fromGymAsync('cartpole', () => ({
      ...far(cartPoleGame()),
      reset: () => Promise.reject(new Error('lost')),
    }))
    const error = await evaluateAsync(pole, policy, learner, options).catch(
      (reason: unknown) => reason,
    )
    expect(String(error)).toContain(
      'cartpole: start: init[env=0]: expected the environment to return',
    )
    expect(faultOf(error)).toMatchObject({
      environment: 'cartpole',
      env: 0,
      step: 0,
      field: 'init',
    })
  })
})

describe('evaluate', () => {
  test.each([1, 2, 3, 7, 11, 12])('plays the same episodes %i at a time', (concurrency) => {
    const all = parts(small, dice)
    const trained = init(all)(key(1)).learner
    for (const act of ['mode', 'sample'] as const)
      expectSameBits(
        evaluate(dice, all.policy, trained, { ...options, act, concurrency }),
        evaluate(dice, all.policy, trained, { ...options, act }),
      )
  })

  test('makes one game per concurrent episode', () => {
    const log = newLog()
    const pole = fromGym('cartpole', () => cartPoleGame(log))
    evaluate(pole, policy, learner, { ...options, concurrency: 2 })
    expect(log.made).toHaveLength(2)
  })

  test('releases what it leaves in the middle', () => {
    const released: unknown[] = []
    const world = { ...cartPoleTwin, release: (state: unknown) => released.push(state) }
    const playing = evaluation(world, policy, learner, options)
    playing.next()
    playing.return([])
    expect(released).toHaveLength(options.episodes)
    released.length = 0
    const broken = { ...world, observe: () => [] }
    attempt(() => evaluate(broken, policy, learner, options))(null)
    expect(released).toHaveLength(options.episodes)
  })
})
