import { execFileSync } from 'node:child_process'
import {
  cpSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proximal, workshop } from '../support/cli.ts'

const { folder, remove } = workshop()
const at = (...path: readonly string[]): string => join(folder, ...path)

const SMALL = ['--set', 'envs=2', '--set', 'steps=8', '--set', 'hidden=[4]', '--threads', '1']
const train = (out: string) =>
  proximal(
    folder,
    'train',
    'cartpole',
    ...SMALL,
    '--steps',
    '64',
    '--checkpoint-every',
    '1',
    '--out',
    out,
  )

/** Everything below a folder by name: what a file holds, where a link leads. */
const below = (name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(at(name), { recursive: true, encoding: 'utf8' })
      .toSorted()
      .map((path) => {
        const found = lstatSync(at(name, path))
        return [
          path,
          found.isFile()
            ? readFileSync(at(name, path), 'latin1')
            : found.isSymbolicLink()
              ? `-> ${readlinkSync(at(name, path))}`
              : found.isDirectory()
                ? 'a folder'
                : 'something else',
        ]
      }),
  )

const copied = (name: string): string => {
  cpSync(at('whole'), at(name), { recursive: true })
  return name
}

beforeAll(() => train('whole'))
afterAll(remove)

describe('train --out', () => {
  const file = (name: string, text: string) => (out: string) => writeFileSync(at(out, name), text)

  test.each([
    [
      'a checkpoint’s name in a folder of checkpoints',
      (out: string) => {
        mkdirSync(at(out, 'checkpoints'))
        writeFileSync(at(out, 'checkpoints/00000999.safetensors'), 'precious')
      },
    ],
    ['a folder', (out: string) => mkdirSync(at(out, 'photos'))],
    ['an empty folder of checkpoints', (out: string) => mkdirSync(at(out, 'checkpoints'))],
    ['a file named lock', file('lock', 'precious')],
    ['an empty file named lock', file('lock', '')],
    ['an empty metrics file', file('metrics.jsonl', '')],
    ['a hidden file', file('.precious', '')],
    ['a link that leads nowhere', (out: string) => symlinkSync('nowhere', at(out, 'lock'))],
    [
      'a lock left over beside something else',
      (out: string) => {
        file('lock', 'proximal lock: process 7 of there, held by the system\n')(out)
        file('metrics.jsonl', '{}\n')(out)
      },
    ],
    [
      'a lock left over beside a link',
      (out: string) => {
        file('lock', 'proximal lock: process 7 of there, held by the system\n')(out)
        symlinkSync('../whole/metrics.jsonl', at(out, 'metrics.jsonl'))
      },
    ],
  ])('refuses a folder with %s, and leaves all of it', async (name, fill) => {
    const out = `with ${name.replaceAll(' ', '-')}`
    mkdirSync(at(out))
    fill(out)
    const before = below(out)
    const { code, stderr } = await train(out)
    expect(code).toBe(2)
    expect(stderr).toContain('expected a new or empty folder')
    expect(below(out)).toEqual(before)
  })

  test('refuses the folder that it is called in, where there are folders', async () => {
    mkdirSync(at('home/work'), { recursive: true })
    const { code } = await proximal(at('home'), 'train', 'cartpole', '--out', '.')
    expect(code).toBe(2)
    expect(below('home')).toEqual({ work: 'a folder' })
  })

  test('refuses a file, and leaves it', async () => {
    writeFileSync(at('a-file'), 'precious')
    expect(await train('a-file')).toMatchObject({ code: 2 })
    expect(readFileSync(at('a-file'), 'utf8')).toBe('precious')
  })

  test('takes an empty folder, and one that a link of the user names', async () => {
    mkdirSync(at('empty'))
    symlinkSync('empty', at('link-to-empty'))
    expect(await train('link-to-empty')).toMatchObject({ code: 0 })
    expect(Object.keys(below('empty'))).toEqual(Object.keys(below('whole')))
  })

  test('takes a folder that a killed process left before its run began', async () => {
    mkdirSync(at('left'))
    file('lock', 'proximal lock: process 7 of there, held by the system\n')('left')
    file('metrics.jsonl', '')('left')
    file('.proximal-7-0.tmp', '{')('left')
    expect(await train('left')).toMatchObject({ code: 0 })
    expect(Object.keys(below('left'))).toEqual(Object.keys(below('whole')))
  })
})

