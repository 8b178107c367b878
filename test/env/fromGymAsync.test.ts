import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  box,
  fromGymAsync,
  vectorise,
  vectoriseAsync,
  type AsyncEnvironment,
  type AsyncGym,
  type Gym,
  type EnvActions,
} from '../../src/env/index.ts'
import { key } from '../../src/random/index.ts'
import { addressOf } from '../../src/tensor/check.ts'
import { own } from '../../src/tensor/tensor.ts'
import { expectSameBits } from '../law/purity.ts'
import {
  cartPoleTwin,
  countGame,
  cartPoleGame,
  far,
  newLog,
  windGame,
  windTwin,
} from '../support/games.ts'

const pushes = (row: readonly number[]): EnvActions =>
  own(['env', 'action'], [row.length, 1], Float64Array.from(row))
const choicesOf = (row: readonly number[]): EnvActions =>
  own(['env'], [row.length], Int32Array.from(row))

const live = async <S>(env: AsyncEnvironment<S>, seed: number, actions: readonly EnvActions[]) => {
  const worlds = vectoriseAsync(env, actions[0]!.shape[0], 'f64')
  let world = await worlds.init(key(seed))
  const seen: unknown[] = [world.observation]
  for (const action of actions) {
    const [batch, next] = await worlds.step(action)(world)
    seen.push(batch, next.observation)
    world = next
  }
  return { seen, world, worlds }
}

/** What an environment that answers at once does. */
const liveNow = (seed: number, actions: readonly EnvActions[]): readonly unknown[] => {
  const worlds = vectorise(windTwin, actions[0]!.shape[0], 'f64')
  let world = worlds.init(key(seed))
  const seen: unknown[] = [world.observation]
  for (const action of actions) {
    const [batch, next] = worlds.step(action)(world)
    seen.push(batch, next.observation)
    world = next
  }
  return seen
}

const rows = fc.array(
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
  { minLength: 1, maxLength: 20 },
)

const errorOf = async (work: Promise<unknown>) => {
  try {
    await work
  } catch (error) {
    return { message: (error as Error).message, address: addressOf(error), error: error as Error }
  }
  throw new Error('expected an error, got none')
}

test('all games are closed, also where one of them cannot be', async () => {
  const closed: number[] = []
  let made = 0
  const count = await fromGymAsync('count', () => {
    const number = made++
    const close = () => {
      closed.push(number)
      if (number === 0) throw new Error('stuck')
    }
    return countGame({ close })
  })
  await vectoriseAsync(count, 3).init(key(1))
  await expect(count.close()).rejects.toThrow('stuck')
  expect(closed).toEqual([0, 1, 2])
})

describe('a game that returns promises', () => {
  test.prop([rows, fc.nat(), fc.constantFrom('far', 'near', 'made far away', 'a list')])(
    'lives the life of the same environment in pure functions, to the bit',
    async (pushed, seed, kind) => {
      const wind = await fromGymAsync(
        'wind',
        kind === 'far'
          ? () => far(windGame())
          : kind === 'near'
            ? () => windGame()
            : kind === 'a list'
              ? [far(windGame()), windGame(), Promise.resolve(far(windGame()))]
              : () => Promise.resolve(far(windGame())),
      )
      const actions = pushed.map(pushes)
      expectSameBits((await live(wind, seed, actions)).seen, liveNow(seed, actions))
    },
  )

  test('makes as many games as there are environments, and has each begin as often as it ends', async () => {
    const log = newLog()
    const pole = await fromGymAsync('cartpole', () => far(cartPoleGame(log)))
    const actions = Array.from({ length: 60 }, (_, t) =>
      choicesOf([t % 2, 1, t % 3 === 0 ? 1 : 0, 0]),
    )
    const { seen } = await live(pole, 1, actions)
    const ended = seen.flatMap((one) =>
      typeof one === 'object' && one !== null && 'episodes' in one
        ? (one.episodes as readonly unknown[])
        : [],
    )
    expect(ended.length).toBeGreaterThan(8)
    expect(log.made).toHaveLength(4)
    expect(log.resets).toHaveLength(4 + ended.length)
    expect(log.steps).toHaveLength(4 * 60)
  })

  test('steps at the same time as the others of its batch', async () => {
    let [waiting, most] = [0, 0]
    const pole = await fromGymAsync('cartpole', () => {
      const game = cartPoleGame()
      const slow: AsyncGym<typeof game.actionSpace> = {
        ...game,
        step: async (action) => {
          waiting += 1
          most = Math.max(most, waiting)
          await new Promise((resolve) => {
            setTimeout(resolve, 1)
          })
          waiting -= 1
          return game.step(action)
        },
      }
      return slow
    })
    await live(pole, 1, [choicesOf([0, 1, 0]), choicesOf([0, 1, 0])])
    expect(most).toBe(3)
  })

  test('says which choices are open', async () => {
    const masked = await fromGymAsync('masked', () =>
      far(countGame({ actionMask: () => [true, false, true] })),
    )
    const worlds = vectoriseAsync(masked, 1)
    const { buffer } = worlds.actionMask(await worlds.init(key(1)))!
    expect([...(buffer as Uint8Array)]).toEqual([1, 0, 1])
    const open = vectoriseAsync(await fromGymAsync('count', () => countGame()), 1)
    expect(open.actionMask(await open.init(key(1)))).toBeNull()
  })

  test('is closed, and one waits for it', async () => {
    const closed: number[] = []
    const count = await fromGymAsync('count', () =>
      countGame({
        close: async () => {
          await Promise.resolve()
          closed.push(1)
        },
      }),
    )
    await vectoriseAsync(count, 3).init(key(1))
    await count.close()
    expect(closed).toEqual([1, 1, 1])
  })
})

