import { describe, expect, expectTypeOf, test } from 'vitest'
import { init, parts, train } from '../../src/algo/ppo/index.ts'
import {
  box,
  discrete,
  fromGym,
  fromGymAsync,
  multiDiscrete,
  product,
  tuple,
  vectorise,
  type Gym,
  type Space,
} from '../../src/env/index.ts'
import { key } from '../../src/random/index.ts'
import { of } from '../../src/tensor/index.ts'
import { small } from '../support/runs.ts'

/** A game that shows what it is told to. */
const showing = (observationSpace: Space, reset: unknown, step: unknown = reset) =>
  fromGym('showing', {
    observationSpace,
    actionSpace: discrete(2),
    reset: () => reset,
    step: () => [step, 1, true, false, {}],
  } as unknown as Gym)

const pair = tuple([discrete(2), discrete(3)])
const named = product({ observation: discrete(2), b: box(1, 0, 9) })

describe('a game whose observations are not vectors', () => {
  test.each<[string, Space, unknown, readonly number[]]>([
    ['a choice', discrete(3), 1, [0, 1, 0]],
    ['a choice from a start on', discrete(3, 1), 3, [0, 0, 1]],
    ['a choice and an info', discrete(3), [1, {}], [0, 1, 0]],
    ['a choice by its name', discrete(3), { observation: 2 }, [0, 0, 1]],
    ['several choices', multiDiscrete([2, 2]), [1, 0], [0, 1, 1, 0]],
    ['several choices and an info', multiDiscrete([2, 2]), [[1, 0], {}], [0, 1, 1, 0]],
    ['a tuple of two, which is no info', pair, [1, 2], [0, 1, 0, 0, 1]],
    ['a tuple and an info', pair, [[1, 2], {}], [0, 1, 0, 0, 1]],
    ['a tuple and a list for an info', pair, [[1, 2], []], [0, 1, 0, 0, 1]],
    ['a product', product({ b: discrete(2), a: box(1, 0, 9) }), { b: 1, a: [7] }, [7, 0, 1]],
    ['a product and an info', product({ a: box(1, 0, 9) }), [{ a: [7] }, {}], [7]],
    ['a product by its name', product({ a: box(1, 0, 9) }), { observation: { a: [7] } }, [7]],
    ['a product with a part of that name', named, { observation: 1, b: [7] }, [7, 0, 1]],
    ['that one, by its name', named, { observation: { observation: 1, b: [7] } }, [7, 0, 1]],
    ['a box, in a typed array', tuple([box(2, 0, 9)]), [Uint8Array.of(3, 4)], [3, 4]],
  ])('shows %s as numbers', (_, space, answer, seen) => {
    const world = showing(space, answer)
    expect(world.observe(world.init(key(1)))).toEqual(seen)
    expect(world.observationSpace.size).toBe(seen.length)
  })

  test.each<[Space, unknown, string]>([
    [discrete(3), 3, 'observation: expected a whole number from 0 to 2, got 3'],
    [discrete(3), [3, {}], 'observation: expected a whole number from 0 to 2, got 3'],
    [pair, [1, 3], 'observation: entry 1: expected a whole number from 0 to 2, got 3'],
    [named, { observation: 1 }, 'observation: expected an object of observation, b, got 1'],
    [product({ a: pair }), { a: [0] }, 'observation: a: expected an array of 2, got an array of 1'],
  ])('of %j is refused where it shows %j', (space, answer, message) => {
    expect(() => vectorise(showing(space, answer), 2).init(key(1))).toThrow(message)
  })

  test('is refused where a step shows something else', () => {
    const worlds = vectorise(showing(discrete(3), 0, 3), 1)
    const world = worlds.init(key(1))
    expect(() => worlds.step(of(['env'], [1], Int32Array.of(0)))(world)).toThrow(
      'step[env=0]: observation: expected a whole number from 0 to 2, got 3',
    )
  })

  const house = () => {
    let [floor, age] = [0, 0]
    const seen = () => ({ floor: floor + 1, stairs: [floor === 0, floor === 3].map(Number) })
    return {
      observationSpace: product({ stairs: box(2, 0, 1), floor: discrete(4, 1) }),
      actionSpace: discrete(3, -1),
      reset({ seed }: { readonly seed: number }) {
        ;[floor, age] = [seed % 4, 0]
        return seen()
      },
      step(action: -1 | 0 | 1) {
        ;[floor, age] = [Math.max(0, Math.min(3, floor + action)), age + 1]
        return [seen(), floor, false, age === 9, {}] as const
      },
    }
  }

  test('trains, synchronously and asynchronously, and gets actions counted from their start', async () => {
    const env = fromGym('house', house)
    expectTypeOf(env.actionSpace).toEqualTypeOf(discrete(3, -1))
    const all = parts(small, env)
    const last = [...train(small, all)(init(all)(key(1)))].at(-1)!
    expect(last[0].episodes.length).toBeGreaterThan(0)
    const later = await fromGymAsync('house', house)
    expect(later.observationSpace).toEqual(env.observationSpace)
    const state = env.init(key(3))
    expect(await later.init(key(3))).toEqual(state)
    const rise = (action: -1 | 0 | 1): number => env.step(action, key(0))(state)[0].reward
    expect(rise(0) - rise(-1)).toBe(1)
  })

  test('may have one bound for all entries of a box, and bounds in any array', () => {
    const space = { kind: 'box', size: 2, low: -1, high: Int8Array.of(3, 4) } as unknown as Space
    expect(showing(space, [0, 0]).observationSpace).toStrictEqual(box(2, [-1, -1], [3, 4]))
  })
})
