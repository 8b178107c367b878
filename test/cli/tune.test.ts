import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { CLI, proximal, workshop } from '../support/cli.ts'

const { folder, remove } = workshop()
afterAll(remove)

const SLOW = { timeout: 240_000 }
const SMALL = [
  '--set',
  'envs=4',
  '--set',
  'steps=8',
  '--set',
  'hidden=[8]',
  '--set',
  'minibatches=4',
]

/** 9 trials of 128 steps, 3 of 384, 1 of 1,152. */
const tune = (out: string, ...more: readonly string[]): readonly string[] => [
  'tune',
  'cartpole',
  ...SMALL,
  '--steps',
  '1152',
  '--total-steps',
  '3500',
  '--seeds',
  '1',
  '--episodes',
  '2',
  '--out',
  out,
  ...more,
]

const text = (...path: readonly string[]): string => readFileSync(join(folder, ...path), 'utf8')

const linesIn = (out: string): readonly string[] =>
  existsSync(join(folder, out, 'results.jsonl'))
    ? text(out, 'results.jsonl').split('\n').slice(0, -1)
    : []

const lastJson = (stdout: string): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>

const FILES = ['tuned.json', 'summary.md', 'trials.csv', 'tune.json']

describe('a search', () => {
  test('spends its budget in rounds, and writes a preset that train takes', SLOW, async () => {
    const { code, stdout } = await proximal(folder, ...tune('whole', '--workers', '1', '--json'))
    expect(code).toBe(0)
    const result = lastJson(stdout)
    expect(result).toMatchObject({
      tune: 'whole',
      env: 'cartpole',
      preset: join('whole', 'tuned.json'),
      rounds: [
        { trials: 9, steps: 128, seeds: 1 },
        { trials: 3, steps: 384, seeds: 1 },
        { trials: 1, steps: 1152, seeds: 1 },
      ],
    })
    expect(linesIn('whole')).toHaveLength(13)
    expect(text('whole', 'summary.md')).toMatch(/\| learningRate \| \d+ % \|/)
    const trained = await proximal(
      folder,
      'train',
      'cartpole',
      '--preset',
      './whole/tuned.json',
      '--out',
      'trained',
    )
    expect(trained.code).toBe(0)
    const { settings } = result['best'] as { settings: object }
    expect(JSON.parse(text('trained', 'config.json'))).toMatchObject({ settings })
  })

  test('finds the same after a kill, with any number of workers', SLOW, async () => {
    const args = tune('killed', '--workers', '2')
    const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: 'ignore' })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    while (linesIn('killed').length < 4 && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 2))
    child.kill('SIGKILL')
    await ended
    const kept = linesIn('killed')
    expect((await proximal(folder, ...args)).code).toBe(0)
    expect(linesIn('killed').slice(0, kept.length)).toEqual(kept)
    expect(linesIn('killed')).toHaveLength(13)
    for (const file of FILES) expect(text('killed', file)).toBe(text('whole', file))
  })

  test('of random settings makes whole runs only', SLOW, async () => {
    const args = [...tune('random', '--search', 'random', '--json'), '--seed', '2']
    const { code, stdout } = await proximal(folder, ...args)
    expect(code).toBe(0)
    expect(lastJson(stdout)).toMatchObject({ rounds: [{ trials: 3, steps: 1152, seeds: 1 }] })
  })

  test('refuses a folder with other settings, and shows the difference', SLOW, async () => {
    const before = text('whole', 'results.jsonl')
    const { code, stdout, stderr } = await proximal(folder, ...tune('whole', '--seed', '7'))
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('whole: expected a folder with the same settings')
    expect(stderr).toContain('seed: 1 in the folder, 7 requested')
    expect(text('whole', 'results.jsonl')).toBe(before)
  })

  test.each<[readonly string[], string]>([
    [['cartpole', '--search', 'grid'], '--search: expected one of halving, random'],
    [['cartpole', '--total-steps', '1000'], '--total-steps: expected at least'],
    [['cartpole', '--steps', '5000'], '--steps: expected enough for 4 updates'],
    [['cartpole', '--preset', './none.json'], 'found nothing: check the path'],
    [['cartpol'], 'did you mean cartpole?'],
    [[], '<env>: expected one, got nothing'],
  ])('%j is refused, and nothing is written', async (args, why) => {
    const { code, stdout, stderr } = await proximal(folder, 'tune', ...args, '--out', 'nothing')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(why)
    expect(existsSync(join(folder, 'nothing'))).toBe(false)
  })
})