describe('a state of earlier', () => {
  const OLD =
    'state: expected the newest state of its game, which has no snapshots to return to, got an earlier one: continue from the newest state, or start again'

  const branch = async <S>(env: AsyncEnvironment<S>) => {
    const worlds = vectoriseAsync(env, 2, 'f64')
    const first = await worlds.init(key(8))
    const [, second] = await worlds.step(pushes([0.1, 0.2]))(first)
    const one = await worlds.step(pushes([0.3, 0.4]))(second)
    return { one, again: worlds.step(pushes([0.3, 0.4]))(second) }
  }

  test('is refused, and so is a copy', async () => {
    const wind = await fromGymAsync('wind', () => far(windGame()))
    const { message, address } = await errorOf((await branch(wind)).again)
    expect(message).toBe(`step[env=0]: ${OLD}`)
    expect(address).toEqual({ env: 0, field: 'state' })
    const copy = structuredClone(await wind.init(key(1)))
    expect((await errorOf(wind.step([0], key(0))(copy))).message).toBe(OLD)
  })

  test('while the newest state continues after a refusal', async () => {
    const wind = await fromGymAsync('wind', () => far(windGame()))
    const first = await wind.init(key(8))
    const [, second] = await wind.step([0.1], key(0))(first)
    await errorOf(wind.step([0.1], key(0))(first))
    const [, twin] = windTwin.step([0.1], key(0))(windTwin.init(key(8)))
    expectSameBits(
      (await wind.step([0.5], key(0))(second))[0],
      windTwin.step([0.5], key(0))(twin)[0],
    )
  })

  test.each([
    ['snapshots', true, {}],
    ['the same actions, where that is asked for', false, { replay: true }],
  ] as const)('is gone back to by %s', async (_, snapshots, options) => {
    const wind = await fromGymAsync('wind', () => far(windGame(newLog(), snapshots)), options)
    const { one, again } = await branch(wind)
    expectSameBits((await again)[0], one[0])
    const state = await wind.init(key(8))
    const here = await wind.step([0.5], key(0))(structuredClone(state))
    expectSameBits(await wind.step([0.5], key(0))(state), here)
  })
})

describe('an endless game', () => {
  const endless = () => far(countGame({ step: () => [[0, 0], 1, false, false, {}] }))

  test('keeps its past, and no more of it than it may, only where actions are done once more', async () => {
    const steps = async (replay: boolean) => {
      const count = await fromGymAsync('count', endless, { replay, replayLimit: 5 })
      let state = await count.init(key(1))
      for (let t = 0; t < 6; t++) [, state] = await count.step(0, key(0))(state)
      return state.past
    }
    expect(await steps(false)).toBeNull()
    expect((await errorOf(steps(true))).message).toContain('an episode of at most 5 steps')
  })
})

describe('games of a list', () => {
  test('are asked for one for each environment', async () => {
    const wind = await fromGymAsync('wind', [far(windGame()), far(windGame())])
    const { message, address } = await errorOf(vectoriseAsync(wind, 3).init(key(1)))
    expect(message).toBe(
      'wind: start: init[env=2]: games: expected one for each environment, got 2, all of which are in use',
    )
    expect(address).toMatchObject({ environment: 'wind', env: 2, field: 'games' })
  })

  test('begin anew when their environments do', async () => {
    const wind = await fromGymAsync('wind', [far(windGame()), far(windGame())])
    const actions = [pushes([0.1, 0.2]), pushes([0.1, 0.2])]
    await live(wind, 1, actions)
    expectSameBits((await live(wind, 2, actions)).seen, liveNow(2, actions))
  })
})

