import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { keep, keptRuns } from '../../bench/learning/kept.ts'
import { rowsAsked } from '../../bench/learning/order.ts'
import type { SeedRun } from '../../bench/learning/run.ts'
import { bestSuccess, successOf } from '../../bench/learning/success.ts'
import { rowHash } from '../../src/sweep/protocol.ts'
import { frozenLakeTable } from '../../src/env/frozenLake.ts'

describe('saved runs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'proximal-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const runOf = (seed: number, training: number): SeedRun => ({
    seed,
    totalSteps: 10,
    steps: 10,
    seconds: 1,
    training,
    reached: null,
    evaluation: [{ env: 0, return: 3, length: 2 }],
    curve: [null, 2],
    largestKl: 0,
    success: null,
    best: null,
  })

  test('are found again by their row, also after half a line', () => {
    const file = join(folder, 'deep', 'kept.jsonl')
    expect(keptRuns(file, 'a').size).toBe(0)
    keep(file, 'a', runOf(1, NaN))
    appendFileSync(file, '\n{"row":"a","run":{"seed":')
    keep(file, 'a', runOf(2, 5))
    keep(file, 'b', runOf(3, 5))
    expect(keptRuns(file, 'a')).toEqual(
      new Map([
        [1, runOf(1, NaN)],
        [2, runOf(2, 5)],
      ]),
    )
  })
})

describe('the probability of crossing the lake', () => {
  const table = frozenLakeTable()
  // Left, down, right, up in each cell: what value iteration finds for the slippery 4 x 4 map.
  const best = [0, 3, 3, 3, 0, 0, 0, 0, 3, 1, 0, 0, 0, 2, 1, 0]

  test('of the best policy that knows no clock is 74 % in 100 steps', () => {
    expect(successOf(table, 0, 100, best)).toBeCloseTo(0.744, 2)
    expect(bestSuccess(table, 0, 100)).toBeGreaterThanOrEqual(successOf(table, 0, 100, best))
  })

  test('grows with the horizon to 14/17', () => {
    const all = [1, 10, 100, 1000, 3000].map((h) => bestSuccess(table, 0, h))
    expect(all).toEqual(all.toSorted((a, b) => a - b))
    expect(all.at(-1)).toBeCloseTo(14 / 17, 6)
  })
})

/** The cells of the rows of a table that begin with the name of an environment, without spaces around them. */
const rowsOf = (text: string): readonly (readonly string[])[] =>
  [...text.matchAll(/^\| ([A-Z][^|]+\d) +\|(.*)\|$|^\| (Flappy Bird) +\|(.*)\|$/gm)].map(
    ([, name, rest, bird, birdRest]) =>
      [name ?? bird!, ...(rest ?? birdRest!).split('|')].map((cell) => cell.trim()),
  )

describe('the table of the README', () => {
  test('has the figures of the page of results', () => {
    const results = rowsOf(readFileSync('src/guide/results.md', 'utf8'))
    const shown = rowsOf(readFileSync('README.md', 'utf8'))
    expect(shown.length).toBeGreaterThan(5)
    for (const [name, steps, goal, seeds, iqm] of shown) {
      const row = results.find(([other]) => other === name)
      expect(row).toMatchObject({ 1: steps, 2: goal, 4: iqm })
      expect(row![3]).toMatch(new RegExp(`^${seeds!} \\(`))
    }
  })
})

describe('the table of the guide', () => {
  const page = readFileSync('src/guide/results.md', 'utf8')
  const hashes = [...page.matchAll(/\| `([0-9a-f]{8})` +\|$/gm)].map(([, hash]) => hash)

  test('is that of the current presets', () => {
    const current = rowsAsked({ rows: 'all' }).map((order) =>
      rowHash({
        env: order.row.env,
        algorithm: order.row.algorithm,
        settings: order.settings,
        episodes: 100,
      }).slice(0, 8),
    )
    expect(hashes.length).toBeGreaterThan(0)
    expect(current).toEqual(expect.arrayContaining(hashes))
  })
})
