import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { seedOf } from '../../src/env/gym/game.ts'
import { actionsOf, append, type Past } from '../../src/env/gym/past.ts'
import {
  box,
  discrete,
  fromGym,
  multiDiscrete,
  product,
  timeLimit,
  vectorise,
  type Environment,
  type Gym,
  type Space,
  type VecEnvState,
  type EnvActions,
} from '../../src/env/index.ts'
import { foldIn, key, split } from '../../src/random/index.ts'
import { addressOf } from '../../src/tensor/check.ts'
import { own, toArray } from '../../src/tensor/tensor.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import {
  cartPoleGame,
  cartPoleTwin,
  countGame,
  lcg,
  newLog,
  windGame,
  windTwin,
} from '../support/games.ts'

const pushes = (rows: ReadonlyArray<readonly number[]>): readonly EnvActions[] =>
  rows.map((row) => own(['env', 'action'], [row.length, 1], Float64Array.from(row)))

const choicesOf = (rows: ReadonlyArray<readonly number[]>): readonly EnvActions[] =>
  rows.map((row) => own(['env'], [row.length], Int32Array.from(row)))

/** All that is seen of environments that do these actions, and the last of them. */
const live = <S, A extends Space>(
  env: Environment<S, A>,
  seed: number,
  actions: readonly EnvActions[],
) => {
  const worlds = vectorise<S>(env, actions[0]!.shape[0], 'f64')
  let world: VecEnvState<S> = worlds.init(key(seed))
  const seen: unknown[] = [world.observation]
  for (const action of actions) {
    const [batch, next] = worlds.step(action)(world)
    seen.push(batch, next.observation)
    world = next
  }
  return { seen, world, worlds }
}

const rowsOf = (row: fc.Arbitrary<number>) =>
  fc.array(fc.array(row, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 40 })
const pushRows = rowsOf(fc.double({ min: -1, max: 1, noNaN: true }))
const choiceRows = rowsOf(fc.integer({ min: 0, max: 1 }))

/** A key and actions long enough that a pole falls or a wind dies down. */
const alternating = (steps: number, worlds: number) =>
  Array.from({ length: steps }, (_, t) =>
    Array.from({ length: worlds }, (__, i) => (t % (i + 2) === 0 ? 1 : 0)),
  )

