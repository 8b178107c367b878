import { createHash } from 'node:crypto'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { estimate } from '../../src/algo/ppo/estimate/estimate.ts'
import { presets } from '../../src/algo/ppo/presets.ts'
import { expectMemory, parseBudget } from '../../src/cli/budget.ts'
import { environmentOf } from '../../src/env/environments.ts'
import { defaultBudget } from '../../src/run/budget.ts'
import { filesIn, proximal, workshop } from '../support/cli.ts'

const GIB = 1024 * 1024 * 1024

describe('--budget', () => {
  test.each([
    [undefined, defaultBudget],
    ['90s', { ...defaultBudget, seconds: 90 }],
    ['1.5h', { ...defaultBudget, seconds: 5400 }],
    ['512MiB', { ...defaultBudget, bytes: GIB / 2 }],
    ['2d,4GiB', { seconds: 172_800, bytes: 4 * GIB }],
    ['4GiB,20min', { seconds: 1200, bytes: 4 * GIB }],
    ['none', { seconds: Infinity, bytes: Infinity }],
  ])('of %s is read', (text, budget) => {
    expect(parseBudget(text)).toEqual(E.right(budget))
  })

  test.each(['', '10', '3x', '-1s', '1h,', '1h,2GiB,3GiB', '1e9s', '10 min', 'NaNs', '4GB'])(
    'of %j is refused with what it may be',
    (text) => {
      const parsed = parseBudget(text)
      expect(E.isLeft(parsed) && parsed.left).toMatch(
        /^--budget: expected a time such as 90s, 10min/,
      )
    },
  )
})

describe('memory for a run that the user asks for', () => {
  const of = (choices: object) =>
    estimate({ ...presets.cleanrl, ...choices }, environmentOf('cartpole'), { updates: 1 })

  test('is there for every preset', () => {
    expect(expectMemory(of({}), GIB)).toEqual(E.right(undefined))
  })

  test('is refused beyond that of the machine, and beyond that of WebAssembly', () => {
    expect(expectMemory(of({ hidden: [5000, 5000] }), GIB)).toMatchObject({
      left: expect.stringContaining('expected at most the 1 GiB of this machine, got about'),
    })
    expect(expectMemory(of({ hidden: [100_000, 100_000] }), 1e15)).toMatchObject({
      left: expect.stringContaining('expected at most 4 GiB for networks and batch, got about'),
    })
  })
})

describe('a run folder or a certificate that asks for too much', () => {
  let home: ReturnType<typeof workshop>
  const run = (...args: readonly string[]) => proximal(home.folder, ...args)

  beforeAll(async () => {
    home = workshop()
    const made = await run(
      'train',
      'cartpole',
      '--steps',
      '512',
      '--threads',
      '1',
      '--preset',
      'cleanrl',
      '--out',
      'r',
    )
    expect(made.stderr).toBe('')
    const replayed = await run('replay', 'r', '--certificate', 'c.json')
    expect(replayed.code).toBe(0)
  }, 120_000)
  afterAll(() => home.remove())

  /** A copy of the run, its config changed, and its record made to agree; checkpoints would not. */
  const forgedFolder = (name: string, choices: object): void => {
    const [from, to] = [join(home.folder, 'r'), join(home.folder, name)]
    cpSync(from, to, { recursive: true })
    rmSync(join(to, 'checkpoints'), { recursive: true })
    const config = JSON.parse(readFileSync(join(to, 'config.json'), 'utf8')) as { settings: object }
    const text = `${JSON.stringify({ ...config, settings: { ...config.settings, ...choices } }, null, 2)}\n`
    writeFileSync(join(to, 'config.json'), text)
    const record = JSON.parse(readFileSync(join(to, 'replay.json'), 'utf8')) as {
      files: { config: string }
    }
    record.files.config = createHash('sha256').update(text).digest('hex')
    writeFileSync(join(to, 'replay.json'), `${JSON.stringify(record, null, 2)}\n`)
  }

  const forgedCertificate = (name: string, choices: object): void => {
    const text = readFileSync(join(home.folder, 'c.json'), 'utf8')
    const certificate = JSON.parse(text) as { config: { settings: object } }
    const { config } = certificate
    const settings = { ...config.settings, ...choices }
    writeFileSync(
      join(home.folder, name),
      JSON.stringify({ ...certificate, config: { ...config, settings } }),
    )
  }

  const MOST = Number.MAX_SAFE_INTEGER
  const cases = [
    ['epochs', { epochs: MOST }],
    ['envs', { envs: 20_000_000, trunk: 'shared', totalSteps: MOST }],
    ['shards', { envs: 1e7, minibatches: 1, shards: 1e8, totalSteps: MOST }],
    ['hidden', { hidden: [60_000, 60_000] }],
  ] as const

  test.each(cases)('by %s is not replayed, resumed or forked', async (name, choices) => {
    forgedCertificate(`${name}.json`, choices)
    forgedFolder(name, choices)
    const before = filesIn(join(home.folder, name))
    for (const args of [
      ['replay', `${name}.json`],
      ['replay', name],
      ['train', '--resume', name],
      ['fork', name, '--at', '0', '--out', `${name}-fork`],
    ]) {
      const { code, stdout, stderr } = await run(...args)
      expect(code).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).toMatch(
        /^proximal: .*: expected work of at most 10 min on a laptop and 2 GiB of memory, got .*: --budget .* allows it\n$/,
      )
    }
    expect(filesIn(join(home.folder, name))).toEqual(before)
    expect(existsSync(join(home.folder, `${name}-fork`))).toBe(false)
  })

  test('by its networks is not played or exported, and by its environments is', async () => {
    for (const args of [
      ['eval', 'hidden'],
      ['watch', 'hidden'],
      ['export', 'hidden', '--to', 'onnx'],
    ])
      expect((await run(...args)).stderr).toContain('--budget')
    // One environment is played, whatever it was trained in.
    expect(await run('eval', 'envs', '--episodes', '1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('params.safetensors: trunk'),
    })
    forgedFolder('many', { envs: 20_000_000, totalSteps: MOST })
    expect((await run('eval', 'many', '--episodes', '1')).code).toBe(0)
    expect((await run('watch', 'many')).code).toBe(0)
    expect((await run('export', 'many', '--to', 'onnx')).code).toBe(0)
    expect((await run('export', 'many', '--to', 'npz')).stderr).toContain('--budget')
  })

  test('is run where the budget is raised, and says what it takes', async () => {
    expect((await run('replay', 'c.json', '--budget', '30MiB')).code).toBe(2)
    const { code, stdout } = await run('replay', 'c.json', '--budget', '1h,1GiB')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^takes less than 1 s on a laptop and \d+ MiB of memory\n/)
  })
})
