import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { presets } from '../../src/builtin/presets.ts'
import { jobsOf, type Sweep } from '../../src/sweep/plan.ts'
import { sweepHtml, sweepSvg } from '../../src/sweep/report/report.ts'
import type { JobResult, Results } from '../../src/sweep/result.ts'
import { summariseSweep } from '../../src/sweep/summary.ts'
import { runsCsv, sweepMarkdown } from '../../src/sweep/table.ts'

const HOSTILE = `<img src=x onerror=alert(1)>|&"'\u001b[2J`

const cell = (env: string, variant: string) =>
  ({
    env: { name: env },
    variant,
    algorithm: 'ppo',
    preset: variant,
    settings: presets.cartpole,
  }) as const

const sweep: Sweep = {
  format: 'proximal sweep 1',
  version: '0.1.0',
  seeds: 4,
  episodes: 10,
  cells: [
    cell('cartpole', 'own'),
    cell('cartpole', HOSTILE),
    cell('acrobot', 'own'),
    cell('acrobot', HOSTILE),
  ],
}

/** A run of the first variant returns 0 … 3 in either environment, one of the second 2 … 5. */
const score = (i: number): number => (i % 4) + 2 * (Math.floor(i / 4) % 2)

const outcomeOf = (i: number): JobResult =>
  E.right({
    steps: 100,
    score: score(i),
    std: 0,
    min: score(i),
    max: score(i),
    training: null,
    curve: Array.from({ length: 25 }, (_, stretch) => (stretch < 3 ? null : stretch + i)),
    hash: 'c'.repeat(64),
  })

const all: Results = new Map(jobsOf(sweep).map(({ key }, i) => [key, outcomeOf(i)]))
const reversed: Results = new Map([...all].toReversed())
const failed: Results = new Map(jobsOf(sweep).map(({ key }) => [key, E.left(HOSTILE)]))
const none: Results = new Map()

const texts = (results: Results): readonly string[] => {
  const summary = summariseSweep(sweep, results)
  return [sweepHtml(summary), sweepSvg(summary), sweepMarkdown(summary), runsCsv(summary)]
}

describe('the report of a sweep', () => {
  test('is the same in whatever order the runs have ended', () => {
    expect(texts(reversed)).toEqual(texts(all))
  })

  test('shows every environment, and how probable an improvement is', () => {
    const { improvements, cells } = summariseSweep(sweep, all)
    // Of 16 pairs, X wins 13 and 2 are ties, of the scores 2 … 5 and 0 … 3.
    expect(improvements).toMatchObject([{ environments: 2, probability: (13 + 1) / 16 }])
    expect(cells.map(({ iqm }) => iqm)).toEqual([1.5, 3.5, 1.5, 3.5])
    const [html = '', svg = '', markdown = ''] = texts(all)
    for (const text of [html, svg]) {
      expect(text).toContain('cartpole')
      expect(text).toContain('acrobot')
      expect(text).toContain('0.88 (')
    }
    expect(markdown).toContain('| cartpole | own | 4 | 1.5 |')
  })

  test.each([
    ['all runs', all],
    ['no run', none],
    ['faults alone', failed],
  ])('of %s holds no NaN, and none of its texts as markup', (_, results) => {
    const [html = '', svg = '', markdown = '', csv = ''] = texts(results)
    for (const text of [html, svg]) {
      expect(text).not.toMatch(/NaN|Infinity|undefined|<img|<script/)
      expect(text).toContain('&lt;img src=x')
    }
    for (const text of [html, svg, markdown, csv]) expect(text).not.toContain('\u001b')
    for (const line of markdown.split('\n').filter((each) => each.startsWith('| ')))
      expect([5, 4, 8]).toContain(line.split(/(?<!\\)\|/).length - 2)
  })

  test('has a row for each fault, and counts it below any score', () => {
    const one: Results = new Map([...all, [jobsOf(sweep)[0]!.key, E.left('NaN at update 7')]])
    const { cells } = summariseSweep(sweep, one)
    expect(cells[0]).toMatchObject({ failed: 1, mean: -Infinity, worst: { score: -Infinity } })
    // 0 has gone, and its place is at the other end of what is trimmed.
    expect(cells[0]!.iqm).toBe(1.5)
    const [html, , markdown, csv] = texts(one)
    for (const text of [html, markdown, csv]) expect(text).toContain('NaN at update 7')
  })

  test('allows only its own style', () => {
    const [html = ''] = texts(all)
    const style = /<style>([^]*?)<\/style>/.exec(html)![1]!
    const hash = createHash('sha256').update(style).digest('base64')
    expect(html).toContain(`default-src 'none'; style-src 'sha256-${hash}'`)
    expect(html).not.toContain('style="')
  })
})