describe('what goes wrong is an error with an address', () => {
  const failing = (answer: () => unknown) => {
    let made = 0
    return fromGymAsync('count', () => {
      const isSecond = made++ === 1
      return countGame(isSecond ? { step: answer as Gym['step'] } : {})
    })
  }
  const stepped = async (answer: () => unknown) => {
    const worlds = vectoriseAsync(await failing(answer), 3)
    return errorOf(worlds.step(choicesOf([0, 1, 2]))(await worlds.init(key(1))))
  }

  test('a promise that is broken', async () => {
    const { message, address, error } = await stepped(() => Promise.reject(new TypeError('lost')))
    expect(message).toBe(
      'step[env=1]: expected the environment to return, it threw TypeError: lost',
    )
    expect(address).toEqual({ env: 1, field: 'step' })
    expect(error.cause).toBeInstanceOf(TypeError)
  })

  test.each([
    [[[1, 0], 1, false, {}], 'step', /^step\[env=1\]: step: expected .*, got 4 of them/],
    [
      [[1, 0], NaN, false, false, {}],
      'reward',
      /^reward\[env=1\]: expected a finite number, got NaN$/,
    ],
    [
      [[NaN, 0], 1, false, false, {}],
      'observation',
      /^observation\[env=1, feature=0\]: expected a finite number, got NaN$/,
    ],
  ])('an answer %j', async (answer, field, said) => {
    for (const given of [() => answer, () => Promise.resolve(answer)]) {
      const { message, address } = await stepped(given)
      expect(message).toMatch(said)
      expect(address).toMatchObject({ env: 1, field })
    }
  })

  test('and nothing is left running when it is reported', async () => {
    let running = 0
    let made = 0
    const count = await fromGymAsync('count', () => {
      const isFirst = made++ === 0
      const slow: AsyncGym<ReturnType<typeof countGame>['actionSpace']> = {
        ...countGame(),
        step: async () => {
          if (isFirst) throw new Error('lost')
          running += 1
          await new Promise((resolve) => {
            setTimeout(resolve, 5)
          })
          running -= 1
          return [[1, 0], 1, false, false, {}]
        },
      }
      return slow
    })
    const worlds = vectoriseAsync(count, 3)
    await errorOf(worlds.step(choicesOf([0, 0, 0]))(await worlds.init(key(1))))
    expect(running).toBe(0)
  })

  test('an invalid action', async () => {
    const worlds = vectoriseAsync(await fromGymAsync('count', () => countGame()), 1)
    const world = await worlds.init(key(1))
    const { message } = await errorOf(worlds.step(choicesOf([3]))(world))
    expect(message).toBe('action[env=0]: expected a whole number from 0 to 2, got 3')
    expect(() => worlds.step(choicesOf([0, 0]))).toThrow('action: expected [env=1], got [env=2]')
  })

  test('an invalid game, also as a promise', async () => {
    const none = fromGymAsync('count', () =>
      Promise.resolve(countGame({ observationSpace: box(2, [0, 0], [9, 9]), reset: 3 as never })),
    )
    expect((await errorOf(none)).message).toBe('count: reset: expected a function, got 3')
    const lost = fromGymAsync('count', () => Promise.reject<Gym>(new Error('no browser')))
    const { message, address } = await errorOf(lost)
    expect(message).toBe('count: make: expected a game, it threw Error: no browser')
    expect(address).toEqual({ environment: 'count', field: 'make' })
  })

  test('a reset that is broken', async () => {
    const worlds = vectoriseAsync(
      await fromGymAsync('count', () =>
        countGame({ reset: (() => Promise.reject(new Error('lost'))) as never }),
      ),
      1,
    )
    const { message, address } = await errorOf(worlds.init(key(1)))
    expect(message).toBe(
      'count: start: init[env=0]: expected the environment to return, it threw Error: lost',
    )
    expect(address).toEqual({ environment: 'count', step: 0, env: 0, field: 'init' })
  })
})

test('an environment of pure functions is none the worse for promising', async () => {
  const promised: AsyncEnvironment<unknown> = {
    ...(cartPoleTwin as object as AsyncEnvironment<unknown>),
    init: (k) => Promise.resolve(cartPoleTwin.init(k)),
    step: (action, k) => (state) =>
      Promise.resolve(cartPoleTwin.step(action as 0 | 1, k)(state as never)),
  }
  const pole = await fromGymAsync('cartpole', () => far(cartPoleGame()))
  const actions = Array.from({ length: 40 }, (_, t) => choicesOf([t % 2, 0]))
  expectSameBits((await live(pole, 3, actions)).seen, (await live(promised, 3, actions)).seen)
})
