import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Learner } from '../../src/algo/learner.ts'
import type { Normaliser } from '../../src/algo/look.ts'
import { init, iterate, parts, type Metrics } from '../../src/algo/ppo/iterate.ts'
import { cartPole } from '../../src/env/index.ts'
import { learnerHash, nextLink, sha256Hex } from '../../src/run/hash.ts'
import { key } from '../../src/random/index.ts'
import { data, of, toArray, type Tensor } from '../../src/tensor/index.ts'
import { own } from '../../src/tensor/tensor.ts'
import { small } from '../support/runs.ts'

const learning = parts(small, cartPole)
const start = init(learning)(key(5))
const [metrics, { learner }] = iterate(small, learning)(start)
const link = learnerHash(start.learner)

/** A learner with everything that a run can carry on, and each of the numbers in it. */
const normaliser: Normaliser = {
  observation: {
    count: 3,
    mean: of(['feature'], [2], [0.5, -1]),
    m2: of(['feature'], [2], [2, 3]),
  },
  reward: {
    moments: { count: 4, mean: of(['feature'], [1], [7]), m2: of(['feature'], [1], [9]) },
    returns: of(['env'], [2], [1, 0]),
  },
}
const full: Learner = { ...learner, adaptive: { learningRate: 1e-3, beta: 2 }, normaliser }

/** The same value with each of its numbers, one at a time, one bit away from what it was. */
const nudged = (value: unknown): unknown[] => {
  if (typeof value === 'number') return [value + Math.max(Math.abs(value), 1) * 2 ** -50]
  if (value instanceof Float64Array)
    return Array.from(value, (_, i) =>
      Float64Array.from(value, (x, j) => (i === j ? (nudged(x)[0] as number) : x)),
    )
  if (typeof value !== 'object' || value === null) return []
  if ('buffer' in value && 'dims' in value) {
    const t = value as Tensor
    return nudged(Float64Array.from(toArray(t))).map((x) =>
      of([...t.dims], t.shape, x as Float64Array),
    )
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    nudged(inner).map((other) => ({ ...value, [key]: other })),
  )
}

