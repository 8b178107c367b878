import { fc, test } from '@fast-check/vitest'
import { sha256 } from '@noble/hashes/sha2.js'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { evaluate } from '../../../src/algo/evaluate.ts'
import { cartPole, pendulum, type Environment } from '../../../src/env/index.ts'
import { environments } from '../../../src/env/environments.ts'
import {
  decodeActionLog,
  encodeActionLog,
  type ActionLog,
} from '../../../src/run/episode/actionLog.ts'
import { columnsOf, pack, unpackStep, type Column } from '../../../src/run/episode/packed.ts'
import { recordEpisodes } from '../../../src/run/episode/recordEpisodes.ts'
import { replayEpisode } from '../../../src/run/episode/replayEpisode.ts'
import { js } from '../../../src/kernel/js/js.ts'
import { key } from '../../../src/random/index.ts'
import { anySpace } from '../../support/anySpace.ts'
import { expectSameBits } from '../../law/purity.ts'
import { begin, small } from '../../support/runs.ts'
import { closing, spaces, walk } from '../../support/spaces.ts'

const numberOf = (column: Column): fc.Arbitrary<number> =>
  column === 'f64'
    ? fc.double({ noNaN: true })
    : column === 'f32'
      ? fc.float({ noNaN: true })
      : fc.nat(column - 1)

const episode = (columns: readonly Column[]) =>
  fc
    .record({
      words: fc.tuple(fc.nat(0xffffffff), fc.nat(0xffffffff)),
      rows: fc.array(fc.tuple(...columns.map(numberOf)), { minLength: 1, maxLength: 9 }),
      sum: fc.double({ noNaN: true, noDefaultInfinity: true }),
    })
    .map(({ words, rows, sum }) => ({
      key: { words },
      actions: pack(columns, rows.flat()),
      return: sum,
      length: rows.length,
    }))

const anyLog: fc.Arbitrary<ActionLog> = fc
  .tuple(anySpace, fc.constantFrom('f32' as const, 'f64' as const))
  .chain(([space, dtype]) => {
    const columns = columnsOf(space, dtype)
    return fc.record({
      env: fc.string({ unit: 'grapheme', minLength: 1 }),
      bound: fc.constantFrom('none' as const, 'clip' as const, 'squash' as const),
      columns: fc.constant(columns),
      episodes: fc.array(episode(columns), { maxLength: 3 }),
    })
  })

const bits = (actions: readonly number[], columns: readonly Column[] = [2]): ActionLog => ({
  env: 'w',
  bound: 'none',
  columns,
  episodes: [
    {
      key: { words: [1, 2] },
      actions: pack(columns, actions),
      return: -0.5,
      length: actions.length / columns.length,
    },
  ],
})

/** The same file with one byte changed, and the hash that this has. */
const forged = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
  const out = bytes.slice()
  out[at] = value
  out.set(sha256(out.subarray(0, out.length - 32)), out.length - 32)
  return out
}

describe('action logs', () => {
  test.prop([anyLog])('what was encoded is decoded, to the bit', (log) => {
    const decoded = decodeActionLog(encodeActionLog(log))
    if (E.isLeft(decoded)) expect.fail(decoded.left.problem)
    expectSameBits(decoded.right, log)
  })

  test('numbers of every kind are read as they were packed, wherever they lie', () => {
    const columns: readonly Column[] = [3, 'f32', 1, 2 ** 32, 'f64']
    const rows = [2, -0, 0, 2 ** 32 - 1, Math.PI, 0, Infinity, 0, 5, 5e-324]
    const packed = pack(columns, rows)
    expect(packed).toHaveLength(Math.ceil((2 * (2 + 32 + 1 + 32 + 64)) / 8))
    expectSameBits(unpackStep(columns, packed, 0), rows.slice(0, 5))
    expectSameBits(unpackStep(columns, packed, 1), rows.slice(5))
    expect(pack([2], [1, 0, 0, 0, 0, 0, 0, 0, 1])).toEqual(Uint8Array.of(1, 1))
  })

  test('10,000 steps of two choices are 1.3 kB', () => {
    const actions = Array.from({ length: 10_000 }, (_, t) => t % 2)
    // Magic and version, name, bound and count, a column, a count, an episode, bits, hash.
    expect(encodeActionLog(bits(actions))).toHaveLength(8 + 3 + 3 + 5 + 4 + 20 + 1250 + 32)
  })

  test('every shorter file and every flipped bit is refused', () => {
    const bytes = encodeActionLog(bits([0, 1, 2, 0.25, 1, 0.5], [3, 'f32']))
    for (let length = 0; length < bytes.length; length++)
      expect(decodeActionLog(bytes.subarray(0, length))._tag).toBe('Left')
    for (let i = 0; i < 8 * bytes.length; i++) {
      const flipped = bytes.slice()
      flipped[i >> 3]! ^= 1 << (i & 7)
      expect(decodeActionLog(flipped)._tag).toBe('Left')
    }
    expect(decodeActionLog(Uint8Array.of(...bytes, 0))._tag).toBe('Left')
  })

  test.prop([anyLog, fc.nat(), fc.nat(255)])(
    'a hash that fits makes no damage throw',
    (log, at, value) => {
      const bytes = encodeActionLog(log)
      const changed = forged(bytes, 8 + (at % (bytes.length - 40)), value)
      const decoded = decodeActionLog(changed)
      // What is read at all is written as it was.
      if (E.isRight(decoded)) expect(encodeActionLog(decoded.right)).toEqual(changed)
    },
  )

  test.each([
    ['a choice beyond the last', 43, 3, 'step 0: entry 0: expected a whole number from 0 to 2'],
    ['bits after the last', 43, 4, 'expected nothing after the last step'],
    ['a length beyond the file', 42, 255, 'but the file ends earlier'],
    ['no length', 39, 0, 'expected 75 bytes, got 76'],
    ['an unknown bound', 11, 3, 'bound: expected 0, 1 or 2, got 3'],
    ['an unknown column', 14, 3, 'columns[0]'],
  ])('%s is refused, whatever the hash', (_, at, value, said) => {
    const decoded = decodeActionLog(forged(encodeActionLog(bits([0], [3])), at, value))
    if (E.isRight(decoded)) expect.fail('decoded')
    expect(decoded.left.kind).toBe('content')
    expect(decoded.left.problem).toContain(said)
  })

  test('what no file holds is not written', () => {
    const log = bits([0])
    expect(() => encodeActionLog({ ...log, env: '\uD800' })).toThrow(/env: expected well-formed/)
    expect(() => pack([2], [2])).toThrow('actions[step=0, entry=0]: expected a whole number')
    expect(() => pack(['f32'], [0.1])).toThrow('expected a number of 32 bits')
    expect(() => pack(['f64'], [NaN])).toThrow('expected a number, got NaN')
    expect(() => pack([2, 2], [1])).toThrow('rows of 2 numbers')
  })
})