describe('a game from outside', () => {
  test.prop([choiceRows, fc.nat()])(
    'lives the life of the same environment in pure functions, to the bit: a cart pole',
    (rows, seed) => {
      const actions = choicesOf(rows)
      const game = live(
        fromGym('cartpole', () => cartPoleGame()),
        seed,
        actions,
      )
      expectSameBits(game.seen, live(cartPoleTwin, seed, actions).seen)
    },
  )

  test.prop([pushRows, fc.nat(), fc.boolean()])(
    'and one that draws in its steps, and writes into its actions',
    (rows, seed, snapshots) => {
      const actions = pushes(rows)
      const wind = fromGym('wind', () => windGame(newLog(), snapshots))
      expectSameBits(live(wind, seed, actions).seen, live(windTwin, seed, actions).seen)
    },
  )

  test.prop([pushRows, fc.nat(), fc.boolean(), fc.boolean()])(
    'continues from any state, in any order, with the same outcome',
    (rows, seed, snapshots, isAlone) => {
      const log = newLog()
      const make = () => windGame(log, snapshots)
      const wind = fromGym('wind', isAlone ? make() : make)
      let state = wind.init(key(seed))
      const moments = rows.map(([push = 0]) => {
        const before = state
        const [outcome, after] = wind.step([push], key(0))(before)
        state = after
        return { push, before, outcome, after }
      })
      const order = [...moments.keys()].toSorted((a, b) => (lcg(a) % 7) - (lcg(b) % 7))
      for (const i of order) {
        const { push, before, outcome, after } = moments[i]!
        expectSameBits(
          expectPure((from: typeof before) => wind.step([push], key(0))(from), before),
          [outcome, after],
        )
        expectSameBits(wind.step([push], key(0))(structuredClone(before)), [outcome, after])
        expectSameBits(wind.observe(after), after.observation)
      }
    },
  )

  test('is a function of its key', () => {
    const wind = fromGym('wind', () => windGame())
    expectPure(wind.init, key(3))
    expect(wind.init(key(3)).seed).toBe(seedOf(key(3)))
    expect(wind.init(key(4)).seed).not.toBe(wind.init(key(3)).seed)
  })

  test('gets whole seeds from 0 to 2³² − 1, in all their breadth', () => {
    const seeds = Array.from({ length: 256 }, (_, i) => seedOf(foldIn(key(1), i)))
    for (const seed of seeds) expect(Number.isInteger(seed) && seed >= 0).toBe(true)
    // 256 of them all above or all below a quarter: less than 1e-31.
    expect(Math.max(...seeds)).toBeGreaterThan(0.75 * 0x1_0000_0000)
    expect(Math.max(...seeds)).toBeLessThan(0x1_0000_0000)
    expect(Math.min(...seeds)).toBeLessThan(0.25 * 0x1_0000_0000)
  })

  test('keeps what it was shown, though the game uses its buffer again', () => {
    const pole = fromGym('cartpole', cartPoleGame())
    const first = pole.init(key(1))
    const shown = [...pole.observe(first)]
    const [, second] = pole.step(1, key(0))(first)
    expect(pole.observe(first)).toEqual(shown)
    expect(pole.observe(second)).not.toEqual(shown)
  })

  test('says which choices are open, in the state that is asked about', () => {
    const masked = () => {
      let count = 0
      const game = countGame()
      return {
        ...game,
        reset: (options: { seed: number }) => {
          count = 0
          return game.reset(options)
        },
        step: (action: 0 | 1 | 2) => {
          count += 1
          return game.step(action)
        },
        actionMask: () => [true, count % 2, false],
      }
    }
    const world = fromGym('masked', masked)
    const first = world.init(key(1))
    const [, second] = world.step(0, key(0))(first)
    const open = [first, second, first].map((state) => world.actionMask?.(state))
    expect(open).toEqual([
      [true, false, false],
      [true, true, false],
      [true, false, false],
    ])
    expect(fromGym('count', () => countGame()).actionMask).toBeUndefined()
    const worlds = vectorise(world, 1)
    const [, after] = worlds.step(choicesOf([[0]])[0]!)(worlds.init(key(1)))
    expect(toArray(worlds.actionMask(after)!)).toEqual([1, 1, 0])
  })

  test('is called as a method, so that it may be an object of a class', () => {
    const game = {
      observationSpace: box(1, [0], [9]),
      actionSpace: discrete(2),
      count: 0,
      reset() {
        this.count = 0
        return [this.count]
      },
      step(action: 0 | 1) {
        this.count += action
        return { observation: [this.count], reward: 0, terminated: false, truncated: false }
      },
    }
    const world = fromGym('class', game)
    expect(world.step(1, key(0))(world.init(key(1)))[1].observation).toEqual([1])
  })

  test('supports whole products of actions', () => {
    const told: unknown[] = []
    const world = fromGym('both', () => ({
      observationSpace: box(1, [0], [9]),
      actionSpace: product({ stick: box(2, [-1, -1], [1, 1]), fire: multiDiscrete([2, 3]) }),
      reset: () => [0],
      step: (action) => {
        told.push(action)
        return [[0], 0, false, false, {}]
      },
    }))
    const action = { stick: [0.5, -1], fire: [1, 2] as const }
    world.step(action, key(0))(world.init(key(1)))
    expect(told).toEqual([action])
    expect(told[0]).not.toBe(action)
  })
})

/** A key of a wind that lasts for five steps and more. */
const calm = Array.from({ length: 99 }, (_, i) => key(i)).find((k) => {
  let state = windTwin.init(k)
  return [1, 2, 3, 4, 5].every(() => {
    const [{ terminated, truncated }, next] = windTwin.step([0], k)(state)
    state = next
    return !terminated && !truncated
  })
})!