describe('a link inside a run folder is not followed', () => {
  const FILES = ['config.json', 'metrics.jsonl', 'params.safetensors', 'replay.json'] as const
  const COMMANDS = [
    ['train', '--resume'],
    ['fork', '--at', '2', '--out', 'forked'],
    ['eval', '--episodes', '1'],
    ['replay'],
    ['watch', '--record', 'log'],
    ['export', '--to', 'csv'],
  ] as const

  test.each([
    ...FILES.map((name) => [name, COMMANDS[0]] as const),
    ...COMMANDS.slice(1).map((command, i) => [FILES[i % FILES.length]!, command] as const),
  ])('%s by %j: what it leads to stays as it is', async (name, command) => {
    const run = copied(`linked-${name}-${command[0]}`)
    const precious = at(`precious-${name}-${command[0]}`)
    renameSync(at(run, name), precious)
    const bytes = readFileSync(precious)
    symlinkSync(precious, at(run, name))
    const [first, ...rest] = command
    await proximal(folder, first, ...rest, run)
    expect(readFileSync(precious).equals(bytes)).toBe(true)
    expect(lstatSync(precious).isFile()).toBe(true)
  })

  test('nor one to a folder of checkpoints, whose files stay', async () => {
    const run = copied('linked-checkpoints')
    renameSync(at(run, 'checkpoints'), at('other'))
    writeFileSync(at('other/00000099.safetensors'), 'precious')
    symlinkSync('../other', at(run, 'checkpoints'))
    const before = below('other')
    const { code, stderr } = await proximal(folder, 'train', '--resume', run)
    expect(code).toBe(2)
    expect(stderr).toContain('checkpoints: expected a folder, found a symbolic link')
    expect(below('other')).toEqual(before)
  })

  test('nor one to a folder of exports', async () => {
    const run = copied('linked-export')
    mkdirSync(at('elsewhere'))
    symlinkSync('../elsewhere', at(run, 'export'))
    expect(await proximal(folder, 'export', run, '--to', 'csv')).toMatchObject({ code: 2 })
    expect(below('elsewhere')).toEqual({})
  })

  test('but a run may be named by one, and a certificate or a log, too', async () => {
    symlinkSync('whole', at('link-to-run'))
    const made = ['replay', 'link-to-run', '--certificate', 'certificate']
    expect(await proximal(folder, ...made)).toMatchObject({ code: 0 })
    symlinkSync('certificate', at('link-to-certificate'))
    expect(await proximal(folder, 'replay', 'link-to-certificate')).toMatchObject({ code: 0 })
    await proximal(folder, 'watch', 'whole', '--record', 'a-log')
    symlinkSync('a-log', at('link-to-log'))
    expect(await proximal(folder, 'watch', 'link-to-log')).toMatchObject({ code: 0 })
  })
})

