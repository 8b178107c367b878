import { describe, expect, test } from 'vitest'
import { iterate, type Metrics } from '../../src/algo/ppo/iterate.ts'
import { init, parts } from '../../src/algo/ppo/parts.ts'
import { cartPole } from '../../src/env/index.ts'
import { learnerHash, nextLink, sha256Hex } from '../../src/io/hash.ts'
import { key } from '../../src/random/index.ts'
import { small } from '../support/runs.ts'

const learning = parts(small, cartPole)
const start = init(learning)(key(5))
const [metrics, { learner }] = iterate(small, learning)(start)
const link = learnerHash(start.learner)

describe('hashes', () => {
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
})
