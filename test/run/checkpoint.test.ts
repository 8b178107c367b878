import { sha256 } from '@noble/hashes/sha2.js'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { fc, test as law } from '@fast-check/vitest'
import { a2c, trpo, vpg } from '../../src/index.ts'
import type { TrainState } from '../../src/algo/learner.ts'
import { init, iterate, parts, train, type PpoConfig } from '../../src/algo/ppo/index.ts'
import {
  acrobot,
  cartPole,
  flappyBird,
  frozenLake,
  pendulum,
  type Environment,
} from '../../src/env/index.ts'
import { configHash, encodeCheckpoint, openCheckpoint } from '../../src/run/checkpoint.ts'
import { learnerHash } from '../../src/run/hash.ts'
import { resume } from '../../src/run/resume.ts'
import * as safetensors from '../../src/format/safetensors.ts'
import { key } from '../../src/random/index.ts'
import { data } from '../../src/tensor/index.ts'
import { own } from '../../src/tensor/tensor.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { expectSameBits } from '../law/purity.ts'
import { small } from '../support/runs.ts'

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) expect.fail(String(either.left))
  return either.right
}

const left = (either: E.Either<unknown, unknown>): string => {
  if (E.isRight(either)) expect.fail('expected a Left')
  return String(either.left)
}

const NORMALISE = { ...small.normalise, observation: true, reward: true }

/** A checkpoint's bytes with the hash at their end made right. */
const rehashed = (bytes: Uint8Array): Uint8Array => {
  const out = bytes.slice()
  out.set(sha256(out.subarray(0, -32)), out.length - 32)
  return out
}

/** A run after one update, its parts and its file. */
const kept = <S>(world: Environment<S>, choices: Partial<PpoConfig> = {}) => {
  const config = { ...small, ...choices }
  const all = parts(config, world)
  const [, state] = iterate(config, all)(init(all)(key(1)))
  const bytes = right(encodeCheckpoint({ config, state, link: null, about: { by: 'a test' } }))
  return { config, all, state, bytes }
}

const CASES = [
  ['discrete actions', cartPole, {}],
  ['boxes', pendulum, {}],
  ['statistics of observations and rewards', pendulum, { normalise: NORMALISE }],
  ['statistics of rewards alone', acrobot, { normalise: { ...NORMALISE, observation: false } }],
  ['an optimiser of its own for V', cartPole, { valueLearningRate: 1e-3 }],
  ['a weight that tunes itself', cartPole, { klPenalty: { ...small.klPenalty, kind: 'adaptive' } }],
  ['a shared trunk', cartPole, { trunk: 'shared' }],
  ['states of states', flappyBird, {}],
  ['an environment that is a table', frozenLake, {}],
] as ReadonlyArray<readonly [string, Environment<unknown>, Partial<PpoConfig>]>