describe('record and replay', () => {
  const all: ReadonlyArray<readonly [string, Environment<unknown>]> = [
    ['cartpole', cartPole],
    ['pendulum', pendulum],
    ...Object.entries(spaces).map(([name, space]) => [name, walk(space)] as const),
    ...Object.entries(spaces).map(
      ([name, space]) => [`masked ${name}`, walk(space, closing(space))] as const,
    ),
  ] as ReadonlyArray<readonly [string, Environment<unknown>]>

  test.each(
    all.flatMap(([name, env]) =>
      (['mode', 'sample'] as const).map((act) => [name, act, env] as const),
    ),
  )('%s by %s: the episodes of an evaluation replay', (_, act, env) => {
    const { policy, params } = begin(env, 3, { ...small, actionBound: 'squash' }, js.f32)
    const trained = { params, normaliser: null }
    const episodes = evaluate(env, policy, trained, { key: key(5), episodes: 6, act })
    const log = recordEpisodes(env, policy, trained, {
      key: key(5),
      episodes: [0, 1, 2, 3, 4, 5],
      act,
    })
    expect(log.episodes.map((e) => [e.return, e.length])).toEqual(
      episodes.map((e) => [e.return, e.length]),
    )
    const decoded = decodeActionLog(encodeActionLog(log))
    if (E.isLeft(decoded)) expect.fail(decoded.left.problem)
    for (const one of decoded.right.episodes) {
      const lives = replayEpisode(env, decoded.right, one)
      let moments = 0
      let next = lives.next()
      for (; next.done !== true; next = lives.next()) moments++
      expect(next.value).toEqual(E.right(undefined))
      expect(moments).toBe(one.length + 1)
    }
  })

  test('another return, length, key or environment is found', () => {
    const { policy, params } = begin(cartPole, 3, small, js.f32)
    const trained = { params, normaliser: null }
    const log = recordEpisodes(cartPole, policy, trained, {
      key: key(5),
      episodes: [0],
      act: 'mode',
    })
    const one = log.episodes[0]!
    const end = <S>(env: Environment<S>, episode: typeof one) => {
      const lives = replayEpisode(env, log, episode)
      for (;;) {
        const { done, value } = lives.next()
        if (done === true) return E.isLeft(value) ? value.left : null
      }
    }
    expect(end(cartPole, one)).toBeNull()
    expect(end(cartPole, { ...one, return: one.return + 1 })).toMatchObject({ step: one.length })
    expect(end(cartPole, { ...one, length: one.length - 1 })?.problem).toContain('it continues')
    expect(end(cartPole, { ...one, length: one.length + 1 })?.problem).toContain('it ended after')
    expect(end(pendulum, one)?.problem).toContain('expected the environment "cartpole"')
    expect(end({ ...pendulum, name: 'cartpole' }, one)?.problem).toContain('another environment')
    const throwing: Environment<unknown> = {
      ...(cartPole as Environment<unknown>),
      step: () => {
        throw new Error('no')
      },
    }
    expect(end(throwing, one)).toMatchObject({ step: 0 })
  })

  test('a choice that the game no longer allows is found, at its step', () => {
    const open = walk(spaces.discrete)
    const { policy, params } = begin(open, 3, small, js.f32)
    const log = recordEpisodes(
      open,
      policy,
      { params, normaliser: null },
      { key: key(5), episodes: [0], act: 'sample' },
    )
    const one = log.episodes[0]!
    const rows = Array.from({ length: one.length }, (_, t) => unpackStep([3], one.actions, t)[0]!)
    for (const step of rows.keys()) {
      const closed = walk(spaces.discrete, ({ age }) =>
        [0, 1, 2].map((choice) => age < step || choice !== rows[age]),
      )
      const lives = replayEpisode(closed, log, one)
      let next = lives.next()
      while (next.done !== true) next = lives.next()
      expect(next.value).toEqual(
        E.left({
          step,
          problem: `expected an allowed choice, got ${rows[step]}, which the actionMask excludes`,
        }),
      )
    }
  })

  test('environments are logged by the name that they are found by', () => {
    for (const [name, world] of Object.entries(environments)) expect(world.name).toBe(name)
  })
})
