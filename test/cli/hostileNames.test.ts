import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as safetensors from '../../src/format/safetensors.ts'
import { own } from '../../src/tensor/tensor.ts'
import { printable } from '../../src/tensor/printable.ts'
import { proximal, workshop, type Ended } from '../support/cli.ts'

/** Clears the screen, sets the title, turns the line around, ends it, and has no width. */
const EVIL =
  '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202egnp.\u2066\u200b\u200f\u061c\ufeff\u2028\r\nproximal: all is well\u007f'

const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex')

/** Ends of lines aside, a program that writes to no terminal has no use for any of these. */
const expectPrintable = ({ stdout, stderr }: Ended): void => {
  for (const text of [stdout, stderr])
    for (const line of text.split('\n')) expect(line).toBe(printable(line))
  expect(stderr).not.toMatch(/^proximal: all is well/m)
}

const home = workshop()
const expectPrinted = async (...args: readonly string[]): Promise<Ended> => {
  const ended = await proximal(home.folder, ...args)
  expectPrintable(ended)
  return ended
}

const at = (...names: readonly string[]): string => join(home.folder, ...names)

const readJson = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>

/** A copy of the run with its config changed, and a record that agrees with it. */
const forged = (name: string, change: (config: Record<string, unknown>) => object): void => {
  cpSync(at('r'), at(name), { recursive: true })
  const text = `${JSON.stringify(change(readJson(at(name, 'config.json'))), null, 2)}\n`
  writeFileSync(at(name, 'config.json'), text)
  const record = readJson(at(name, 'replay.json'))
  const files = { ...(record['files'] as object), config: sha256(text) }
  writeFileSync(at(name, 'replay.json'), `${JSON.stringify({ ...record, files }, null, 2)}\n`)
}

/** A safetensors file with hostile metadata and a hostile tensor, its hash as it should be. */
const hostileCheckpoint = (bytes: Uint8Array, change: 'metadata' | 'names'): Uint8Array => {
  const opened = safetensors.open(bytes)
  if (E.isLeft(opened)) return expect.fail(opened.left)
  const { tensors, metadata } = opened.right
  const list = [...tensors].map(
    ([name, { shape, data }]): readonly [string, ReturnType<typeof own>] => [
      name,
      own(
        shape.map((_, i) => `d${i}`),
        shape,
        data,
      ),
    ],
  )
  const named = own(['x'], [1], Float32Array.of(1))
  const out = safetensors.encode(
    change === 'names' ? [[EVIL, named], ...list] : list,
    change === 'metadata' ? { ...metadata, format: EVIL, update: EVIL } : metadata,
  )
  const end = out.length - 32
  out.set(createHash('sha256').update(out.subarray(0, end)).digest(), end)
  return out
}

/** A small run, as `r`. */
const MADE =
  'train cartpole --set envs=2 --set steps=16 --set hidden=[4] --steps 64 --threads 1 --out r'.split(
    ' ',
  )

beforeAll(async () => {
  const made = await expectPrinted(...MADE)
  expect(made.code).toBe(0)
  expect((await expectPrinted('replay', 'r', '--certificate', 'c.json')).code).toBe(0)
}, 120_000)
afterAll(home.remove)