describe('a checkpoint', () => {
  test.each(CASES)('holds all of a run, to the bit: %s', (_, world, choices) => {
    const { all, config, state, bytes } = kept(world, choices)
    const stored = right(openCheckpoint(bytes))
    expect(stored).toMatchObject({ update: 1, algorithm: 'ppo', about: { by: 'a test' }, config })
    expectSameBits(right(resume(all)(stored)), state)
  })

  test.each(CASES)('goes on as the run that was not interrupted: %s', (_, world, choices) => {
    const config = { ...small, ...choices }
    const all = parts(config, world)
    const hashes = [...train(config, all)(init(all)(key(2)))].map(([, s]) => learnerHash(s.learner))
    let state = init(all)(key(2))
    const again: string[] = []
    while (again.length < hashes.length) {
      const [, next] = iterate(config, all)(state)
      again.push(learnerHash(next.learner))
      const bytes = right(encodeCheckpoint({ config, state: next, link: null, about: {} }))
      state = right(resume(parts(config, world))(right(openCheckpoint(bytes))))
    }
    expect(again).toEqual(hashes)
  })

  const { bytes, config, state, all } = kept(cartPole)

  test('keeps the last link of the chain, or does without', () => {
    const link = '0f'.repeat(32)
    const stored = openCheckpoint(right(encodeCheckpoint({ config, state, link, about: {} })))
    expect(right(stored)).toMatchObject({ link, chain: null })
    expect(right(openCheckpoint(bytes)).link).toBeNull()
  })

  test('is as large after a million updates as after one', () => {
    const link = '0f'.repeat(32)
    const sizeAfter = (update: number): number =>
      right(encodeCheckpoint({ config, state: { ...state, update }, link, about: {} })).length
    expect(sizeAfter(1_000_000) - sizeAfter(1)).toBeLessThan(64)
  })

  test('of the same run is the same file', () => {
    expect(kept(cartPole).bytes).toEqual(bytes)
  })

  test('of a run that was resumed is the file that it would have been', () => {
    const again = right(resume(all)(right(openCheckpoint(bytes))))
    const turned = Object.fromEntries(Object.entries(config).toReversed()) as unknown as PpoConfig
    expect(
      encodeCheckpoint({ config: turned, state: again, link: null, about: { by: 'a test' } }),
    ).toEqual(E.right(bytes))
    const [, next] = iterate(config, all)(state)
    const [, later] = iterate(config, all)(again)
    const encode = (one: typeof state) =>
      encodeCheckpoint({ config, state: one, link: null, about: {} })
    expect(encode(later)).toEqual(encode(next))
  })

  law.prop([fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })])(
    'that was changed anywhere is refused',
    (at, by) => {
      const changed = bytes.slice()
      changed[at]! ^= by
      expect(left(openCheckpoint(changed))).toContain('damaged or changed')
    },
  )

  law.prop([fc.nat(bytes.length - 1)])('that was cut off anywhere is refused', (length) => {
    expect(E.isLeft(openCheckpoint(bytes.subarray(0, length)))).toBe(true)
  })

  test('tells which part is not that of another config', () => {
    const stored = right(openCheckpoint(bytes))
    const other = (choices: Partial<PpoConfig>) =>
      left(resume(parts({ ...config, ...choices }, cartPole))(stored))
    expect(other({ hidden: [3] })).toContain('actor.layer0.weight: expected f32')
    expect(other({ envs: 2 * config.envs })).toContain(
      `expected a list of ${2 * config.envs} environment states, got an array of ${config.envs}`,
    )
    expect(other({ valueLearningRate: 1e-3 })).toContain('optim.adam')
    expect(other({ normalise: NORMALISE })).toContain('normaliser.observation.count')
    expect(left(resume(all)({ ...stored, tensors: new Map() }))).toContain('got nothing')
  })

  test('of another environment is recognised by the observations of its states', () => {
    const shifted: typeof cartPole = {
      ...cartPole,
      observe: (s) => cartPole.observe(s).map((x) => x + 1e-3),
    }
    expect(left(resume(parts(config, shifted))(right(openCheckpoint(bytes))))).toMatch(
      /envState\[env=0, feature=0\]: expected a state of cartpole that shows .* the environment differs/i,
    )
    const blind: typeof cartPole = {
      ...cartPole,
      observe: (s) => {
        if ('elapsed' in s && s.elapsed > 0) throw new TypeError('no eyes')
        return cartPole.observe(s)
      },
    }
    expect(left(resume(parts(config, blind))(right(openCheckpoint(bytes))))).toContain('no eyes')
  })

  describe('with a number with which no run can continue', () => {
    const pair = kept(pendulum, { normalise: NORMALISE })
    const damagedFile = (name: string, x: number): Uint8Array => {
      const { tensors, metadata } = right(safetensors.open(pair.bytes))
      const named = [...tensors].map(([other, { shape, data: numbers }]) => {
        const changed = numbers.slice()
        if (other === name) changed[1 % changed.length] = x
        return [other, own(shape.map(String), [...shape], changed)] as const
      })
      return rehashed(safetensors.encode(named, metadata))
    }

    test.each([
      ['actor.layer0.weight', NaN],
      ['critic.layer0.bias', Infinity],
      ['normaliser.observation.mean', NaN],
      ['optim.adam0.m', NaN],
      ['optim.adam0.v', NaN],
    ])('in %s is not resumed, even at the last update', (name, x) => {
      const opened = right(openCheckpoint(damagedFile(name, x)))
      expect(left(resume(pair.all)(opened))).toMatch(
        new RegExp(`^${name}\\[.*\\]: expected a finite number, got ${x}$`),
      )
    })

    test.each([NaN, -Infinity])('as %d is not written', (x) => {
      const flat = Float32Array.from(data(pair.state.learner.params.flat))
      flat[3] = x
      const params = withFlat(pair.state.learner.params.tree, flat)
      const odd = { ...pair.state, learner: { ...pair.state.learner, params } }
      expect(
        left(encodeCheckpoint({ config: pair.config, state: odd, link: null, about: {} })),
      ).toContain(`actor.layer0.weight[in=0, out=3]: expected a finite number, got ${x}`)
    })
  })

  test('of another algorithm than it says is not written, as it could not be opened', () => {
    const states = [
      [a2c.presets.cartpole, a2c.init(a2c.parts(a2c.presets.cartpole, cartPole))(key(1))],
      [vpg.presets.cartpole, vpg.init(vpg.parts(vpg.presets.cartpole, cartPole))(key(1))],
      [trpo.presets.cartpole, trpo.init(trpo.parts(trpo.presets.cartpole, cartPole))(key(1))],
    ] as ReadonlyArray<readonly [unknown, unknown]>
    for (const [other, begun] of states)
      expect(
        left(
          encodeCheckpoint({
            config: other as PpoConfig,
            state: begun as TrainState<unknown>,
            link: null,
            about: {},
          }),
        ),
      ).toMatch(/^config: expected one for ppo: epochs: expected/)
  })

  test('with the optimiser of another algorithm is not written', () => {
    const { learner } = a2c.init(a2c.parts(a2c.presets.cartpole, cartPole))(key(1))
    const odd = { ...state, learner: { ...state.learner, optim: learner.optim } }
    expect(left(encodeCheckpoint({ config, state: odd, link: null, about: {} }))).toBe(
      "state.learner.optim: expected the state of ppo's optimisers, got another",
    )
  })

  test('cannot hold a state with a function in it', () => {
    const slots = state.envState.slots.map((slot) => ({ ...slot, state: () => 1 }))
    const odd = { ...state, envState: { ...state.envState, slots } }
    expect(left(encodeCheckpoint({ config, state: odd, link: null, about: {} }))).toContain(
      'envState: expected a plain value, got a function at [0].state',
    )
  })

  test("leaves the checkpoint's own names to it", () => {
    expect(() => encodeCheckpoint({ config, state, link: null, about: { update: '7' } })).toThrow(
      /about: expected names that differ .* got update/,
    )
  })

  test('may be hashed by a faster function, to the same file', () => {
    const digest = () => new Uint8Array(32).fill(7)
    const mine = right(encodeCheckpoint({ config, state, link: null, about: {} }, digest))
    expect(mine.slice(-32)).toEqual(digest())
    expect(E.isRight(openCheckpoint(mine, digest))).toBe(true)
    expect(E.isLeft(openCheckpoint(mine))).toBe(true)
  })
})

test("a config's hash does not depend on the order of its fields", () => {
  const turned = Object.fromEntries(Object.entries(small).toReversed()) as unknown as PpoConfig
  expect(configHash(turned)).toBe(configHash(small))
  expect(configHash({ ...small, gamma: 0.5 })).not.toBe(configHash(small))
  expect(configHash({ ...small, adam: { ...small.adam, beta1: 0.5 } })).not.toBe(configHash(small))
})
