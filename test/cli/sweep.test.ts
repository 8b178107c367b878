import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { CLI, proximal, proximalProcess, workshop } from '../support/cli.ts'

const { folder, remove } = workshop()
afterAll(remove)

const LIBRARY = pathToFileURL(join(CLI, '../../index.js')).href

const SLOW = { timeout: 120_000 }
const QUICK = ['--set', 'envs=4', '--set', 'steps=16', '--set', 'hidden=[8]', '--episodes', '3']

/** Six runs of 40 updates. */
const sweep = (out: string, ...more: readonly string[]): readonly string[] => [
  'sweep',
  'cartpole',
  '--steps',
  '2560',
  ...QUICK,
  '--set',
  'learningRate=0.01,0.001',
  '--seeds',
  '3',
  '--out',
  out,
  ...more,
]

const text = (...path: readonly string[]): string => readFileSync(join(folder, ...path), 'utf8')

const linesIn = (out: string): readonly string[] =>
  existsSync(join(folder, out, 'results.jsonl'))
    ? text(out, 'results.jsonl').split('\n').slice(0, -1)
    : []

interface Line {
  readonly key: string
  readonly outcome?: { readonly hash: string; readonly score: number }
  readonly fault?: string
}

const parsed = (line: string): Line => JSON.parse(line) as Line

const lastJson = (stdout: string): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>

/** Runs a command until so many results are written, and kills it. */
const killedAfter = async (
  results: number,
  args: readonly string[],
  out: string,
): Promise<void> => {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  while (linesIn(out).length < results && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 2))
  child.kill('SIGKILL')
  await ended
}