describe('games and environments', () => {
  test('are as many as each other, and nothing is done twice', () => {
    const log = newLog()
    const steps = 100
    const { world, worlds } = live(
      fromGym('cartpole', () => cartPoleGame(log)),
      1,
      choicesOf(alternating(steps, 8)),
    )
    const episodes = live(cartPoleTwin, 1, choicesOf(alternating(steps, 8))).seen.flatMap((one) =>
      typeof one === 'object' && one !== null && 'episodes' in one
        ? (one.episodes as readonly unknown[])
        : [],
    )
    expect(episodes.length).toBeGreaterThan(16)
    expect(log.made).toHaveLength(8)
    expect(log.steps).toHaveLength(8 * steps)
    expect(log.resets).toHaveLength(8 + episodes.length)
    // And so from the last environment on, also in a copy of it.
    const [, next] = worlds.step(choicesOf([[0, 1, 0, 1, 0, 1, 0, 1]])[0]!)(structuredClone(world))
    expect(next.slots).toHaveLength(8)
    expect(log.steps).toHaveLength(8 * steps + 8)
  })

  test('a time limit around the environment leaves no games behind', () => {
    const log = newLog()
    const limited = timeLimit(5)(fromGym('cartpole', () => cartPoleGame(log)))
    live(limited, 1, choicesOf(alternating(300, 4)))
    expect(log.steps).toHaveLength(4 * 300)
    expect(log.resets).toHaveLength(4 + 4 * 60)
    expect(log.made).toHaveLength(4)
  })

  test('more environments than are made room for at first find it', () => {
    const log = newLog()
    const wind = fromGym('wind', () => windGame(log))
    const n = 70
    const actions = pushes(Array.from({ length: 30 }, () => Array<number>(n).fill(0.1)))
    live(wind, 1, actions)
    expect(log.made.length).toBeLessThanOrEqual(n)
    expect(log.steps.length).toBeLessThan(30 * n + 10 * n)
  })

  test('a state that its game has left is brought back by the same actions: one reset, and they', () => {
    const log = newLog()
    const wind = fromGym('wind', () => windGame(log))
    let state = wind.init(calm)
    for (let t = 0; t < 3; t++) [, state] = wind.step([0.1], key(0))(state)
    const third = state
    ;[, state] = wind.step([0.2], key(0))(third)
    expect([log.resets, log.steps]).toEqual([[0], [0, 0, 0, 0]])
    wind.step([0.3], key(0))(third)
    expect([log.resets, log.steps]).toEqual([
      [0, 1],
      [0, 0, 0, 0, 1, 1, 1, 1],
    ])
    // The first game is still where it was.
    wind.step([0.4], key(0))(state)
    expect(log.steps).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0])
  })

  test('or by its snapshot, at once', () => {
    const log = newLog()
    const wind = fromGym('wind', () => windGame(log, true))
    let state = wind.init(calm)
    for (let t = 0; t < 3; t++) [, state] = wind.step([0.1], key(0))(state)
    wind.step([0.2], key(0))(state)
    wind.step([0.3], key(0))(state)
    expect([log.resets, log.steps]).toEqual([[0], [0, 0, 0, 0, 1]])
    expect(state.past).toBeNull()
  })

  test('many branches of one state do with few games', () => {
    const log = newLog()
    const wind = fromGym('wind', () => windGame(log))
    const state = wind.init(key(1))
    for (let i = 0; i < 300; i++) wind.step([i / 300], key(0))(state)
    expect(log.made.length).toBeLessThanOrEqual(64)
  })

  test('take turns where there is one game, and meet the same', () => {
    const actions = choicesOf(alternating(20, 3))
    const one = live(fromGym('cartpole', cartPoleGame()), 1, actions)
    expectSameBits(one.seen, live(cartPoleTwin, 1, actions).seen)
  })

  test('close together, and are made anew when they are needed again', () => {
    const closed: number[] = []
    let made = 0
    const count = fromGym('count', () => {
      const number = made++
      return countGame({ close: () => void closed.push(number) })
    })
    const [a, b] = split(key(1), 2)
    const state = count.init(a)
    count.init(b)
    count.close()
    expect(closed).toEqual([0, 1])
    expect(count.step(1, a)(state)[1].observation).toEqual([1, 0])
    expect(made).toBe(3)
    const one = fromGym('count', countGame())
    one.close()
    expect(() => one.init(a)).toThrow('games: expected one for each environment, got 0')
  })
})

