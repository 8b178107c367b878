import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { evaluate, init, parts, presets, run, type PpoConfig } from '../../src/algo/ppo/index.ts'
import {
  actionClip,
  actionScale,
  autoReset,
  box,
  checkEnv,
  discrete,
  episodeStatistics,
  frameStack,
  fromGym,
  normalise,
  normaliseByBounds,
  rewardScale,
  timeLimit,
  vectorise,
  type Box,
  type Environment,
  type NumberArray,
} from '../../src/env/index.ts'
import { mapNumberArray } from '../../src/env/numbers.ts'
import { learnerHash } from '../../src/run/hash.ts'
import { recordEpisodes } from '../../src/run/episode/recordEpisodes.ts'
import { key } from '../../src/random/index.ts'

/** Every kind of array that an environment may show its numbers in. */
const kinds: { readonly [name: string]: (x: readonly number[]) => NumberArray } = {
  Array: (x) => x,
  Int8Array: (x) => Int8Array.from(x),
  Uint8Array: (x) => Uint8Array.from(x),
  Uint8ClampedArray: (x) => Uint8ClampedArray.from(x),
  Int16Array: (x) => Int16Array.from(x),
  Uint16Array: (x) => Uint16Array.from(x),
  Int32Array: (x) => Int32Array.from(x),
  Uint32Array: (x) => Uint32Array.from(x),
  Float32Array: (x) => Float32Array.from(x),
  Float64Array: (x) => Float64Array.from(x),
}
const kindNames = Object.keys(kinds)

type State = readonly number[]

/** Counts up to 20 by the first number of its actions, in numbers that every kind of array holds. */
const counter = (show: (x: readonly number[]) => NumberArray): Environment<State, Box<2>> => ({
  name: 'counter',
  observationSpace: box(3, [0, 0, 0], [120, 120, 120]),
  actionSpace: box(2, [-1, -3], [1, 3]),
  init: ({ words }) => [words[0] % 100, 0, 7],
  step:
    (action) =>
    ([at, age, last]) => [
      { reward: action[0]! + action[1]! / 8, terminated: age === 20, truncated: false },
      [at! + (action[0]! > 0 ? 1 : 0), age! + 1, (last! + 3) % 11],
    ],
  observe: (state) => show(state),
})

type Wrap = (env: Environment<State, Box<2>>) => Environment<unknown, Box<2>>

/** A wrapper, whatever states it makes. */
const by =
  <S>(wrap: (env: Environment<State, Box<2>>) => Environment<S, Box<2>>): Wrap =>
  (env) =>
    wrap(env) as Environment<unknown, Box<2>>

const wrappers: { readonly [name: string]: Wrap } = {
  'no wrapper': by((env) => env),
  normalise: by(normalise({ mean: [1, 2, 3], std: [3, 7, 0.5], clip: 100 })),
  normaliseByBounds: by(normaliseByBounds),
  frameStack: by(frameStack(3)),
  'frameStack of normalise': by((env) => frameStack(2)(normaliseByBounds(env))),
  'normaliseByBounds of frameStack': by((env) => normaliseByBounds(frameStack(2)(env))),
  timeLimit: by(timeLimit(5)),
  rewardScale: by(rewardScale(0.1)),
  episodeStatistics: by(episodeStatistics),
  'autoReset sameStep': by(autoReset('sameStep')),
  'autoReset nextStep': by(autoReset('nextStep')),
  actionClip: by(actionClip),
  actionScale: by(actionScale()),
}

/** What is seen and earned in steps with actions in arrays of that kind. */
const lived = (
  env: Environment<unknown, Box<2>>,
  seed: number,
  actions: readonly NumberArray[],
) => {
  let state = env.init(key(seed))
  const seen: NumberArray[] = [env.observe(state)]
  const rewards: number[] = []
  for (const action of actions) {
    const [outcome, next] = env.step(action as readonly number[], key(seed))(state)
    state = next
    rewards.push(outcome.reward)
    seen.push(env.observe(state))
  }
  return { seen: seen.map((x) => Array.from(x)), rewards }
}

