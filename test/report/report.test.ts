import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { createHash } from 'node:crypto'
import type { Metrics } from '../../src/algo/ppo/iterate.ts'
import { presets } from '../../src/algo/ppo/presets.ts'
import { reportHtml } from '../../src/report/report.ts'
import { returnSvg } from '../../src/report/returnSvg.ts'
import { movingMean, thinned, thinning, windowOf } from '../../src/report/series.ts'
import { summaryOf } from '../../src/report/summary.ts'
import { escaped, grouped, short, tickNames } from '../../src/report/text.ts'
import { roundTicks } from '../../src/report/ticks.ts'
import type { RunConfig } from '../../src/run/config.ts'
import { cases } from '../support/thorough.ts'
import { metricsOf } from '../support/metrics.ts'

const config: RunConfig = {
  format: 'proximal run 2',
  algorithm: 'ppo',
  version: '0.1.0',
  env: 'cartpole',
  seed: 3,
  preset: 'cleanrl',
  kernels: 'js',
  settings: { ...presets.cleanrl, gamma: 0.5 },
  past: [],
}

const record = { hash: 'ab'.repeat(32) }
const html = (metrics: Iterable<Metrics>, more: object = {}): string =>
  reportHtml({ config: { ...config, ...more }, record, metrics })

describe('ticks', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

  test.prop([finite, finite])('rise, few of them, and hold what they are for', (a, b) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)]
    const ticks = roundTicks(low, high)
    const slack = 1e-6 * Math.max(Math.abs(low), Math.abs(high), 1e-290)
    expect(ticks.length).toBeGreaterThanOrEqual(2)
    expect(ticks.length).toBeLessThanOrEqual(9)
    expect(ticks[0]! - slack).toBeLessThanOrEqual(low)
    expect(ticks.at(-1)! + slack).toBeGreaterThanOrEqual(high)
    ticks.slice(1).forEach((x, i) => expect(x).toBeGreaterThan(ticks[i]!))
  })

  test('are round numbers', () => {
    expect(roundTicks(0, 500)).toEqual([0, 100, 200, 300, 400, 500])
    expect(roundTicks(0.11, 0.29)).toEqual([0.1, 0.15, 0.2, 0.25, 0.3])
    expect(roundTicks(0, 0)).toEqual([0, 0.2])
    expect(roundTicks(-1, 1, 2)).toEqual([-1, 0, 1])
  })

  test.prop([
    fc.constantFrom(NaN, Infinity, -Infinity),
    fc.oneof(finite, fc.constantFrom(NaN, Infinity, -Infinity)),
    fc.boolean(),
  ])('of an endless range are refused', (a, b, swap) => {
    expect(() => (swap ? roundTicks(b, a) : roundTicks(a, b))).toThrow('expected finite numbers')
  })

  test('have names that tell them apart', () => {
    expect(tickNames([0, 500, 1000, 1_500_000])).toEqual(['0', '500', '1K', '1.5M'])
    expect(tickNames([100_000, 100_001])).toEqual(['100K', '100.001K'])
  })
})

describe('text', () => {
  test('numbers are short', () => {
    expect([0, -0, 1234.5, -0.00025, 999.9, 0.05, 1e13, NaN].map((x) => short(x))).toEqual([
      '0',
      '0',
      '1.23K',
      '−2.5e-4',
      '1K',
      '0.05',
      '1e+13',
      '–',
    ])
    expect([0, 999, 1000, 1234567].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567'])
  })

  test('begins and ends nothing', () => {
    expect(escaped(`<a b="c" d='e'>&\u0000`)).toBe(
      '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\ufffd',
    )
  })
})

describe('series', () => {
  test('episodes of an update are spread over its steps', () => {
    expect(summaryOf([metricsOf(1), metricsOf(2)], []).returns.points).toEqual([
      [50, 10],
      [100, 11],
      [150, 20],
      [200, 21],
    ])
  })

  test('the mean moves over a window, and over no gap', () => {
    const points = [1, 3, NaN, 5, 8].map((y, x) => [x, y] as const)
    expect(movingMean(points, 2).map(([, y]) => y)).toEqual([1, 2, NaN, 4, 6.5])
    expect([0, 4, 15, 994, 5000].map(windowOf)).toEqual([1, 1, 2, 99, 100])
  })

  test.prop([fc.array(fc.integer()), fc.integer({ min: 2, max: 20 })])(
    'fewer points keep the lowest and the highest, and their order',
    (ys, most) => {
      const points = ys.map((y, x) => [x, y] as const)
      const kept = thinned(points, most)
      expect(kept.length).toBeLessThanOrEqual(most)
      expect(kept.map(([x]) => x)).toEqual(kept.map(([x]) => x).toSorted((a, b) => a - b))
      const of = (all: typeof kept) => [
        Math.min(...all.map(([, y]) => y)),
        Math.max(...all.map(([, y]) => y)),
      ]
      expect(of(kept)).toEqual(of(points))
    },
  )
})

describe('a series that grows', () => {
  const added = (ys: readonly number[], most: number) => {
    const kept = thinning(most)
    ys.forEach((y, x) => kept.add([x, y]))
    return kept
  }

  test.prop([fc.array(fc.integer(), { maxLength: 300 }), fc.constantFrom(4, 8, 16)])(
    'keeps the lowest and the highest point, in order, and never more than it may',
    (ys, most) => {
      const kept = added(ys, most)
      const points = kept.points()
      expect(kept.count()).toBe(ys.length)
      expect(points.length).toBeLessThanOrEqual(2 * most)
      const places = points.map(([x]) => x)
      expect(places).toEqual(places.toSorted((a, b) => a - b))
      for (const [x, y] of points) expect(y).toBe(ys[x])
      const heights = points.map(([, y]) => y)
      expect([Math.min(...heights), Math.max(...heights)]).toEqual([
        Math.min(...ys),
        Math.max(...ys),
      ])
      if (kept.isWhole()) expect(heights).toEqual(ys)
    },
  )

  test('is whole while it is short, and evenly thin when it is long', () => {
    const ys = Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 1000)
    expect(added(ys.slice(0, 4000), 4096).isWhole()).toBe(true)
    const places = added(ys, 64)
      .points()
      .map(([x]) => x)
    const gaps = places.slice(1).map((x, i) => x - places[i]!)
    expect(gaps.reduce((most, gap) => Math.max(most, gap))).toBeLessThan(2 * (100_000 / 32))
  })

  test('of a long run is a page of the usual size', () => {
    const updates = cases(50_000, 300_000)
    function* metrics() {
      for (let i = 1; i <= updates; i++) yield metricsOf(i)
    }
    const page = html(metrics())
    expect(page).toContain(updates.toLocaleString('en-US'))
    expect(page).toContain(`${(2 * updates).toLocaleString('en-US')} episodes, mean of 100`)
    expect(page.length).toBeLessThan(2_000_000)
  })
})