describe('the past of a state', () => {
  test.prop([fc.array(fc.array(fc.integer(), { maxLength: 2 }), { maxLength: 70 })])(
    'holds all actions, in order, in few pieces',
    (actions) => {
      let past: Past | null = null
      for (const action of actions) past = append(past, action)
      expect(actionsOf(past)).toEqual(actions)
      let pieces = 0
      for (let piece: Past | null = past; piece !== null; piece = piece.before) pieces += 1
      expect(pieces).toBeLessThanOrEqual(7)
    },
  )

  test('is copied with its state, however long', () => {
    const wind = fromGym('pension', () => ({
      observationSpace: box(1, [0], [Infinity]),
      actionSpace: discrete(2),
      reset: () => [0],
      step: () => [[0], 0, false, false, {}],
    }))
    let state = wind.init(key(1))
    for (let t = 0; t < 20_000; t++) [, state] = wind.step(1, key(0))(state)
    expect(actionsOf(structuredClone(state).past)).toHaveLength(20_000)
  })
})

describe('an endless game', () => {
  const endless = (change: Partial<Gym<ReturnType<typeof discrete<2>>>> = {}) => ({
    observationSpace: box(1, [0], [Infinity]),
    actionSpace: discrete(2),
    reset: () => [0],
    step: () => [[0], 0, false, false, {}] as const,
    ...change,
  })
  const lastOf = <S>(env: Environment<S>, steps: number): S => {
    const worlds = vectorise(env, 2)
    let world = worlds.init(key(1))
    const action = choicesOf([[0, 1]])[0]!
    for (let t = 0; t < steps; t++) [, world] = worlds.step(action)(world)
    return world.slots[1]!.state
  }
  const PAST =
    'past: expected an episode of at most 5 steps, because states keep all its actions to repeat them, got a longer one: end it earlier (env.timeLimit), give the game snapshot and restore, or raise replayLimit'

  test('whose states keep their past ends with an error that says what to do', () => {
    const env = fromGym('pension', () => endless(), { replayLimit: 5 })
    expect(actionsOf(lastOf(env, 5).past)).toHaveLength(5)
    try {
      lastOf(env, 6)
      expect.unreachable()
    } catch (error) {
      expect((error as Error).message).toBe(`step[env=0]: ${PAST}`)
      expect(addressOf(error)).toEqual({ env: 0, field: 'past' })
    }
  })

  test('goes on where it is cut off, or makes snapshots', () => {
    const limited = timeLimit(5)(fromGym('pension', () => endless(), { replayLimit: 5 }))
    expect(actionsOf(lastOf(limited, 99).state.past)).toHaveLength(99 % 5)
    const snapshots = { snapshot: () => 0, restore: () => undefined }
    const env = fromGym('pension', () => endless(snapshots), { replayLimit: 5 })
    expect(structuredClone(lastOf(env, 99))).toEqual(lastOf(env, 3))
  })

  test('may last for 100,000 steps by default', () => {
    const long = (steps: number): Past => {
      let past: Past | null = null
      for (let t = 0; t < steps; t++) past = append(past, 1)
      return past!
    }
    const env = fromGym('pension', endless())
    const state = env.init(key(1))
    expect(() => env.step(1, key(0))({ ...state, past: long(100_000) })).toThrow(
      'expected an episode of at most 100000 steps',
    )
    const [, next] = env.step(1, key(0))({ ...state, past: long(99_999) })
    expect(actionsOf(next.past)).toHaveLength(100_000)
  })

  test.each([0, 1.5, NaN])('of %d steps is not a limit', (replayLimit) => {
    expect(() => fromGym('pension', endless(), { replayLimit })).toThrow(
      `replayLimit: expected a whole number >= 1, got ${replayLimit}`,
    )
  })
})

/** What is thrown in the second of two environments, in its third step. */
const thrownBy = (change: (age: () => number) => Record<string, unknown>) => {
  let made = 0
  const make = () => {
    let age = 0
    const isSecond = made++ === 1
    const game = countGame()
    return {
      ...game,
      ...change(() => (isSecond ? age : 0)),
      reset: (options: { seed: number }) => {
        age = 0
        return game.reset(options)
      },
      step: (action: 0 | 1 | 2) => {
        age += 1
        const answer = game.step(action)
        const changed = change(() => age)['step'] as ((a: number) => unknown) | undefined
        return (isSecond && age === 3 && changed !== undefined ? changed(action) : answer) as never
      },
    } as Gym<ReturnType<typeof discrete<3>>>
  }
  const actions = choicesOf([
    [0, 1],
    [1, 2],
    [2, 0],
  ])
  try {
    live(fromGym('count', make), 1, actions)
  } catch (error) {
    return { message: (error as Error).message, address: addressOf(error), error: error as Error }
  }
  throw new Error('expected an error, got none')
}

