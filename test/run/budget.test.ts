import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { PpoConfig } from '../../src/algo/ppo/config.ts'
import { estimate } from '../../src/algo/ppo/estimate/estimate.ts'
import { environmentOf } from '../../src/env/environments.ts'
import {
  describeBudget,
  describeBytes,
  describeSeconds,
  estimateLongestUpdate,
  estimateRun,
  expectWithin,
  defaultBudget,
} from '../../src/run/budget.ts'
import { certify, describeDifference, verify, type Certificate } from '../../src/io.ts'
import type { RunConfig } from '../../src/run/config.ts'
import { small } from '../support/runs.ts'

const world = environmentOf('cartpole')
const dear = { ...small, hidden: [900, 900] }

const config: RunConfig = {
  format: 'proximal run 2',
  algorithm: 'ppo',
  version: '0.1.0',
  env: 'cartpole',
  seed: 3,
  preset: 'cleanrl',
  kernels: 'js',
  settings: small,
  past: [],
}

const ended = <A, B>(made: Generator<A, B>): B => {
  for (;;) {
    const { done, value } = made.next()
    if (done === true) return value
  }
}

describe('the estimate of a run', () => {
  test('is that of its updates by its config', () => {
    expect(estimateRun(config, world)).toEqual(estimate(small, world, { updates: 5 }))
    expect(estimateRun(config, world, { from: 2, to: 4 })).toEqual(
      estimate(small, world, { updates: 2 }),
    )
  })

  test('adds up the configs that it learned by, each for its updates', () => {
    const forked: Pick<RunConfig, 'algorithm' | 'settings' | 'past'> = {
      algorithm: 'ppo',
      settings: small,
      past: [{ until: 2, settings: dear }],
    }
    const [first, second] = [
      estimate(dear, world, { updates: 2 }),
      estimate(small, world, { updates: 3 }),
    ]
    const all = estimateRun(forked, world)
    expect(all.flop).toBe(first.flop + second.flop)
    expect(all.steps).toBe(5 * small.envs * small.steps)
    expect(all.bytes).toBe(first.bytes + second.bytes)
    expect(estimateRun(forked, world, { from: 2 })).toEqual(second)
    expect(estimateRun(forked, world, { to: 2 })).toEqual(first)
  })

  test('of a chain without updates is that of its start', () => {
    expect(estimateRun(config, world, { to: 0 })).toEqual(estimate(small, world, { updates: 0 }))
  })

  test('is that of the dearest update, where one at a time is looked at', () => {
    const forked: Pick<RunConfig, 'algorithm' | 'settings' | 'past'> = {
      algorithm: 'ppo',
      settings: small,
      past: [{ until: 2, settings: dear }],
    }
    expect(estimateLongestUpdate(forked, world).seconds).toBe(
      estimate(dear, world, { updates: 1 }).seconds,
    )
  })
})

describe('a budget', () => {
  test('holds what takes as much, and no more', () => {
    const told = { seconds: 600, bytes: 2 * 1024 * 1024 * 1024 }
    expect(expectWithin(defaultBudget)(told)).toEqual(E.right(told))
    expect(expectWithin(defaultBudget)({ ...told, seconds: 7200 })).toEqual(
      E.left(
        'expected work of at most 10 min on a laptop and 2 GiB of memory, got about 2 h on a laptop and 2 GiB of memory',
      ),
    )
    expect(E.isLeft(expectWithin(defaultBudget)({ ...told, bytes: told.bytes + 1 }))).toBe(true)
  })

  test.each([
    [0.2, 'less than 1 s'],
    [8, '8 s'],
    [90, '1.5 min'],
    [7200, '2 h'],
    [400_000, '4.6 d'],
    [4e7, '1.3 years'],
    [1e30, 'more than 1,000,000 years'],
    [Infinity, 'more than 1,000,000 years'],
  ])('of %d seconds is said as %s', (seconds, text) => {
    expect(describeSeconds(seconds)).toBe(text)
  })

  test.each([
    [3e6, '2.9 MiB'],
    [2 * 1024 * 1024 * 1024, '2 GiB'],
    [1e30, 'more than 1,000,000 GiB'],
  ])('of %d bytes is said as %s', (bytes, text) => {
    expect(describeBytes(bytes)).toBe(text)
  })
})

describe('verifying a certificate', () => {
  const certificate = ended(certify({ ...config, settings: { ...small, totalSteps: 48 } }))

  const forged = (choices: Partial<PpoConfig>): Certificate => ({
    ...certificate,
    config: { ...certificate.config, settings: { ...small, totalSteps: 48, ...choices } },
  })

  test.each([
    ['epochs', { epochs: Number.MAX_SAFE_INTEGER }],
    ['environments', { envs: 20_000_000, trunk: 'shared', totalSteps: Number.MAX_SAFE_INTEGER }],
    ['shards', { envs: 1e8, minibatches: 1, shards: 1e8, totalSteps: Number.MAX_SAFE_INTEGER }],
    ['layers', { hidden: [1e6, 1e6] }],
  ] as const)('of too many %s runs nothing, and tells what it would take', (_, choices) => {
    const verdict = verify(forged(choices)).next()
    if (verdict.done !== true || E.isRight(verdict.value)) throw new Error('it was run')
    const { left } = verdict.value
    if (left.kind === 'environment') throw new Error('it was not known')
    const { refused, update } = left
    expect(update).toBe(0)
    expect(refused!.seconds > 600 || refused!.bytes > defaultBudget.bytes).toBe(true)
    expect(describeDifference(verdict.value.left)).toContain(
      `was not run: expected work of at most ${describeBudget(defaultBudget)}, got work of `,
    )
  })

  test('is as before within the budget, and is refused by a smaller one', () => {
    expect(E.isRight(ended(verify(certificate)))).toBe(true)
    const tight = ended(verify(certificate, { budget: { seconds: 600, bytes: 1000 } }))
    expect(tight).toMatchObject(E.left({ kind: 'update', refused: { steps: 48 } }))
  })
})
