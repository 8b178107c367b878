import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import type { AnyMetrics } from '../../src/algo/algorithm.ts'
import type { PpoConfig } from '../../src/algo/ppo/config.ts'
import { parts } from '../../src/algo/ppo/iterate.ts'
import { cartPole } from '../../src/env/index.ts'
import {
  bestAfter,
  decodeBest,
  encodeBest,
  isReached,
  type Best,
} from '../../src/run/bestPolicy.ts'
import { decodeRunConfig, encodeJson, type RunConfig } from '../../src/run/config.ts'
import { evaluatedRun } from '../../src/run/evaluation.ts'
import { learnerHash } from '../../src/run/hash.ts'
import { encodeTrained } from '../../src/run/policy/policySnapshot.ts'
import { firstState } from '../../src/run/segments.ts'
import { certify, verify } from '../../src/run/verify.ts'
import { expectSameBits } from '../law/purity.ts'
import { metricsOf } from '../support/metrics.ts'
import { small } from '../support/runs.ts'

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
  evaluation: { every: 48, episodes: 3, longest: 1000, stopAt: 0 },
}
const partsOf = (settings: PpoConfig) => parts(settings, cartPole, 'js')

const ended = <A>(steps: Generator<unknown, A, undefined>): A => {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

const evaluated = (update: number, evalReturn: number, evalLow = NaN) => ({
  ...metricsOf(update),
  evalReturn,
  evalStd: 0,
  evalLow,
  evalHigh: NaN,
  evalLength: 1,
})

describe('the best policy of a run', () => {
  const mean = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(NaN, null))

  test.prop([fc.array(mean, { maxLength: 20 }), fc.nat({ max: 5 })])(
    'is that of the earliest highest evaluation; a fork counts its own only',
    (means, forkedAt) => {
      const past = forkedAt === 0 ? [] : [{ until: forkedAt, settings: small }]
      const all = means.map((x, i): AnyMetrics =>
        x === null ? metricsOf(i + 1) : evaluated(i + 1, x),
      )
      const own = all.flatMap(({ update, evalReturn = NaN }) =>
        update > forkedAt && !Number.isNaN(evalReturn) ? [{ update, mean: evalReturn }] : [],
      )
      const highest = Math.max(...own.map(({ mean }) => mean))
      expect(all.reduce<Best | null>(bestAfter({ past }), null)).toEqual(
        own.find(({ mean }) => mean === highest) ?? null,
      )
    },
  )

  test('is read back from its file with the evaluation that chose it', () => {
    const { learner } = firstState(config, partsOf)
    const best = { update: 7, mean: 0.1 + 0.2 }
    const bytes = encodeBest(config, best, learner)
    const decoded = decodeBest(config, bytes)
    if (E.isLeft(decoded)) throw new Error(decoded.left)
    const { trained, ...rest } = decoded.right
    expect(rest).toEqual(best)
    const read = trained(learner)
    if (E.isLeft(read)) throw new Error(read.left)
    expectSameBits(encodeTrained(read.right), encodeTrained(learner))
    const other = E.left('expected the best policy of this run, found something else')
    expect(decodeBest({ ...config, seed: 4 }, bytes)).toEqual(other)
    expect(decodeBest({ ...config, env: 'acrobot' }, bytes)).toEqual(other)
    expect(decodeBest(config, encodeTrained(learner))).toEqual(other)
    expect(E.isLeft(decodeBest(config, bytes.slice(0, 100)))).toBe(true)
  })
})

describe('a run that stops at a return', () => {
  test('has reached it where the lower end of the interval has', () => {
    const stopAt = (stopAt: number) => ({
      past: [{ until: 2, settings: small }],
      evaluation: { ...config.evaluation!, stopAt },
    })
    expect(isReached(stopAt(5), evaluated(3, 9, 5))).toBe(true)
    expect(isReached(stopAt(5.5), evaluated(3, 9, 5))).toBe(false)
    expect(isReached(stopAt(-5), evaluated(3, 9, NaN))).toBe(false)
    expect(isReached(stopAt(-5), metricsOf(3))).toBe(false)
    // The run that it was forked from did not stop there, or was forked where it did.
    expect(isReached(stopAt(5), evaluated(2, 9, 5))).toBe(false)
    expect(isReached({ past: [] }, evaluated(3, 9, 5))).toBe(false)
  })

  test('ends there, as does its certificate', () => {
    const steps = [...evaluatedRun(config, partsOf)]
    expect(steps.map(([, { update }]) => update)).toEqual([0, 1])
    const certificate = ended(certify(config))
    expect(certificate.chain).toHaveLength(2)
    expect(certificate.hash).toBe(learnerHash(steps.at(-1)![1].learner))
    expect(ended(verify(certificate))).toEqual(E.right({ updates: 1, hash: certificate.hash }))
  })

  test('needs two episodes an evaluation, and a finite return', () => {
    const decoded = (evaluation: object) =>
      decodeRunConfig(new TextEncoder().encode(JSON.stringify({ ...config, evaluation })))
    const { evaluation } = config
    expect(decodeRunConfig(new TextEncoder().encode(encodeJson(config)))).toEqual(E.right(config))
    expect(decoded({ ...evaluation, episodes: 1 })).toEqual(
      E.left('evaluation.episodes: expected at least 2 with stopAt, got 1'),
    )
    expect(decoded({ ...evaluation, stopAt: 'x' })).toEqual(
      E.left('evaluation.stopAt: expected a finite number, got "x"'),
    )
  })
})