const answering = (answer: unknown) =>
  thrownBy(() => ({ step: typeof answer === 'function' ? answer : () => answer }))

describe('a bad answer of a step is an error with an address', () => {
  const FIVE = '[observation, reward, terminated, truncated, info]'
  test.each([
    [
      'of old Gym',
      [[3, 0], 1, false, {}],
      'step',
      `step[env=1]: step: expected ${FIVE}, got 4 of them: split done into terminated and truncated`,
    ],
    ['too short', [[3, 0]], 'step', `step[env=1]: step: expected ${FIVE}, got a list of 1`],
    [
      'nothing',
      undefined,
      'step',
      `step[env=1]: step: expected ${FIVE} or an object of these, got undefined`,
    ],
    [
      'by old names',
      { observation: [3, 0], reward: 1, done: true },
      'step',
      'step[env=1]: step: expected an object with terminated, got an object of observation, reward, done',
    ],
    [
      'a promise',
      Promise.resolve(),
      'step',
      'step[env=1]: step: expected an answer, got a Promise: make the environment of this game with fromGymAsync',
    ],
    [
      'a promise that is broken',
      () => Promise.reject(new Error('lost')),
      'step',
      'step[env=1]: step: expected an answer, got a Promise: make the environment of this game with fromGymAsync',
    ],
    [
      'no list',
      [{ a: 1 }, 1, false, false, {}],
      'observation',
      'step[env=1]: observation: expected an array of numbers, got an object of a',
    ],
    [
      'a view of bytes',
      [new DataView(new ArrayBuffer(16)), 1, false, false, {}],
      'observation',
      'step[env=1]: observation: expected an array of numbers, got an object of nothing',
    ],
    [
      'text',
      [['3', 0], 1, false, false, {}],
      'observation',
      'step[env=1]: observation[feature=0]: expected a number, got "3"',
    ],
    [
      'nested',
      [[3, [0]], 1, false, false, {}],
      'observation',
      'step[env=1]: observation[feature=1]: expected a number, got a list of 1: flatten nested observations',
    ],
    [
      'too long',
      [[3, 0, 0], 1, false, false, {}],
      'observation',
      "observation[env=1]: expected 2 numbers as in count's observationSpace, got an array of 3",
    ],
    [
      'not a number',
      [[3, NaN], 1, false, false, {}],
      'observation',
      'observation[env=1, feature=1]: expected a finite number, got NaN',
    ],
    [
      'out of its space',
      [[3, 10], 1, false, false, {}],
      'observation',
      "observation[env=1, feature=1]: expected a number from 0 to 9, as in the environment's observationSpace, got 10",
    ],
    [
      'without a reward',
      [[3, 0], NaN, false, false, {}],
      'reward',
      'reward[env=1]: expected a finite number, got NaN',
    ],
    [
      'with an invalid end',
      [[3, 0], 1, 0, false, {}],
      'terminated',
      'terminated[env=1]: expected true or false, got 0',
    ],
    [
      'with another invalid one',
      { observation: [3, 0], reward: 1, terminated: false, truncated: undefined },
      'truncated',
      'truncated[env=1]: expected true or false, got undefined',
    ],
  ])('%s', (_, answer, field, said) => {
    const { message, address } = answering(answer)
    expect(message).toBe(said)
    expect(address).toMatchObject({ env: 1, field })
  })

  test('and an error that it throws, with the cause', () => {
    const { message, error } = thrownBy(() => ({
      step: () => {
        throw new TypeError('boom')
      },
    }))
    expect(message).toBe(
      'step[env=1]: expected the environment to return, it threw TypeError: boom',
    )
    expect(error.cause).toBeInstanceOf(TypeError)
  })

  test.each([
    [7, 'actionMask: expected a list of true and false, got 7'],
    [[true, 2, false], 'actionMask[choice=1]: expected true or false, got 2'],
    [
      Promise.resolve(),
      'actionMask: expected an answer, got a Promise: make the environment of this game with fromGymAsync',
    ],
  ])('an invalid mask: %j', (mask, said) => {
    const good = [true, true, true]
    const { message, address } = thrownBy((age) => ({
      actionMask: () => (age() === 3 ? mask : good),
    }))
    expect(message).toBe(`step[env=1]: ${said}`)
    expect(address).toMatchObject({ env: 1, field: 'actionMask' })
  })

  test('a game that threw goes on with its next episode, and the others where they are', () => {
    const log = newLog()
    let bad = false
    const wind = fromGym('wind', () => {
      const game = windGame(log)
      return {
        ...game,
        step: (action) => {
          const answer = game.step(action)
          return bad ? ([] as never) : answer
        },
      }
    })
    const state = wind.init(calm)
    bad = true
    expect(() => wind.step([0.5], key(0))(state)).toThrow('step: expected')
    bad = false
    expectSameBits(
      wind.step([0.5], key(0))(state)[0],
      windTwin.step([0.5], key(0))(windTwin.init(calm))[0],
    )
    expect(log.made).toHaveLength(1)
  })
})