describe.each(Object.entries(wrappers))('%s', (_, wrap) => {
  test.prop([
    fc.constantFrom(...kindNames),
    fc.nat(1000),
    fc.array(fc.tuple(fc.integer({ min: -1, max: 1 }), fc.integer({ min: -3, max: 3 })), {
      maxLength: 8,
    }),
  ])('shows the same of the same numbers in every kind of array', (name, seed, actions) => {
    const plain = lived(wrap(counter((x) => x)), seed, actions)
    expect(lived(wrap(counter(kinds[name]!)), seed, actions)).toEqual(plain)
  })

  test.prop([
    fc.constantFrom('Int8Array', 'Int16Array', 'Int32Array', 'Float32Array', 'Float64Array'),
    fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
      maxLength: 4,
    }),
  ])('does the same with actions in every kind of array', (name, actions) => {
    const env = wrap(counter((x) => x))
    const typed = actions.map((action) => kinds[name]!(action))
    expect(lived(env, 1, typed)).toEqual(lived(env, 1, actions))
  })
})

describe('mapNumberArray', () => {
  test.prop([fc.constantFrom(...kindNames), fc.array(fc.integer({ min: 0, max: 100 }))])(
    'gives plain numbers, whatever the array',
    (name, x) => {
      expect(mapNumberArray('x', kinds[name]!(x), (n, i) => n / 7 - i)).toStrictEqual(
        x.map((n, i) => n / 7 - i),
      )
    },
  )

  test.each([
    [BigInt64Array.of(1n), 'a BigInt64Array of 1: convert its elements with Number'],
    [BigUint64Array.of(1n), 'a BigUint64Array of 1: convert its elements with Number'],
    [new DataView(new ArrayBuffer(1)), 'a DataView'],
    [null, 'null'],
    [7, '7'],
  ])('refuses %s', (x, got) => {
    expect(() => mapNumberArray('observation', x as unknown as NumberArray, (n) => n)).toThrow(
      new RangeError(`observation: expected an array of numbers, got ${got}`),
    )
  })
})

describe('an environment that shows its numbers in a typed array', () => {
  const config: PpoConfig = {
    ...presets.cleanrl,
    envs: 2,
    steps: 16,
    totalSteps: 64,
    minibatches: 2,
    hidden: [4],
  }
  const trained = <S>(env: Environment<S, Box<2>>) => {
    const all = parts(config, env)
    const ended = run(config, all)(init(all)(key(1)))
    if (E.isLeft(ended)) throw ended.left.fault.cause
    const { policy } = all
    const { learner } = ended.right
    const episodes = evaluate(env, policy, learner, { key: key(2), episodes: 2, act: 'sample' })
    const log = recordEpisodes(env, policy, learner, { key: key(2), episodes: [0], act: 'mode' })
    return { hash: learnerHash(learner), episodes, log }
  }

  test.each(kindNames)('of kind %s is learned, evaluated and recorded alike', (name) => {
    expect(trained(normaliseByBounds(counter(kinds[name]!)))).toEqual(
      trained(normaliseByBounds(counter((x) => x))),
    )
  })

  test.each(kindNames)('of kind %s keeps the laws of an environment', (name) => {
    expect(checkEnv(counter(kinds[name]!)).ok).toBe(true)
    expect(checkEnv(frameStack(2)(counter(kinds[name]!))).ok).toBe(true)
  })

  const gym = (show: (x: readonly number[]) => ArrayLike<number>) =>
    fromGym('steps', () => {
      let [at, age] = [0, 0]
      return {
        observationSpace: box(2, [0, 0], [100, 100]),
        actionSpace: discrete(2),
        reset({ seed }) {
          ;[at, age] = [seed % 10, 0]
          return show([at, age])
        },
        step(action) {
          ;[at, age] = [at + action, age + 1]
          return [show([at, age]), at, age === 10, false, {}]
        },
      }
    })

  test.each(kindNames)('of kind %s may be a game', (name) => {
    const [typed, plain] = [gym(kinds[name]!), gym((x) => x)]
    expect(typed.observe(typed.init(key(1)))).toStrictEqual(plain.observe(plain.init(key(1))))
    const world = vectorise(typed, 2).init(key(3))
    expect(world).toEqual(vectorise(plain, 2).init(key(3)))
  })

  test('of BigInt is refused, and the error says so', () => {
    const big = counter(() => BigInt64Array.of(1n, 2n, 3n) as unknown as NumberArray)
    for (const wrap of [by(normaliseByBounds), by(frameStack(2))])
      expect(() => vectorise(wrap(big), 1).init(key(1))).toThrow(
        'expected an array of numbers, got a BigInt64Array of 3: convert its elements with Number',
      )
    expect(checkEnv(big).ok).toBe(false)
  })
})
