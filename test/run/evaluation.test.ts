import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import type { PpoConfig } from '../../src/algo/ppo/config.ts'
import { parts } from '../../src/algo/ppo/iterate.ts'
import { cartPole } from '../../src/env/index.ts'
import { metricsCsv } from '../../src/report/metricsCsv.ts'
import { reportHtml } from '../../src/report/report.ts'
import { estimateLongestUpdate, estimateRun } from '../../src/run/budget.ts'
import { decodeRunConfig, encodeJson, type RunConfig } from '../../src/run/config.ts'
import { evaluatedRun } from '../../src/run/evaluation.ts'
import { firstLink, isSameMetrics, learnerHash, nextLink, sha256Hex } from '../../src/run/hash.ts'
import { decodeMetrics, encodeMetrics } from '../../src/run/metrics.ts'
import { encodeTrained } from '../../src/run/policy/policySnapshot.ts'
import { firstState, wholeRun } from '../../src/run/segments.ts'
import { verifyWith, type ExpectedRun } from '../../src/run/verify.ts'
import { metricsOf } from '../support/metrics.ts'
import { small } from '../support/runs.ts'

const plain: RunConfig = {
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
const config: RunConfig = { ...plain, evaluation: { every: 96, episodes: 3, longest: 1000 } }
const evaluated = { evalReturn: 3, evalStd: 1, evalLow: 2, evalHigh: 4, evalLength: 5 }
const partsOf = (settings: PpoConfig) => parts(settings, cartPole, 'js')

const ended = <A>(steps: Generator<unknown, A, undefined>): A => {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

describe('the config of a run with evaluations', () => {
  const bytes = (config: RunConfig) => new TextEncoder().encode(encodeJson(config))

  test('is read back; one without them has no such key', () => {
    expect(decodeRunConfig(bytes(config))).toEqual(E.right(config))
    expect(decodeRunConfig(bytes(plain))).toEqual(E.right(plain))
    expect(encodeJson(plain)).not.toContain('evaluation')
  })

  test.each(['every', 'episodes', 'longest'])('is refused where its %s cannot be', (name) => {
    const wrong = { ...config, evaluation: { ...config.evaluation!, [name]: 0 } }
    expect(decodeRunConfig(bytes(wrong))).toEqual(
      E.left(`evaluation.${name}: expected a whole number >= 1, got 0`),
    )
  })
})

describe('metrics with an evaluation', () => {
  const x = fc.oneof(
    fc.constantFrom(NaN, Infinity, -Infinity),
    fc.double().map((x) => x + 0),
  )
  const columns = fc.record({
    evalReturn: x,
    evalStd: x,
    evalLow: x,
    evalHigh: x,
    evalLength: x,
  })

  const { learner } = firstState(plain, partsOf)

  test.prop([columns])('are read back, and have the link of metrics without', (columns) => {
    const metrics = { ...metricsOf(1), ...columns }
    expect(decodeMetrics(encodeMetrics(metrics))).toEqual(E.right([metrics]))
    const link = firstLink(learner)
    expect(nextLink(link, metrics, learner)).toBe(nextLink(link, metricsOf(1), learner))
    expect(isSameMetrics(metrics, { ...metrics })).toBe(true)
    expect(isSameMetrics(metrics, metricsOf(1))).toBe(false)
  })

  test('have all of its columns', () => {
    const { evalLow: _, ...rest } = { ...metricsOf(1), ...evaluated }
    expect(decodeMetrics(`${JSON.stringify(rest)}\n`)).toMatchObject(
      E.left('line 1: evalLow: expected a number, null, "Infinity" or "-Infinity", got nothing'),
    )
  })

  test('fill columns of the table, which are empty where there is none', () => {
    const csv = metricsCsv([metricsOf(1), { ...metricsOf(2), ...evaluated }], 'ppo', true)
    const lines = csv.split('\r\n')
    expect(lines[0]).toMatch(/,evalReturn,evalStd,evalLow,evalHigh,evalLength$/)
    expect(lines[1]).toMatch(/,,,,,$/)
    expect(lines[2]).toMatch(/,3,1,2,4,5$/)
  })

  test('are a chart and a figure of the report, which has neither without them', () => {
    const report = (...metrics: Parameters<typeof encodeMetrics>) =>
      reportHtml({ config, record: { hash: null }, metrics })
    expect(report(metricsOf(1))).not.toContain('valuation</')
    const html = report({ ...metricsOf(1), ...evaluated })
    expect(html).toContain('<b>Return in evaluations</b><span>1 evaluation, 95 % interval</span>')
    expect(html).toContain('<dt>Last evaluation</dt><dd>3 ± 1')
  })
})

describe('a run with evaluations', () => {
  const steps = [...evaluatedRun(config, partsOf)]
  const lines = steps.flatMap(([metrics]) => (metrics === null ? [] : [encodeMetrics(metrics)]))
  const { learner } = steps.at(-1)![1]
  let link = ''
  const chain = steps.map(([metrics, { learner }]) => {
    link = metrics === null ? firstLink(learner) : nextLink(link, metrics, learner)
    return link
  })
  const claim = (lines: readonly string[]): ExpectedRun => ({
    config,
    hash: learnerHash(learner),
    chain,
    recorded: {
      lines: lines.map((line) => line.trimEnd()),
      params: sha256Hex(encodeTrained(learner)),
    },
  })

  test('is the run without them, and has them where they are due', () => {
    const without = [...wholeRun(plain, partsOf)]
    expect(without.map(([, { learner }]) => learnerHash(learner))).toEqual(
      steps.map(([, { learner }]) => learnerHash(learner)),
    )
    expect(
      steps.flatMap(([metrics]) => (metrics?.evalReturn === undefined ? [] : [metrics.update])),
    ).toEqual([2, 4])
  })

  test('is verified with its evaluations where they are recorded', () => {
    expect(E.isRight(ended(verifyWith(claim(lines), partsOf)))).toBe(true)
    const forged = lines.map((line) => line.replace(/"evalReturn":[\d.]+/, '"evalReturn":500'))
    expect(forged).not.toEqual(lines)
    expect(ended(verifyWith(claim(forged), partsOf))).toMatchObject(E.left({ update: 2 }))
    const { recorded: _, ...certificate } = claim(lines)
    expect(E.isRight(ended(verifyWith(certificate, partsOf)))).toBe(true)
  })

  test('takes at most what its episodes take at their longest, where they are played', () => {
    const [without, bare] = [estimateRun(plain, cartPole), estimateRun(config, cartPole)]
    expect(bare).toEqual(without)
    const all = estimateRun(config, cartPole, { evaluated: true })
    expect(all.steps - without.steps).toBe(2 * 3 * 1000)
    expect(all.seconds).toBeGreaterThan(without.seconds)
    expect(estimateLongestUpdate(config, cartPole).steps).toBe(48 + 3 * 1000)
  })
})