describe('what never ends is not read', () => {
  const replaced = (name: string, by: (path: string) => void): string => {
    const run = copied(`endless-${name}-${by.name}`)
    rmSync(at(run, name), { recursive: true })
    by(at(run, name))
    return run
  }
  const pipe = (path: string): void => {
    execFileSync('mkfifo', [path])
  }
  const device = (path: string): void => symlinkSync('/dev/zero', path)

  test.runIf(process.platform !== 'win32').each([
    ['config.json', pipe],
    ['config.json', device],
    ['replay.json', pipe],
    ['metrics.jsonl', pipe],
    ['checkpoints', pipe],
    ['checkpoints/00000004.safetensors', pipe],
    ['checkpoints/00000004.safetensors', device],
  ])('%s as a %o', { timeout: 20_000 }, async (name, by) => {
    const run = replaced(name, by)
    const { code, stdout, stderr } = await proximal(folder, 'train', '--resume', run)
    if (code === 0) expect(stdout).toContain('passed over')
    else expect(stderr).toMatch(/expected a (regular file|folder)/)
    expect(code).toBe(name.startsWith('checkpoints/') ? 0 : 2)
    expect(await proximal(folder, 'replay', run)).toMatchObject({
      code: name.startsWith('checkpoints') ? 0 : 2,
    })
  })

  test.runIf(process.platform !== 'win32')('nor by its own name', async () => {
    pipe(at('a-pipe'))
    for (const name of ['a-pipe', '/dev/zero'])
      for (const args of [['replay'], ['watch'], ['export', '--to', 'csv']])
        expect(await proximal(folder, ...args, name)).toMatchObject({ code: 2 })
  })

  test('a file that is too large is not read either', async () => {
    const run = copied('large')
    truncateSync(at(run, 'config.json'), 5_000_000_000)
    const { code, stderr } = await proximal(folder, 'eval', run)
    expect([code, stderr]).toEqual([
      2,
      `proximal: ${run}/config.json: expected at most 2147483648 bytes, found 5000000000: choose a smaller file\n`,
    ])
  })
})

describe('train --resume', () => {
  test('removes only checkpoints: another file of such a name stays', async () => {
    const run = copied('beside')
    rmSync(at(run, 'replay.json'))
    // The run goes on from update 1, and writes checkpoint 2 where another file is by then.
    for (const name of ['00000003', '00000004']) rmSync(at(run, `checkpoints/${name}.safetensors`))
    for (const name of ['00000000', '00000002', '00000099'])
      writeFileSync(at(run, `checkpoints/${name}.safetensors`), `precious ${name}`)
    writeFileSync(at(run, 'checkpoints/notes.txt'), 'precious')
    linkSync(at('whole/checkpoints/00000004.safetensors'), at(run, 'checkpoints/best.safetensors'))
    const before = below(run)
    const ended = await proximal(folder, 'train', '--resume', run, '--checkpoint-every', '1')
    expect(ended).toMatchObject({ code: 0 })
    const after = below(run)
    for (const name of ['00000000', '00000099'])
      expect(after[`checkpoints/${name}.safetensors`]).toBe(`precious ${name}`)
    expect(Object.values(after)).toContain('precious 00000002')
    for (const name of ['notes.txt', 'best.safetensors'])
      expect(after[`checkpoints/${name}`]).toBe(before[`checkpoints/${name}`])
    expect(after['params.safetensors']).toBe(below('whole')['params.safetensors'])
  })

  test('keeps a file named lock that is not a lock, and the run', async () => {
    const run = copied('foreign-lock')
    writeFileSync(at(run, 'lock'), 'precious')
    const before = below(run)
    const { code, stderr } = await proximal(folder, 'train', '--resume', run)
    expect(code).toBe(2)
    expect(stderr).toContain('lock: expected a lock that this program wrote')
    expect(below(run)).toEqual(before)
  })
})

describe('a file to write that is there stays as it is', () => {
  test.each([
    ['watch', '--record', 'taken.json'],
    ['watch', '--save', 'taken.svg'],
    ['replay', '--certificate', 'taken.json'],
    ['fork', '--at', '2', '--out', 'taken.json'],
    ['fork', '--at', '2', '--out', 'whole'],
    ['export', '--to', 'csv', '--out', 'taken.json'],
  ])('%s %s', async (command, ...options) => {
    const before = below('whole')
    const name = options.at(-1)!
    if (name !== 'whole') {
      rmSync(at(name), { force: true })
      writeFileSync(at(name), 'precious')
    }
    expect(await proximal(folder, command, 'whole', ...options)).toMatchObject({ code: 2 })
    if (name !== 'whole') {
      expect(readFileSync(at(name), 'utf8')).toBe('precious')
      rmSync(at(name))
      symlinkSync('nowhere', at(name))
      expect(await proximal(folder, command, 'whole', ...options)).toMatchObject({ code: 2 })
      expect(readlinkSync(at(name))).toBe('nowhere')
    }
    expect(below('whole')).toEqual(before)
  })
})
