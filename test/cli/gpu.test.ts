import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proximal, workshop, type Ended } from '../support/cli.ts'
import { built } from '../support/built.ts'

const QUICK = ['--set', 'envs=4', '--set', 'steps=16', '--set', 'hidden=[8]', '--steps', '640']
const { folder, remove } = workshop()
let first: Ended

const lastJson = ({ stdout }: Ended): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>

beforeAll(async () => {
  first = await proximal(
    folder,
    'train',
    'cartpole',
    ...QUICK,
    '--backend',
    'webasm',
    '--out',
    'a',
    '--json',
  )
})
afterAll(remove)

describe('a run that a mode of gpu.js learns', () => {
  test('names what ran, and has a count of transfers in place of a hash', () => {
    expect(first.code).toBe(0)
    expect(lastJson(first)).toMatchObject({
      steps: 640,
      hash: null,
      gpu: { mode: 'webasm', adapter: 'WebAssembly' },
      transfers: { up: 13, down: 6, minibatches: 32 },
    })
    expect(first.stderr).toContain('learns on webasm, WebAssembly, by gpu.js 2.')
    expect(first.stderr).toContain('sends 13 arrays up and 6 down for 32 minibatches')
    const { gpu } = JSON.parse(readFileSync(join(folder, 'a/config.json'), 'utf8')) as {
      gpu: object
    }
    expect(gpu).toEqual(lastJson(first)['gpu'])
  })

  test('is played like any other', async () => {
    const played = await proximal(folder, 'eval', 'a', '--episodes', '3', '--json')
    expect(lastJson(played)).toMatchObject({ episodes: 3 })
  })

  test('is compared in its first update, within a tolerance', async () => {
    const { code, stdout, stderr } = await proximal(folder, 'replay', 'a', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ same: null, within: true, hash: null })
    expect(stderr).toContain('other devices may give different bits')
  })

  test('differs where its first update is not what the kernels learn', async () => {
    await proximal(folder, 'train', 'cartpole', ...QUICK, '--backend', 'cpu', '--out', 'forged')
    const at = (name: string) => join(folder, 'forged', name)
    const [line, ...rest] = readFileSync(at('metrics.jsonl'), 'utf8').split('\n')
    const told = JSON.parse(line!) as { valueLoss: number }
    const forged = [JSON.stringify({ ...told, valueLoss: told.valueLoss * 1.01 + 0.01 }), ...rest]
    writeFileSync(at('metrics.jsonl'), forged.join('\n'))
    const record = JSON.parse(readFileSync(at('replay.json'), 'utf8')) as { files: object }
    const metrics = createHash('sha256').update(forged.join('\n')).digest('hex')
    writeFileSync(
      at('replay.json'),
      JSON.stringify({ ...record, files: { ...record.files, metrics } }),
    )
    const { code, stdout } = await proximal(folder, 'replay', 'forged', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ same: null, within: false })
  })

  test('has no certificate, and no fork', async () => {
    const certified = await proximal(folder, 'replay', 'a', '--certificate', 'c')
    expect([certified.code, existsSync(join(folder, 'c'))]).toEqual([2, false])
    expect(certified.stderr).toContain('it cannot have a certificate')
    const forked = await proximal(folder, 'fork', 'a', '--at', '2', '--out', 'f')
    expect([forked.code, existsSync(join(folder, 'f'))]).toEqual([2, false])
    expect(forked.stderr).toContain('cannot be repeated to the bit')
  })

  test('goes on in its own mode, and in no other', async () => {
    const before = readFileSync(join(folder, 'a/replay.json'), 'utf8')
    const other = await proximal(folder, 'train', '--resume', 'a', '--backend', 'cpu')
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining('expected webasm, which the run started with, got cpu'),
    ])
    expect(readFileSync(join(folder, 'a/replay.json'), 'utf8')).toBe(before)
    const own = await proximal(folder, 'train', '--resume', 'a')
    expect(own.code).toBe(0)
    expect(readFileSync(join(folder, 'a/replay.json'), 'utf8')).toBe(before)
  })
})

describe('a backend that is not available', () => {
  test('a GPU where there is none: what was probed, and no folder', async () => {
    const none = ['train', 'cartpole', '--backend', 'gpu', '--out', 'none']
    const { code, stderr } = await proximal(folder, ...none)
    expect(code).toBe(2)
    for (const mode of ['webgpu', 'webgl2', 'headlessgl'])
      expect(stderr).toContain(`${mode} is not`)
    expect(stderr).toContain('npm install gl')
    expect(readdirSync(folder)).not.toContain('none')
  })

  test('any of gpu.js where that is not installed: how it is, and all else works', async () => {
    const bare = join(folder, 'bare')
    cpSync(built('.'), join(bare, 'dist'), { recursive: true })
    cpSync('package.json', join(bare, 'package.json'))
    mkdirSync(join(bare, 'node_modules'))
    for (const name of readdirSync('node_modules'))
      if (name !== 'gpu.js')
        symlinkSync(resolve('node_modules', name), join(bare, 'node_modules', name))
    const run = (...args: readonly string[]) =>
      promisify(execFile)(process.execPath, [join(bare, 'dist/cli/main.js'), ...args], {
        cwd: bare,
      })
    await expect(run('train', 'cartpole', '--backend', 'gpu')).rejects.toMatchObject({
      code: 2,
      stderr:
        'proximal: gpu.js: expected the package, got none: install it with npm install gpu.js\n',
    })
    const { stdout } = await run('train', 'cartpole', ...QUICK, '--json')
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1)!)).toMatchObject({ steps: 640 })
  })

  test('a config that no device learns is refused before there is a folder', async () => {
    const none = ['train', 'cartpole', '--backend', 'webasm', '--out', 'none']
    const { code, stderr } = await proximal(folder, ...none, '--set', 'klStop.target=0.01')
    expect(code).toBe(2)
    expect(stderr).toContain('operations without a form on a device (estimateKl), got webasm')
    expect(readdirSync(folder)).not.toContain('none')
  })

  test('a GPU for a run of other bits', async () => {
    await proximal(folder, 'train', 'cartpole', ...QUICK, '--out', 'wasm')
    for (const [command, problem] of [
      [['train', '--resume', 'wasm'], 'its bits would differ'],
      [['replay', 'wasm'], 'expected a bit-reproducible backend'],
    ] as const) {
      const { code, stderr } = await proximal(folder, ...command, '--backend', 'webasm')
      expect([code, stderr]).toEqual([2, expect.stringContaining(problem)])
    }
  })
})
