import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  asyncParts,
  evaluateAsync,
  faultOf,
  initAsync,
  runAsync,
  type PpoConfig,
} from '../../src/algo/ppo/index.ts'
import {
  fromGymAsync,
  timeLimit,
  vectoriseAsync,
  type AsyncEnvironment,
  type AsyncGym,
  type Discrete,
} from '../../src/env/index.ts'
import { withTimeout } from '../../src/env/timeout.ts'
import { js } from '../../src/kernel/index.ts'
import { key } from '../../src/random/index.ts'
import { addressOf } from '../../src/tensor/check.ts'
import { own } from '../../src/tensor/tensor.ts'
import { countGame, far } from '../support/games.ts'
import { small } from '../support/runs.ts'

const never = <T>(): Promise<T> => new Promise(() => undefined)

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** What work ends with while time flies, however far. */
const inNoTime = async <T>(work: Promise<T>): Promise<E.Either<Error, T>> => {
  const ended: Array<E.Either<Error, T>> = []
  work.then(
    (value) => ended.push(E.right(value)),
    (error: unknown) => ended.push(E.left(error as Error)),
  )
  for (let i = 0; i < 10_000 && ended.length === 0; i++) await vi.advanceTimersByTimeAsync(100)
  const [end] = ended
  if (end === undefined) throw new Error('expected an end within 1,000 seconds, got none')
  return end
}

const errorOf = async (work: Promise<unknown>): Promise<Error> => {
  const ended = await inNoTime(work)
  if (E.isRight(ended)) throw new Error('expected an error, got none')
  return ended.left
}

const late = () => new Error('late')

