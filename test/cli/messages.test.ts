import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proximal, workshop } from '../support/cli.ts'

const home = workshop()
const run = (...args: readonly string[]) => proximal(home.folder, ...args)

const LONG = 'x'.repeat(300)
const RAW = /E[A-Z]{3,}:|ENAMETOOLONG|EFBIG|ERR_|Invalid typed array|at .*\.js:\d/

/** A small run, as `r`. */
const MADE =
  'train cartpole --set envs=2 --set steps=16 --set hidden=[4] --steps 64 --threads 1 --out r'.split(
    ' ',
  )

beforeAll(async () => {
  const made = await run(...MADE)
  expect(made.code).toBe(0)
}, 120_000)
afterAll(home.remove)

describe('a name that no file can have', () => {
  test.each([
    ['replay', LONG],
    ['eval', LONG],
    ['watch', LONG],
    ['export', LONG, '--to', 'csv'],
    ['fork', LONG, '--at', '1'],
    ['train', '--resume', LONG],
    ['train', 'cartpole', '--steps', '512', '--out', LONG],
    ['replay', 'r', '--certificate', LONG],
    ['watch', 'r', '--record', LONG],
    ['watch', 'r', '--save', `${LONG}.svg`],
    ['export', 'r', '--to', 'csv', '--out', LONG],
    ['fork', 'r', '--at', '1', '--out', LONG],
    ['replay', 'r/config.json/x'],
    ['train', 'cartpole', '--steps', '512', '--out', 'r/config.json/x'],
  ])('is refused in words: %s', async (...args) => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    expect(stderr).toMatch(/^proximal: .*: .*\n$/)
    expect(stderr).not.toMatch(RAW)
  })
})
