import * as E from 'fp-ts/lib/Either.js'
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { init, iterate, parts } from '../../src/algo/ppo/index.ts'
import { acrobot, cartPole, type Environment } from '../../src/env/index.ts'
import { environmentOf } from '../../src/env/environments.ts'
import { encodeCheckpoint, openCheckpoint } from '../../src/run/checkpoint.ts'
import { decodeMetrics } from '../../src/run/metrics.ts'
import { resume } from '../../src/run/resume.ts'
import { decodeReplayRecord, decodeRunConfig } from '../../src/run/config.ts'
import * as safetensors from '../../src/format/safetensors.ts'
import { key } from '../../src/random/index.ts'
import { own } from '../../src/tensor/tensor.ts'
import { formats } from '../fuzz/formats.ts'
import { decodeOne, mutant } from '../fuzz/one.ts'
import { small } from '../support/runs.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) expect.fail(String(either.left))
  return either.right
}

const left = (either: E.Either<unknown, unknown>): string => {
  if (E.isRight(either)) expect.fail('expected a Left')
  return String(either.left)
}

/** What becomes of a checkpoint whose environments are that text, its hash as it should be. */
const resumed = <S>(world: Environment<S>, change: (values: unknown[]) => string) => {
  const all = parts(small, world)
  const [, state] = iterate(small, all)(init(all)(key(1)))
  const { tensors, metadata } = right(
    safetensors.open(right(encodeCheckpoint({ config: small, state, link: null, about: {} }))),
  )
  const before = tensors.get('run.world')!.data as Uint8Array
  const text = utf8(change(JSON.parse(new TextDecoder().decode(before)) as unknown[]))
  const bytes = safetensors.encode(
    [...tensors].map(([name, { shape, data }]) => [
      name,
      name === 'run.world'
        ? own(['byte'], [text.length], text)
        : own(
            shape.map((_, i) => `d${i}`),
            shape,
            data,
          ),
    ]),
    metadata,
  )
  const end = bytes.length - 32
  bytes.set(createHash('sha256').update(bytes.subarray(0, end)).digest(), end)
  return E.flatMap(resume(all))(openCheckpoint(bytes))
}

/** The values with what the first of them leads to by these names replaced. */
const put = (values: unknown[], path: readonly (string | number)[], ...by: unknown[]): string => {
  let place = 0
  for (const name of path) place = (values[place] as Record<string, number>)[name]!
  values[place] = by[0]
  return JSON.stringify([...values, ...by.slice(1)])
}

describe('the environments of a checkpoint', () => {
  test('as they were are resumed', () => {
    expect(E.isRight(resumed(cartPole, (x) => JSON.stringify(x)))).toBe(true)
  })

  test.each([
    ['more words', [0, 0, 0]],
    ['a list of nothing', [-7, 300]],
    ['a number that is no word', [-3, -3]],
  ])('with a key of %s are none', (_, words) => {
    expect(left(resumed(cartPole, (x) => put(x, [0, 'key', 'words'], words)))).toContain(
      'envState[env=0]: key: expected two words of 32 bits',
    )
  })

  test('with words that cannot be written are not keys', () => {
    const change = (x: unknown[]) =>
      put(x, [0, 'key', 'words'], [x.length, x.length], ['null', 'toString', -1])
    expect(left(resumed(cartPole, change))).toContain('expected two words of 32 bits')
  })

  test.each([
    ['an object without a prototype', ['null', 'a', -1]],
    ['an object that is not a number', { toString: -1, valueOf: -1 }],
    ['a list of one', [-4]],
    ['a text', '1'],
    ['a large whole number', ['BigInt', '9'.repeat(10_000)]],
  ])('that show %s are none', (_, shown) => {
    const problem = left(resumed(cartPole, (x) => put(x, [0, 'state', 'state', 'x'], shown)))
    expect(problem).toContain('envState[env=0')
    expect(problem.length).toBeLessThan(500)
  })

  test('that would draw for ever are none', () => {
    const world = environmentOf('flappy-bird-pixels')
    const all = parts(small, world)
    const text = JSON.stringify(init(all)(key(1)).envState.slots[0]!.state)
    const hostile = JSON.parse(
      text.replace(/"(y|gapTop)":[\d.]+/g, (_, name: string) => `"${name}":1e308`),
    ) as unknown
    expect(text).toMatch(/"gapTop"/)
    expect(world.observe(hostile)).toHaveLength(world.observationSpace.size)
  })
})

describe('a long list of wrong things', () => {
  const many = 300_000

  test('in a record is one mistake', () => {
    const link = '5'.repeat(64)
    const text = JSON.stringify({
      format: 'proximal replay 1',
      files: { config: link, metrics: link, params: link },
      hash: link,
      chain: Array.from({ length: many }, (_, i) => (i === 0 ? link : i)),
    })
    expect(left(decodeReplayRecord(utf8(text)))).toBe(
      'chain.1: expected 64 hexadecimal digits, got 1',
    )
  })

  test('in the past of a config is one mistake', () => {
    const config = {
      format: 'proximal run 2',
      algorithm: 'ppo',
      version: '0.1.0',
      env: 'cartpole',
      seed: 3,
      preset: 'cleanrl',
      kernels: 'js',
      settings: small,
      past: Array.from({ length: many }, () => 0),
    }
    expect(left(decodeRunConfig(utf8(JSON.stringify(config))))).toMatch(/^past\.0[^;]*$/)
  })

  test('in a line of metrics is one mistake', () => {
    const all = parts(small, acrobot)
    const [metrics] = iterate(small, all)(init(all)(key(1)))
    const episodes = Array.from({ length: many }, () => 0)
    expect(left(decodeMetrics(`${JSON.stringify({ ...metrics, episodes })}\n`))).toMatch(
      /^line 1: episodes\.0[^;]*$/,
    )
  })
})

describe('mutants', () => {
  const all = formats()

  test('of a case are the same whenever they are made, and of another others', () => {
    for (let one = 0; one < 20; one++) {
      const { bytes } = mutant(all, 1, one)
      expect(mutant(all, 1, one).bytes).toEqual(bytes)
      expect(mutant(all, 2, one).bytes).not.toEqual(bytes)
    }
  })

  test('are Left or Right, some of each', () => {
    const found = Array.from({ length: 1000 }, (_, one) => decodeOne(all, 1, one))
    expect(found.filter(({ threw }) => threw !== null)).toEqual([])
    const rights = found.filter(({ isRight }) => isRight).length
    expect(rights).toBeGreaterThan(10)
    expect(rights).toBeLessThan(300)
  })
})