describe('an answer', () => {
  test('that comes in time is the answer, and leaves no timer', async () => {
    const answer = new Promise((resolve) => setTimeout(resolve, 50, 7))
    const timed = withTimeout(answer, 100, late)
    expect(vi.getTimerCount()).toBe(2)
    await vi.advanceTimersByTimeAsync(50)
    expect(await timed).toBe(7)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('that is there needs no timer, nor does one that may take for ever', () => {
    expect(withTimeout(7, 100, late)).toBe(7)
    const endless = never()
    expect(withTimeout(endless, Infinity, late)).toBe(endless)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('that is broken is broken, and leaves no timer', async () => {
    await expect(withTimeout(Promise.reject(new Error('lost')), 100, late)).rejects.toThrow('lost')
    expect(vi.getTimerCount()).toBe(0)
  })

  test.each(['kept', 'broken'])('that is %s too late is ignored', async (how) => {
    const tooLate: unknown[] = []
    const answer = new Promise((resolve, reject) => {
      setTimeout(() => (how === 'kept' ? resolve(7) : reject(new Error('lost'))), 150)
    })
    const error = await errorOf(
      withTimeout(answer, 100, late, (value) => tooLate.push(value)) as Promise<unknown>,
    )
    expect(error.message).toBe('late')
    await vi.advanceTimersByTimeAsync(200)
    expect(tooLate).toEqual(how === 'kept' ? [7] : [])
    expect(vi.getTimerCount()).toBe(0)
  })
})

const config: PpoConfig = { ...small, envs: 2, steps: 8, totalSteps: 5 * 16, hidden: [4] }

/** Of all that are made, the second hangs in its `n`th call of a method. */
const hanging = (method: 'reset' | 'step' | 'actionMask' | 'snapshot', n: number) => {
  const closed: number[] = []
  let made = 0
  const make = (): AsyncGym<Discrete<3>> => {
    const number = made++
    const base = far(countGame({ actionMask: () => [true, true, true] }))
    const game: AsyncGym<Discrete<3>> =
      method === 'snapshot'
        ? { ...base, snapshot: async () => 0, restore: () => Promise.resolve() }
        : base
    const call = game[method] as (...given: unknown[]) => unknown
    let calls = 0
    const hung = (...given: unknown[]) => {
      calls += 1
      return number === 1 && calls === n ? never() : call.apply(game, given)
    }
    return { ...game, [method]: hung, close: () => void closed.push(number) }
  }
  return { make, closed, made: () => made }
}

describe('a game that never answers', () => {
  test.each([
    ['reset', 2, 2, 0],
    ['step', 11, 2, 2],
    ['actionMask', 12, 2, 1],
    ['snapshot', 12, 2, 1],
  ] as const)(
    'in %s is a fault of its environment, update and step, and names the call',
    async (method, n, update, step) => {
      const { make, closed } = hanging(method, n)
      const count = await fromGymAsync('count', make, { timeout: 5000 })
      const all = asyncParts(config, count, js.f32)
      const started = await inNoTime(initAsync(all)(key(1)))
      if (E.isLeft(started)) throw started.left
      const ended = await inNoTime(runAsync(config, all)(started.right))
      if (E.isLeft(ended) || E.isRight(ended.right)) throw new Error('expected a fault')
      const { fault, state } = ended.right.left
      expect(fault).toMatchObject({ environment: 'count', env: 1, update, step, field: method })
      expect(state.update).toBe(update - 1)
      expect(fault.message).toContain(
        `[env=1]: ${method}: expected the game to respond within 5000 ms (timeout of env.fromGymAsync), got nothing`,
      )
      expect(closed).toEqual([1])
      expect(vi.getTimerCount()).toBe(0)
    },
  )

  test('is played no more: another one takes its place', async () => {
    const { make, made, closed } = hanging('step', 3)
    const count = await fromGymAsync('count', make, { timeout: 5000 })
    const all = asyncParts(config, count, js.f32)
    const started = await inNoTime(initAsync(all)(key(1)))
    if (E.isLeft(started)) throw started.left
    const ended = await inNoTime(runAsync(config, all)(started.right))
    if (E.isLeft(ended) || E.isRight(ended.right)) throw new Error('expected a fault')
    expect([made(), closed]).toEqual([2, [1]])
    const { state } = ended.right.left
    const world = await inNoTime(all.env.init(key(2)))
    if (E.isLeft(world)) throw world.left
    const again = await inNoTime(runAsync(config, all)({ ...state, envState: world.right }))
    expect(E.isRight(again) && E.isRight(again.right)).toBe(true)
    await count.close()
    expect(closed.toSorted((a, b) => a - b)).toEqual(Array.from({ length: made() }, (_, i) => i))
  })

  test('is awaited as long as it takes on request', async () => {
    const { make } = hanging('step', 3)
    const count = await fromGymAsync('count', make, { timeout: Infinity })
    const worlds = vectoriseAsync(count, 2)
    const world = await worlds.init(key(1))
    const action = own(['env'] as ['env'], [2], Int32Array.of(0, 0))
    const [, second] = await worlds.step(action)(world)
    const [, third] = await worlds.step(action)(second)
    let isOver = false
    void worlds
      .step(action)(third)
      .finally(() => {
        isOver = true
      })
    await vi.advanceTimersByTimeAsync(3_000_000)
    expect([isOver, vi.getTimerCount()]).toEqual([false, 0])
  })

  test('is awaited for five minutes by default', async () => {
    const count = await fromGymAsync('count', () => far(countGame({ step: never as never })))
    const state = await count.init(key(1))
    const work = count.step(0, key(1))(state)
    const settled = vi.fn<() => void>()
    work.then(settled, settled)
    await vi.advanceTimersByTimeAsync(299_999)
    expect(settled).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(settled).toHaveBeenCalledOnce()
  })

  test('when it is made or closed is an error, too, and one that comes later is closed', async () => {
    const closed: number[] = []
    const slow = fromGymAsync(
      'count',
      () =>
        new Promise<AsyncGym>((resolve) => {
          setTimeout(() => resolve(countGame({ close: () => void closed.push(1) })), 9000)
        }),
      { timeout: 5000 },
    )
    const error = await errorOf(slow)
    expect(error.message).toBe(
      'count: make: expected a game within 5000 ms (timeout of env.fromGymAsync), got none',
    )
    expect(addressOf(error)).toMatchObject({ environment: 'count', field: 'make' })
    await vi.advanceTimersByTimeAsync(9000)
    expect(closed).toEqual([1])

    const sticky = await fromGymAsync('count', () => countGame({ close: never }), {
      timeout: 5000,
    })
    expect((await errorOf(sticky.close())).message).toContain('close: expected the game to respond')
  })

  test('ends an evaluation, and the other games are free', async () => {
    const { make, made } = hanging('step', 4)
    const count = await fromGymAsync('count', make, { timeout: 5000 })
    const all = asyncParts(config, count, js.f32)
    const started = await inNoTime(initAsync(all)(key(1)))
    if (E.isLeft(started)) throw started.left
    const { learner } = started.right
    const options = { key: key(2), episodes: 6, act: 'mode', concurrency: 2 } as const
    const fresh = hanging('step', 4)
    const apart = await fromGymAsync('count', fresh.make, { timeout: 5000 })
    const error = await errorOf(evaluateAsync(apart, all.policy, learner, options))
    expect(faultOf(error)).toMatchObject({ environment: 'count', env: 1, step: 3, field: 'step' })
    const again = await inNoTime(evaluateAsync(apart, all.policy, learner, options))
    expect(E.isRight(again) && again.right).toHaveLength(6)
    expect([fresh.made(), made()]).toEqual([3, 2])
  })
})

describe('a custom environment that never answers', () => {
  const base: AsyncEnvironment<number> = {
    name: 'own',
    observationSpace: countGame().observationSpace,
    actionSpace: countGame().actionSpace,
    init: async () => 0,
    step: () => async (age) => [{ reward: 1, terminated: age === 8, truncated: false }, age + 1],
    observe: (age) => [age, 0],
  }
  const action = own(['env'] as ['env'], [1], Int32Array.of(0))

  test.each([
    ['init', { ...base, init: () => never<number>() }],
    ['step', { ...base, step: () => () => never<[never, number]>() }],
  ] as const)('in %s is an error with an address', async (field, env) => {
    for (const hung of [env, timeLimit(3)(env)] as ReadonlyArray<AsyncEnvironment<unknown>>) {
      const worlds = vectoriseAsync({ ...hung, timeout: 700 }, 1)
      const error = await errorOf(worlds.init(key(1)).then((world) => worlds.step(action)(world)))
      expect(error.message).toContain(
        `${field}[env=0]: expected an answer within 700 ms (timeout of the environment), got none`,
      )
      expect(addressOf(error)).toMatchObject({ env: 0, field })
      expect(vi.getTimerCount()).toBe(0)
    }
  })

  test.each([0, -1, NaN])('does not wait for %d milliseconds', async (timeout) => {
    const said = `timeout: expected milliseconds > 0, or Infinity, got ${timeout}`
    expect(() => vectoriseAsync({ ...base, timeout }, 1)).toThrow(new RangeError(said))
    await expect(fromGymAsync('count', () => countGame(), { timeout })).rejects.toThrow(said)
  })
})