describe('a report', () => {
  test('loads nothing, and its content policy allows only its own style', () => {
    const page = html([metricsOf(1), metricsOf(2)])
    expect(page).not.toMatch(/<script|<link|<img|\ssrc=|\shref=|\sstyle=|url\(|https?:/)
    const style = /<style>([^]*?)<\/style>/.exec(page)![1]!
    const hash = createHash('sha256').update(style).digest('base64')
    expect(page).toContain(`default-src 'none'; style-src 'sha256-${hash}'`)
    expect(page.match(/<style/g)).toHaveLength(1)
  })

  test('shows what differs from the preset, and everything below it', () => {
    const page = html([metricsOf(1)])
    expect(page).toContain('<th scope="row">gamma</th><td>0.5</td><td>0.99</td>')
    expect(page).toContain('<th scope="row">lambda</th><td>0.95</td></tr>')
    expect(html([], { settings: presets.cleanrl })).toContain(
      'All fields are as in the preset cleanrl.',
    )
    expect(html([], { preset: 'mine' })).toContain('There is no preset mine')
  })

  test('has the final figures of the last 100 episodes', () => {
    const page = html([metricsOf(1), metricsOf(2, { episodes: [] })])
    expect(page).toContain('<dd>10.5 ± 0.5<small>last 2 episodes</small></dd>')
    expect(page).toContain('<dt>Best episode</dt><dd>11<small>of 2</small></dd>')
    expect(page).toContain('<dt>Environment steps</dt><dd>200</dd>')
  })

  test('text of a user begins no element', () => {
    const wild = { env: '<script>"x"', preset: "<b a='1'>&", version: '</style>' } as object
    const page = html([metricsOf(1)], wild)
    expect(page).toContain('<h1>&lt;script&gt;&quot;x&quot;</h1>')
    expect(page).not.toMatch(/<script|<b a/)
    expect(page.match(/<\/style>/g)).toHaveLength(1)
  })

  test('of any run has numbers in every place: no update, one, no episode, NaN, infinite, one number', () => {
    const nan = { explainedVariance: NaN, policyLoss: NaN }
    const infinite = { approxKl: Infinity, entropy: -Infinity }
    const runs: ReadonlyArray<readonly Metrics[]> = [
      [],
      [metricsOf(1)],
      [metricsOf(1, { episodes: [] })],
      [metricsOf(1, nan), metricsOf(2), metricsOf(3, nan)],
      [metricsOf(1), metricsOf(2, infinite), metricsOf(3)],
      [metricsOf(1, infinite)],
      [metricsOf(1, { gradNorm: 1e308 }), metricsOf(2, { gradNorm: -1e308, entropy: 5e-324 })],
    ]
    for (const metrics of runs) {
      const page = html(metrics)
      expect(page).not.toMatch(/NaN|Infinity|undefined/)
      expect(page.match(/<svg/g)).toHaveLength(11)
    }
    expect(html([])).toContain('no episode has finished')
  })

  test('a gap is a gap, and a point alone a dot', () => {
    const nan = { policyLoss: NaN }
    const page = html([metricsOf(1), metricsOf(2, nan), metricsOf(3), metricsOf(4)])
    const chart = page.slice(page.indexOf('aria-label="Policy loss"'))
    expect(/class="line" d="([^"]*)"/.exec(chart)![1]).toMatch(/^M[\d.]+ [\d.]+h0M[\d. ]+L[\d. ]+$/)
  })
})

describe('the chart of returns', () => {
  test('is one SVG with what it is of, and the same each time', () => {
    const chart = returnSvg(config, [metricsOf(1), metricsOf(2)])
    expect(chart).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
    expect(chart).toContain('cartpole, seed 3: return')
    expect(chart).toContain('4 episodes')
    expect(chart).toBe(returnSvg(config, [metricsOf(1), metricsOf(2)]))
    expect(returnSvg(config, [])).toContain('no episode has finished')
  })
})