describe('hashes', () => {
  test('a learner that carries nothing on is its parameters and Adam’s memory, as it always was', () => {
    const [, { m, v, count, beta1Power, beta2Power }] = learner.optim
    const bytes = [learner.params.flat, m, v].map((t) =>
      Buffer.from(Float32Array.from(toArray(t)).buffer),
    )
    const scalars = Buffer.from(Float64Array.of(count, beta1Power, beta2Power).buffer)
    const hash = createHash('sha256').update(Buffer.concat([...bytes, scalars]))
    expect([learner.adaptive, learner.normaliser]).toEqual([null, null])
    expect(learnerHash(learner)).toBe(hash.digest('hex'))
  })

  test('every number that it carries on counts, to the last bits', () => {
    const others = [
      ...nudged(full.adaptive).map((adaptive) => ({
        ...full,
        adaptive: adaptive as Learner['adaptive'],
      })),
      ...nudged(normaliser).map((other) => ({ ...full, normaliser: other as Normaliser })),
    ]
    expect(others).toHaveLength(2 + 1 + 2 + 2 + 1 + 1 + 1 + 2)
    const hashes = [full, ...others].map(learnerHash)
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  test('and so does whether it carries anything on', () => {
    const hashes = [
      full,
      learner,
      { ...full, adaptive: null },
      { ...full, normaliser: null },
      { ...full, normaliser: { ...normaliser, reward: null } },
      { ...full, normaliser: { ...normaliser, observation: null } },
    ].map(learnerHash)
    expect(new Set(hashes).size).toBe(hashes.length)
  })

  test('V’s own Adam counts, too', () => {
    const [clip, adam] = learner.optim
    const two = { ...learner, optim: [clip, adam, adam] as const }
    const changed = { ...adam, beta2Power: adam.beta2Power / 2 }
    expect(learnerHash(two)).not.toBe(learnerHash(learner))
    expect(learnerHash({ ...learner, optim: [clip, adam, changed] })).not.toBe(learnerHash(two))
  })

  test('SHA-256 of "abc" (FIPS 180-4, example B.1)', () => {
    expect(sha256Hex(new TextEncoder().encode('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    )
  })

  test('a learner has one hash, and another learner another', () => {
    expect(learnerHash(init(learning)(key(5)).learner)).toBe(link)
    expect(learnerHash(init(learning)(key(6)).learner)).not.toBe(link)
    expect(learnerHash(learner)).not.toBe(link)
  })

  test('one bit of the optimiser’s memory changes the hash', () => {
    const [clip, adam] = learner.optim
    const changed = { ...learner, optim: [clip, { ...adam, count: adam.count + 1 }] as const }
    expect(learnerHash(changed)).not.toBe(learnerHash(learner))
  })

  test.each<keyof Metrics>([
    'update',
    'steps',
    'learningRate',
    'policyLoss',
    'valueLoss',
    'entropy',
    'approxKl',
    'clipFraction',
    'gradNorm',
    'explainedVariance',
  ])('a link depends on %s', (field) => {
    const changed = { ...metrics, [field]: Number(metrics[field]) + 1e-9 + 1 }
    expect(nextLink(link, changed, learner)).not.toBe(nextLink(link, metrics, learner))
  })

  test('a link depends on the one before, the episodes and the learner', () => {
    const usual = nextLink(link, metrics, learner)
    const episodes = [...metrics.episodes, { env: 0, return: 1, length: 1 }]
    expect(nextLink('0'.repeat(64), metrics, learner)).not.toBe(usual)
    expect(nextLink(link, { ...metrics, episodes }, learner)).not.toBe(usual)
    expect(nextLink(link, metrics, start.learner)).not.toBe(usual)
  })

  test('NaNs of every kind are one NaN', () => {
    const strange = new Float64Array(new BigUint64Array([0xfff8000000000123n]).buffer)[0]!
    expect(nextLink(link, { ...metrics, explainedVariance: strange }, learner)).toBe(
      nextLink(link, { ...metrics, explainedVariance: NaN }, learner),
    )
  })

  /** A learner whose two parameters after the first are these bits, and Adam's m those of f64. */
  const withBits = (bits: readonly number[], wide: readonly bigint[]): Learner => {
    const [clip, adam] = learner.optim
    // Bits go in as bits: a number on its way through an engine may lose them.
    const single = new Float32Array(Uint32Array.from([0x3f800000, ...bits]).buffer)
    const double = new Float64Array(BigUint64Array.from([0x3ff0000000000000n, ...wide]).buffer)
    return {
      ...learner,
      params: { ...learner.params, flat: own(['param'], [single.length], single) },
      optim: [clip, { ...adam, m: own(['param'], [double.length], double) }],
    }
  }
  const NAN_32 = 0x7fc00000
  const NAN_64 = 0x7ff8000000000000n
  const usual = withBits([NAN_32, NAN_32], [NAN_64])

  test.each<readonly [string, readonly number[], readonly bigint[]]>([
    ['with a sign', [0xffc00000, NAN_32], [0xfff8000000000000n]],
    ['with a payload', [NAN_32, 0x7fc00123], [0x7ff8000000000123n]],
    ['with every bit', [0xffffffff, 0x7fffffff], [0xffffffffffffffffn]],
    ['signalling', [0x7f800001, 0xffa00000], [0x7ff0000000000001n]],
  ])('in tensors, too: %s', (_, bits, wide) => {
    const strange = withBits(bits, wide)
    expect(learnerHash(strange)).toBe(learnerHash(usual))
    const after = new Uint32Array((data(strange.params.flat) as Float32Array).buffer)
    expect(Array.from(after.subarray(1)), 'the tensor itself is left as it is').toEqual(bits)
  })

  test('a NaN is hashed as the quiet one without a payload, and its place counts', () => {
    const [, { v, count, beta1Power, beta2Power }] = usual.optim
    const bytes = Buffer.concat([
      Buffer.from(Uint32Array.of(0x3f800000, NAN_32, NAN_32).buffer),
      Buffer.from(BigUint64Array.of(0x3ff0000000000000n, NAN_64).buffer),
      Buffer.from(Float32Array.from(toArray(v)).buffer),
      Buffer.from(Float64Array.of(count, beta1Power, beta2Power).buffer),
    ])
    expect(learnerHash(usual)).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(learnerHash(withBits([NAN_32, 0], [NAN_64]))).not.toBe(
      learnerHash(withBits([0, NAN_32], [NAN_64])),
    )
  })

  test('infinities are no NaNs, and −0 is not 0', () => {
    const hashes = [[0x7f800000], [0xff800000], [NAN_32], [0], [0x80000000]].map((bits) =>
      learnerHash(withBits(bits, [])),
    )
    expect(new Set(hashes).size).toBe(hashes.length)
  })
})
