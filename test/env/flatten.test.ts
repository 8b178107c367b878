import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, expectTypeOf } from 'vitest'
import { evaluate, init, parts, presets, run, type PpoConfig } from '../../src/algo/ppo/index.ts'
import {
  box,
  checkEnv,
  discrete,
  flatten,
  flattenObservation,
  flattenSpace,
  frameStack,
  multiBinary,
  multiDiscrete,
  product,
  sampleElement,
  tuple,
  vectorise,
  type AsyncEnvironment,
  type Box,
  type Discrete,
  type Environment,
  type Observation,
  type Space,
} from '../../src/env/index.ts'
import { contains } from '../../src/env/contains.ts'
import { recordEpisodes } from '../../src/run/episode/recordEpisodes.ts'
import { replayEpisode } from '../../src/run/episode/replayEpisode.ts'
import { key } from '../../src/random/index.ts'
import { expectPure } from '../law/purity.ts'
import { anySpace } from '../support/anySpace.ts'

const room = product({
  door: discrete(3, -1),
  at: box(2, [-1, 0], [1, 9]),
  seen: tuple([multiBinary(2), multiDiscrete([2, 3], [0, 5])]),
})

// What gymnasium.spaces.flatten makes of it: names sorted, choices one-hot, in order.
const inRoom = {
  door: 1,
  at: [0.5, 7],
  seen: [
    [1, 0],
    [1, 5],
  ],
} as const
const flatRoom = [0.5, 7, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]

describe('an observation laid flat', () => {
  test.each<[string, Space, unknown, readonly number[]]>([
    ['one-hot of a choice', discrete(3), 1, [0, 1, 0]],
    ['one-hot from the start of a space on', discrete(3, 5), 7, [0, 0, 1]],
    ['one-hot of each entry', multiDiscrete([2, 3]), [1, 0], [0, 1, 1, 0, 0]],
    ['bits as they are', multiBinary(3), [1, 0, 1], [1, 0, 1]],
    ['the numbers of a box as they are', box(2, -1, 1), [0.5, -0.25], [0.5, -0.25]],
    ['a tuple by place', tuple([discrete(2), box(1, 0, 9)]), [1, [7]], [0, 1, 7]],
    [
      'a product by name',
      product({ b: discrete(2), a: box(1, 0, 9) }),
      { b: 0, a: [7] },
      [7, 1, 0],
    ],
    ['one inside the other', room, inRoom, flatRoom],
  ])('%s', (_, space, observation, flat) => {
    expect(flatten(space, observation as Observation<Space>)).toEqual(flat)
    expect(contains(flattenSpace(space), flat)).toBe(null)
  })

  test('lies in a box of 0 and 1 for choices and bits, and of the bounds of boxes', () => {
    expect(flattenSpace(room)).toEqual(
      box(
        12,
        [-1, 0, ...flatRoom.slice(2).map(() => 0)],
        [1, 9, ...flatRoom.slice(2).map(() => 1)],
      ),
    )
    const plain = box(2, -1, 1)
    expect(flattenSpace(plain)).toBe(plain)
  })

  test.prop([anySpace, fc.nat()])('of any element of any space is in its box', (space, seed) => {
    const x = sampleElement(space, key(seed))
    const flat = expectPure(flatten<Space>, space, x as Observation<Space>)
    const flatBox = flattenSpace(space)
    expect(flat).toHaveLength(flatBox.size)
    expect(contains(flatBox, flat)).toBe(null)
  })

  test.prop([anySpace, fc.nat(), fc.nat()])(
    'says all of it: different elements are laid differently',
    (space, a, b) => {
      const [x, y] = [a, b].map((seed) => sampleElement(space, key(seed)))
      const [flatX, flatY] = [x, y].map((z) => flatten<Space>(space, z as Observation<Space>))
      expect(JSON.stringify(flatX) === JSON.stringify(flatY)).toBe(
        JSON.stringify(x) === JSON.stringify(y),
      )
    },
  )

  test.prop([
    fc.uniqueArray(
      fc.string({ unit: 'grapheme' }).filter((s) => !/^\d+$/.test(s)),
      { minLength: 1, maxLength: 6 },
    ),
  ])('goes by the code points of names, in whatever order they were written', (names) => {
    const points = (name: string): readonly number[] => Array.from(name, (c) => c.codePointAt(0)!)
    const before = (a: string, b: string): number => {
      const [x, y] = [points(a), points(b)]
      const i = x.findIndex((point, at) => point !== y[at])
      return i === -1 ? x.length - y.length : x[i]! - (y[i] ?? -1)
    }
    const spaceOf = (all: readonly string[]) =>
      product(Object.fromEntries(all.map((name) => [name, box(1, 0, 9)])))
    const x = Object.fromEntries(names.map((name, i) => [name, [i]]))
    const expected = names.toSorted(before).map((name) => names.indexOf(name))
    expect(flatten(spaceOf(names), x)).toEqual(expected)
    expect(flatten(spaceOf(names.toReversed()), x)).toEqual(expected)
  })

  test('goes by code points, not by the halves of those beyond 2¹⁶', () => {
    const space = product({ '\u{1F600}': box(1, 0, 9), '\uFF5E': box(1, 0, 9) })
    expect(flatten(space, { '\u{1F600}': [1], '\uFF5E': [2] })).toEqual([2, 1])
  })

  test('takes numbers from every kind of array', () => {
    expect(flatten(multiDiscrete([2, 3]), Int8Array.of(1, 2))).toEqual([0, 1, 0, 0, 1])
    expect(flatten(multiBinary(2), Uint8ClampedArray.of(1, 0))).toEqual([1, 0])
    expect(flatten(product({ a: box(1, 0, 1) }), { a: Float32Array.of(0.1) })).toEqual([
      Math.fround(0.1),
    ])
  })

  test.each<[Space, unknown, string]>([
    [discrete(3), 3, 'expected a whole number from 0 to 2, got 3'],
    [discrete(3, 1), 0, 'expected a whole number from 1 to 3, got 0'],
    [discrete(3), '1', 'expected a whole number from 0 to 2, got "1"'],
    [discrete(3), 1n, 'expected a whole number from 0 to 2, got 1n'],
    [multiDiscrete([2, 3]), [0, 3], 'entry 1: expected a whole number from 0 to 2, got 3'],
    [multiDiscrete([2, 3]), [0], 'expected an array of 2 numbers, got an array of 1'],
    [multiBinary(2), [0, 2], 'entry 1: expected 0 or 1, got 2'],
    [
      box(1, 0, 1),
      BigInt64Array.of(1n),
      'expected an array of 1 numbers, got a BigInt64Array of 1',
    ],
    [tuple([box(2, 0, 1)]), [[0, '1']], 'entry 0: entry 1: expected a number, got "1"'],
    [tuple([discrete(2)]), 1, 'expected an array of 1, got 1'],
    [product({ a: discrete(2) }), [1], 'expected an object of a, got an array of 1'],
    [product({ a: discrete(2) }), {}, 'a: expected an entry, got none'],
    [product({ a: discrete(2) }), { a: 1, b: 1 }, 'expected only a, got "b"'],
    [
      product({ a: product({ b: discrete(2) }) }),
      { a: { b: 7 } },
      'a: b: expected a whole number from 0 to 1, got 7',
    ],
  ])('of %o is refused where it is %o', (space, x, message) => {
    expect(() => flatten(space, x as Observation<Space>)).toThrow(new RangeError(message))
  })
})