describe('a bad answer of a reset', () => {
  test.each([
    [
      undefined,
      'reset',
      'reset: expected an observation, [observation, info] or { observation }, got undefined',
    ],
    [
      { obs: [0, 0] },
      'reset',
      'reset: expected an observation, [observation, info] or { observation }, got an object of obs',
    ],
    [
      Promise.resolve([0, 0]),
      'reset',
      'reset: expected an answer, got a Promise: make the environment of this game with fromGymAsync',
    ],
    [
      [
        [0, 0],
        [0, 0],
      ],
      'observation',
      'observation[feature=0]: expected a number, got a list of 2: flatten nested observations',
    ],
  ])('%j', (answer, field, said) => {
    const world = fromGym('count', () => countGame({ reset: () => answer as never }))
    try {
      vectorise(world, 1).init(key(1))
      expect.unreachable()
    } catch (error) {
      expect((error as Error).message).toBe(`count: start: init[env=0]: ${said}`)
      expect(addressOf(error)).toMatchObject({ environment: 'count', env: 0, field })
    }
  })

  test.each([
    [[1, 2]],
    [[[1, 2], {}]],
    [[Float32Array.of(1, 2), undefined]],
    [{ observation: [1, 2] }],
  ])('unlike a good one: %j', (answer) => {
    const world = fromGym('count', countGame({ reset: () => answer as never }))
    expect(world.init(key(1)).observation).toEqual([1, 2])
  })
})