describe('whatever is in the files of a run, a terminal is sent characters and ends of lines', () => {
  test.each([
    ['its library', (config: object) => ({ ...config, version: EVIL, preset: EVIL })],
    [
      'its GPU',
      (config: object) => ({ ...config, gpu: { mode: 'webgl', adapter: EVIL, version: EVIL } }),
    ],
    ['its environment', (config: object) => ({ ...config, env: EVIL })],
    [
      'an unknown field',
      (config: { settings?: object }) => ({
        ...config,
        settings: { ...config.settings, [EVIL]: EVIL },
      }),
    ],
    [
      'a field of the wrong type',
      (config: { settings?: object }) => ({
        ...config,
        settings: { ...config.settings, gamma: EVIL },
      }),
    ],
    ['its format', (config: object) => ({ ...config, format: EVIL })],
  ])('in %s', async (what, change) => {
    const name = what.replaceAll(' ', '-')
    forged(name, change)
    for (const args of [
      ['eval', name, '--episodes', '1', '--json'],
      ['watch', name],
      ['replay', name],
      ['export', name, '--to', 'html'],
      ['fork', name, '--at', '1', '--out', `${name}-fork`],
      ['train', '--resume', name],
    ])
      await expectPrinted(...args)
    const page = at(name, 'export', 'report.html')
    if (readdirSync(at(name)).includes('export')) {
      const html = readFileSync(page, 'utf8')
      for (const line of html.split('\n')) expect(line).toBe(printable(line))
    }
  })

  test.each(['metadata', 'names'] as const)('in the %s of a checkpoint', async (change) => {
    const name = `checkpoint-${change}`
    cpSync(at('r'), at(name), { recursive: true })
    const folder = at(name, 'checkpoints')
    for (const file of readdirSync(folder)) {
      const bytes = hostileCheckpoint(readFileSync(join(folder, file)), change)
      writeFileSync(join(folder, file), bytes)
    }
    const { stdout, stderr } = await expectPrinted('train', '--resume', name)
    expect(stdout + stderr).toContain('\\u001b[2J')
    await expectPrinted('fork', name, '--at', '1', '--out', `${name}-fork`)
  })

  test('in a certificate, an action log, metrics, and other files', async () => {
    const certificate = readJson(at('c.json'))
    const { config } = certificate as { config: object }
    const written = (name: string, value: unknown) => writeFileSync(at(name), JSON.stringify(value))
    written('engine.json', {
      ...certificate,
      fingerprint: { engine: EVIL, kernels: 'js', probe: '0'.repeat(64) },
    })
    written('env.json', { ...certificate, config: { ...config, env: EVIL, [EVIL]: 1 } })
    written('format.json', { ...certificate, format: EVIL })
    written('chain.json', { ...certificate, chain: [EVIL] })
    written('hash.json', { ...certificate, hash: EVIL })
    writeFileSync(at('text'), EVIL)
    mkdirSync(at('none'))
    for (const file of [
      'engine.json',
      'env.json',
      'format.json',
      'chain.json',
      'hash.json',
      'text',
    ])
      await expectPrinted('replay', file)
    await expectPrinted('watch', 'text')
    cpSync(at('r'), at('metrics'), { recursive: true })
    const lines = `{"update":"${printable(EVIL)}"}\n`
    writeFileSync(at('metrics', 'metrics.jsonl'), lines)
    const record = readJson(at('metrics', 'replay.json'))
    const files = { ...(record['files'] as object), metrics: sha256(lines) }
    writeFileSync(at('metrics', 'replay.json'), JSON.stringify({ ...record, files }))
    await expectPrinted('replay', 'metrics')
    await expectPrinted('export', 'metrics', '--to', 'csv')
    await expectPrinted('train', '--resume', 'metrics')
  })

  test('in the names of folders and options', async () => {
    const name = EVIL.replaceAll('\u0000', '')
    cpSync(at('r'), at(name), { recursive: true })
    for (const args of [
      [name],
      ['eval', name, '--episodes', '1', '--json'],
      ['watch', name, '--json'],
      ['replay', name, '--json'],
      ['export', name, '--to', 'svg', '--json'],
      ['export', name, '--to', name],
      ['train', name],
      ['train', '--resume', name],
      ['fork', name, '--at', name],
      ['presets', name],
      ['eval', 'r', '--episodes', name],
      ['eval', 'r', `--${name}`],
    ])
      await expectPrinted(...args)
  })
})

describe('the command line', () => {
  test('writes to the terminal by its writer alone, which lets nothing else through', () => {
    const folder = new URL('../../src/cli/', import.meta.url)
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    const writers = names
      .filter((name) => name.endsWith('.ts'))
      .filter((name) =>
        /(process\.(stdout|stderr)|stream)\.write\(|\bconsole\.(?!ts\b)/.test(
          readFileSync(new URL(name, folder), 'utf8'),
        ),
      )
    expect(writers).toEqual(['output.ts'])
  })
})