type Place = { readonly door: number; readonly age: number }

/** A door that is opened and shut by its number; seen as nested data. */
const rooms: Environment<Place, Discrete<2, 1>, typeof room> = {
  name: 'rooms',
  observationSpace: room,
  actionSpace: discrete(2, 1),
  init: ({ words }) => ({ door: (words[0] % 3) - 1, age: 0 }),
  step:
    (action) =>
    ({ door, age }) => [
      { reward: action === 1 ? door : -door, terminated: age === 5, truncated: false },
      { door: ((door + 2) % 3) - 1, age: age + 1 },
    ],
  observe: ({ door, age }) => ({
    seen: [Uint8Array.of(age % 2, 1), [age % 2 === 0 ? 0 : 1, 5 + (age % 3)]],
    door,
    at: [door / 2, age],
  }),
}

describe('an environment whose observations are not vectors', () => {
  const config: PpoConfig = {
    ...presets.cleanrl,
    envs: 2,
    steps: 12,
    totalSteps: 72,
    minibatches: 2,
    hidden: [4],
  }

  test('keeps the laws of an environment, flat or not', () => {
    expect(checkEnv(rooms)).toMatchObject({ ok: true })
    expect(checkEnv(flattenObservation(rooms))).toMatchObject({ ok: true })
    const wrong = { ...rooms, observe: (state: Place) => ({ ...rooms.observe(state), door: 2 }) }
    expect(checkEnv(wrong).laws.find(({ id }) => id === 'seen')?.problem).toContain(
      'door: expected a whole number from -1 to 1, got 2',
    )
  })

  test('is learned, evaluated and recorded once it is flat, and wrapped further', () => {
    for (const env of [
      flattenObservation(rooms),
      frameStack(2)(flattenObservation(rooms)),
    ] as readonly Environment<unknown, Discrete<2, 1>>[]) {
      const all = parts(config, env)
      const ended = run(config, all)(init(all)(key(1)))
      if (E.isLeft(ended)) throw ended.left.fault.cause
      const { learner } = ended.right
      const options = { key: key(2), episodes: 1, act: 'mode' } as const
      const [episode] = evaluate(env, all.policy, learner, options)
      expect(episode?.length).toBe(6)
      const log = recordEpisodes(env, all.policy, learner, { ...options, episodes: [0] })
      const living = replayEpisode(env, log, log.episodes[0]!)
      let moment = living.next()
      while (moment.done !== true) moment = living.next()
      expect(moment.value).toEqual(E.right(undefined))
    }
  })

  test('is refused unwrapped, and the error names the wrapper', () => {
    const message =
      'observationSpace: expected a box, got "product": wrap rooms with env.flattenObservation'
    const given = rooms as unknown as Environment<Place>
    expect(() => parts(config, given)).toThrow(new RangeError(message))
    expect(() => vectorise(given, 2)).toThrow(new RangeError(message))
  })

  test('has a box for the compiler once it is flat, at once or later', () => {
    expectTypeOf(flattenObservation(rooms)).toEqualTypeOf<Environment<Place, Discrete<2, 1>>>()
    const later = { ...rooms, init: async () => rooms.init(key(1)) } as unknown as AsyncEnvironment<
      Place,
      Discrete<2, 1>,
      typeof room
    >
    expectTypeOf(flattenObservation(later).observationSpace).toEqualTypeOf<Box>()
    expectTypeOf<Observation<typeof room>['door']>().toEqualTypeOf<number>()
    // @ts-expect-error a product is not what policies see
    const refused = (): unknown => parts(config, rooms)
    expect(refused).toBeDefined()
  })
})