describe('an invalid game', () => {
  const make = (change: Record<string, unknown>) => () =>
    fromGym('count', countGame(change as Partial<Gym<ReturnType<typeof discrete<3>>>>))
  const SPACES = 'a space of env.box, discrete, multiDiscrete, multiBinary, product or tuple'
  const KINDS = 'discrete, box, multiDiscrete, multiBinary, product, tuple'

  test.each([
    [{ reset: undefined }, 'reset', 'reset: expected a function, got undefined'],
    [{ step: 3 }, 'step', 'step: expected a function, got 3'],
    [
      { actionMask: [1] },
      'actionMask',
      'actionMask: expected a function or nothing, got a list of 1',
    ],
    [
      { snapshot: () => 1 },
      'restore',
      'restore: expected snapshot and restore, or neither of them, got one of the two',
    ],
    [{ actionSpace: undefined }, 'actionSpace', `actionSpace: expected ${SPACES}, got undefined`],
    [
      { actionSpace: { kind: 'graph' } },
      'actionSpace',
      `actionSpace: kind: expected one of ${KINDS}, got "graph"`,
    ],
    [
      { actionSpace: { kind: 'Discrete', n: 2 } },
      'actionSpace',
      `actionSpace: kind: expected one of ${KINDS}, got "Discrete": did you mean discrete?`,
    ],
    [
      { actionSpace: { kind: 'discrete', n: 2, strat: 1 } },
      'actionSpace',
      'actionSpace: expected kind, n, start of a space of kind discrete, got "strat": did you mean start?',
    ],
    [
      { observationSpace: { kind: 'box', size: 2, low: 0, high: 9, shape: [2] } },
      'observationSpace',
      'observationSpace: expected kind, size, low, high of a space of kind box, got "shape"',
    ],
    [
      { actionSpace: { kind: 'multiDiscrete', nvec: [2, 2] } },
      'actionSpace',
      'actionSpace: expected kind, sizes, start of a space of kind multiDiscrete, got "nvec"',
    ],
    [
      { observationSpace: { kind: 'tuple', spaces: [{ kind: 'box', size: 1, hihg: 1 }] } },
      '0',
      'observationSpace: 0: expected kind, size, low, high of a space of kind box, got "hihg": did you mean high?',
    ],
    [
      { observationSpace: { kind: 'box', size: 2, low: 0 } },
      'observationSpace',
      'observationSpace: high: expected an array of numbers, got undefined',
    ],
    [
      { actionSpace: { kind: 'discrete', n: 0 } },
      'actionSpace',
      'actionSpace: n: expected a whole number >= 1, got 0',
    ],
    [
      { actionSpace: { kind: 'product', spaces: { a: 1 } } },
      'a',
      `actionSpace: a: expected ${SPACES}, got 1`,
    ],
  ])('%j', (change, field, said) => {
    expect(make(change)).toThrow(new RangeError(`count: ${said}`))
    try {
      make(change)()
    } catch (error) {
      expect(addressOf(error)).toEqual({ environment: 'count', field })
    }
  })

  test('has bounds in plain numbers, whatever they were written in', () => {
    const { observationSpace } = fromGym(
      'count',
      countGame({
        observationSpace: {
          kind: 'box',
          size: 2,
          low: Float32Array.of(0, 0) as never,
          high: Float32Array.of(9, 9) as never,
        },
      }),
    )
    expect(observationSpace).toEqual(box(2, [0, 0], [9, 9]))
  })

  test.each([
    [null, 'make: expected a game, got null'],
    [[], 'games: expected at least one, got none'],
    [() => 7, 'make: expected a game, got 7'],
    [
      Promise.resolve(countGame()),
      'make: expected an answer, got a Promise: make the environment of this game with fromGymAsync',
    ],
    [
      () => Promise.reject(new Error('far')),
      'make: expected an answer, got a Promise: make the environment of this game with fromGymAsync',
    ],
    [
      () => {
        throw new TypeError('boom')
      },
      'make: expected a game, it threw TypeError: boom',
    ],
  ])('%s', (games, said) => {
    expect(() => fromGym('count', games as never)).toThrow(new RangeError(`count: ${said}`))
  })

  test('or another than the first', () => {
    expect(() => fromGym('count', [countGame(), countGame({ actionMask: () => [] })])).toThrow(
      'count: make: expected games that have the same spaces and methods, got another',
    )
    let made = 0
    const world = fromGym('count', () =>
      countGame(made++ === 0 ? {} : { observationSpace: box(2, [0, 0], [9, 8]) }),
    )
    world.init(key(1))
    expect(() => world.init(key(1))).toThrow(
      'make: expected games that have the same spaces and methods, got another',
    )
  })
})

describe('a game that is not decided by its seed and its actions', () => {
  test('is found out when the same is done once more', () => {
    let draw = 1
    const world = fromGym('drift', () =>
      countGame({
        step: () => {
          draw = lcg(draw)
          return [[(draw % 1000) / 1000, 0], 1, false, false, {}]
        },
      }),
    )
    const [, state] = world.step(1, key(0))(world.init(key(1)))
    world.step(1, key(0))(state)
    const again = () => world.step(1, key(0))(state)
    expect(again).toThrow(
      /^observation: expected \[0\.\d+, 0\] again after seed \d+ and the same 1 steps, got \[0\.\d+, 0\]: the seed and the actions must determine everything that a game does$/,
    )
    try {
      again()
    } catch (error) {
      expect(addressOf(error)).toEqual({ field: 'observation' })
    }
  })

  test('one whose −0 comes back as 0, too', () => {
    let first = true
    const world = fromGym('zero', () =>
      countGame({
        reset: () => {
          const zero = first ? -0 : 0
          first = false
          return [zero, 0]
        },
      }),
    )
    const state = world.init(key(1))
    world.step(1, key(0))(state)
    expect(() => world.step(1, key(0))(state)).toThrow('again after seed')
  })
})