describe('a sweep', () => {
  test('gives the same bytes with any number of workers, and after a kill', SLOW, async () => {
    const whole = await proximal(folder, ...sweep('whole', '--workers', '1', '--json'))
    expect(whole.code).toBe(0)
    expect(lastJson(whole.stdout)).toMatchObject({ sweep: 'whole', runs: 6, ended: 6, failed: 0 })

    await killedAfter(1, sweep('killed'), 'killed')
    const kept = linesIn('killed')
    appendFileSync(join(folder, 'killed/results.jsonl'), '{"key":"half a li')
    const { code, stdout } = await proximal(folder, ...sweep('killed'))
    expect(code).toBe(0)
    if (kept.length < 6) expect(stdout).toContain(`6 runs, ${kept.length} of them kept`)
    expect(linesIn('killed').slice(0, kept.length)).toEqual(kept)
    expect(new Set(linesIn('killed').map((line) => parsed(line).key)).size).toBe(6)
    for (const file of ['table.md', 'runs.csv', 'sweep.json'])
      expect(text('killed', file)).toBe(text('whole', file))
  })

  test('has nothing left to do where it has ended', SLOW, async () => {
    const before = [text('whole', 'results.jsonl'), text('whole', 'table.md')]
    const { code, stdout } = await proximal(folder, ...sweep('whole'))
    expect(code).toBe(0)
    expect(stdout).toContain('6 runs, 6 of them kept')
    expect([text('whole', 'results.jsonl'), text('whole', 'table.md')]).toEqual(before)
  })

  test('makes runs that train makes again, to the hash', SLOW, async () => {
    const [, row] = text('whole', 'runs.csv').split('\r\n')
    const [, , , , seed, , , , , , , hash] = row!.split(',')
    const trained = await proximal(
      folder,
      'train',
      'cartpole',
      '--steps',
      '2560',
      ...QUICK.slice(0, 6),
      '--set',
      'learningRate=0.01',
      '--seed',
      seed!,
      '--out',
      'trained',
      '--json',
    )
    expect(lastJson(trained.stdout)).toMatchObject({ hash })
  })

  test('refuses a folder with other settings, and shows the difference', SLOW, async () => {
    const before = text('whole', 'results.jsonl')
    const { code, stdout, stderr } = await proximal(
      folder,
      ...sweep('whole', '--seeds', '4', '--set', 'gamma=0.5'),
    )
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('proximal: whole: expected a folder with the same settings')
    expect(stderr).toContain('proximal: seeds: 3 in the folder, 4 requested')
    expect(stderr).toContain('proximal: cells.0.settings.gamma: 0.98 in the folder, 0.5 requested')
    expect(text('whole', 'results.jsonl')).toBe(before)
  })

  test('refuses a folder of anything else', SLOW, async () => {
    const { code, stderr } = await proximal(folder, ...sweep('trained'))
    expect(code).toBe(2)
    expect(stderr).toContain('trained: expected a new or empty folder, found one with')
  })

  test('has a row for a run that ends with a fault, and continues', SLOW, async () => {
    const args = ['sweep', 'cartpole', '--steps', '640', ...QUICK, '--seeds', '2']
    const rates = ['--set', 'learningRate=1e38,0.01']
    const ended = await proximal(folder, ...args, ...rates, '--out', 'faults', '--json')
    expect(ended.code).toBe(0)
    const { cells } = lastJson(ended.stdout) as { cells: readonly object[] }
    expect(cells).toMatchObject([
      { runs: 2, failed: 2, iqm: '-Infinity' },
      { runs: 2, failed: 0 },
    ])
    expect(text('faults', 'table.md')).toContain('| 2 (2 failed) | −∞ |')
    const faults = linesIn('faults').flatMap((line) => parsed(line).fault ?? [])
    expect(faults).toHaveLength(2)
    for (const fault of faults) {
      expect(fault).toMatch(/update 1.*expected/)
      expect(ended.stderr).toContain(fault)
      expect(text('faults', 'table.md')).toContain(fault)
    }
  })

  test('goes on after a run that ends its process, and tries it again', SLOW, async () => {
    const module = `import { env } from ${JSON.stringify(LIBRARY)}
      // Only the processes that make runs have a channel to the one that started them.
      const quit = () => process.send !== undefined && process.exit(3)
      export const quits = {
        name: 'quits',
        observationSpace: env.box(1, [0], [1]),
        actionSpace: env.discrete(2),
        init: ({ words: [, word] }) => ({ word, steps: 0 }),
        step: () => ({ word, steps }) => [
          { reward: 1, terminated: steps === 5 || quit(), truncated: false },
          { word, steps: steps + 1 },
        ],
        observe: ({ word }) => [word / 4294967296],
      }`
    writeFileSync(join(folder, 'quits.mjs'), module)
    const args = ['sweep', './quits.mjs', 'cartpole', '--steps', '640', ...QUICK, '--seeds', '2']
    for (const kept of [0, 2]) {
      const ended = await proximalProcess(folder, ...args, '--out', 'quits', '--json')
      expect(ended.code).toBe(0)
      expect(ended.stderr).toContain(`4 runs, ${kept === 0 ? '' : '2 of them kept, '}`)
      expect(ended.stderr).toContain('was lost: its process ended with exit code 3')
      expect(lastJson(ended.stdout)).toMatchObject({ ended: 4, failed: 2 })
      expect(linesIn('quits')).toHaveLength(2)
    }
    // As train does, a module begins with the settings that are suggested for it.
    expect(JSON.parse(text('quits', 'sweep.json'))).toMatchObject({
      cells: [{ preset: 'suggested' }, { preset: 'cartpole' }],
    })
  })

  test('keeps the runs that have ended when it is interrupted', SLOW, async () => {
    const args = ['sweep', 'cartpole', '--steps', '2560', ...QUICK, '--seeds', '200']
    const child = spawn(process.execPath, [CLI, ...args, '--out', 'stopped'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const output = child.stdout.toArray()
    const ended = new Promise((resolve) => child.once('exit', resolve))
    while (linesIn('stopped').length < 1 && child.exitCode === null)
      await new Promise((resolve) => setTimeout(resolve, 2))
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect((await output).join('')).toContain('stopped; finished runs are kept')
    expect(linesIn('stopped').length).toBeLessThan(200)
    expect(text('stopped', 'table.md')).toContain(`| ${linesIn('stopped').length} |`)
  })

  test('fails where a fault ends every run', SLOW, async () => {
    const args = ['sweep', 'cartpole', '--steps', '640', ...QUICK, '--seeds', '1']
    const ended = await proximal(folder, ...args, '--set', 'learningRate=1e38', '--out', 'all')
    expect(ended.code).toBe(2)
    expect(ended.stderr).toBe('proximal: all: every run ended with a fault\n')
    expect(linesIn('all')).toHaveLength(1)
  })

  test.each<[readonly string[], string]>([
    [[], '<env>: expected one, got nothing'],
    [['cartpol'], 'env: expected one of'],
    [['cartpole', 'cartpole'], 'expected each environment and variant once'],
    [['cartpole', '--preset', 'own,sb4'], 'sb4: --preset: expected one of'],
    [['cartpole', '--set', 'gama=1'], 'did you mean gamma?'],
    [['cartpole', '--seeds', '0'], '--seeds: expected a whole number from 1'],
    [['cartpole', '--backend', 'gpu'], '--backend: expected a bit-reproducible backend'],
  ])('%j is refused, and nothing is written', async (args, why) => {
    const { code, stdout, stderr } = await proximal(folder, 'sweep', ...args, '--out', 'nothing')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(why)
    expect(existsSync(join(folder, 'nothing'))).toBe(false)
  })
})
