import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { Metrics } from '../../src/algo/ppo/iterate.ts'
import { curves, CURVE_IDS, lineOf, spreadOf } from '../../src/demo/curves/series.ts'
import { curvesSvg } from '../../src/demo/curves/curvesSvg.ts'
import { runOf } from '../../src/demo/link/link.ts'
import type { Run } from '../../src/demo/run.ts'
import { MOST_RUNS, remembered, withProgress } from '../../src/demo/runs.ts'
import { changesOf, comparison } from '../../src/demo/time/changes.ts'
import { threadsFor } from '../../src/demo/control.ts'
import { presets } from '../../src/ppo.ts'
import { noRun } from '../../src/worker/index.ts'

const metricsAt = (update: number): Metrics => ({
  update,
  steps: 100 * update,
  learningRate: 1e-3,
  policyLoss: -0.01,
  valueLoss: 1,
  entropy: 0.6,
  approxKl: 0.01,
  clipFraction: 0.1,
  gradNorm: 0.5,
  explainedVariance: update === 1 ? NaN : 0.5,
  episodes: update === 2 ? [] : [{ env: 0, return: update, length: 2 * update }],
})

const config = runOf('cartpole', 1, presets.cartpole)

const empty: Run = { ...noRun, config: null, history: [], speeds: [], pace: null, claim: null }

describe('curves', () => {
  test.prop([fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1 })])(
    'show the mean and the standard deviation of what ended in an update',
    (values) => {
      const { value, spread } = spreadOf(values)
      const mean = values.reduce((a, b) => a + b, 0) / values.length
      const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length
      expect(value).toBeCloseTo(mean, 6)
      expect(spread).toBeCloseTo(Math.sqrt(variance), 6)
    },
  )

  test('have a gap where there is nothing to show', () => {
    const history = [1, 2, 3].map(metricsAt)
    const [ofReturn] = curves
    expect(lineOf(ofReturn!, history, [])).toEqual({
      steps: [100, 200, 300],
      values: [1, null, 3],
      low: [1, null, 3],
      high: [1, null, 3],
    })
    const variance = curves.find(({ id }) => id === 'explainedVariance')!
    expect(lineOf(variance, history, []).values).toEqual([null, 0.5, 0.5])
    expect(curves.map(({ id }) => id)).toEqual(CURVE_IDS)
  })

  test('go into one SVG file, a chart each', () => {
    const history = [1, 2, 3].map(metricsAt)
    const charts = curves.map((curve) => ({
      name: `<${curve.id}>`,
      line: lineOf(curve, history, [1, 2, 3]),
    }))
    const svg = curvesSvg('a & b', 'steps', charts)
    expect(svg).toMatch(/^<svg [^>]*aria-label="a &amp; b">/)
    for (const id of CURVE_IDS) expect(svg).toContain(`&lt;${id}&gt;`)
    expect(svg).not.toContain('NaN')
  })
})

describe('runs of a visit', () => {
  const told = { ...noRun, generation: 1, config, history: [1, 2, 3].map(metricsAt) }

  test('remember the speed of each update', () => {
    const first = withProgress(empty, { ...told, history: [metricsAt(1)], stepsPerSecond: 10 })
    const next = withProgress(first, { ...told, stepsPerSecond: 20 })
    expect(next.speeds).toEqual([10, 20, 20])
    const history = [...told.history]
    const other = withProgress(next, { ...told, history, generation: 2, stepsPerSecond: 5 })
    expect(other.speeds).toEqual([5, 5, 5])
  })

  test('that are left for another one are kept, up to a number of them', () => {
    const run = withProgress(empty, told)
    expect(remembered([], run, run)).toEqual([])
    let past = remembered([], run, { ...run, config: { ...config } })
    expect(past).toEqual([{ config, history: run.history, speeds: run.speeds }])
    for (let i = 0; i < 9; i++) past = remembered(past, run, empty)
    expect(past.length).toBe(MOST_RUNS)
    expect(remembered([], empty, run)).toEqual([])
  })
})

describe('time', () => {
  test('tells what each fork changed', () => {
    const run = {
      ...config,
      past: [
        { until: 3, settings: { ...config.settings, clip: 0.1 } },
        { until: 5, settings: { ...config.settings, gamma: 0.9, clip: 0.1 } },
      ],
    }
    expect(changesOf(run)).toEqual([
      { at: 3, fields: [['gamma', '0.98', '0.9']] },
      {
        at: 5,
        fields: [
          ['gamma', '0.9', '0.98'],
          ['clip', '0.1', '0.2'],
        ],
      },
    ])
  })

  test('compares with what a link claims once the run is there', () => {
    const claim = { update: 1, link: 'b' }
    expect(comparison(null, ['a', 'b'])).toBe('none')
    expect(comparison(claim, ['a'])).toBe('notYet')
    expect(comparison(claim, ['a', 'b', 'c'])).toBe('same')
    expect(comparison(claim, ['a', 'x'])).toBe('differs')
  })
})

test.prop([fc.integer({ min: 1, max: 64 }), fc.boolean(), fc.integer({ min: 1, max: 8 })])(
  'threads leave a core to the page, and need memory that can be shared',
  (cores, isIsolated, shards) => {
    const threads = threadsFor(cores, isIsolated, shards)
    expect(threads).toBeGreaterThanOrEqual(1)
    expect(threads).toBeLessThanOrEqual(shards)
    if (!isIsolated || cores === 1) expect(threads).toBe(1)
    else expect(threads).toBeLessThan(cores)
  },
)
