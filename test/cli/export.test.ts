import * as E from 'fp-ts/lib/Either.js'
import { existsSync, readFileSync, readdirSync, statSync, appendFileSync, cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeNpz } from '../../src/format/npz.ts'
import { readPolicy } from '../../src/run/policy/readPolicy.ts'
import { proximal, workshop } from '../support/cli.ts'

const { folder, remove } = workshop()
const at = (...names: readonly string[]): string => join(folder, ...names)
const read = (...names: readonly string[]): string => readFileSync(at(...names), 'utf8')

beforeAll(async () => {
  const small = ['--set', 'envs=4', '--set', 'steps=16', '--set', 'hidden=[8]', '--steps', '320']
  await proximal(folder, 'train', 'cartpole', ...small, '--out', 'a')
}, 120_000)
afterAll(remove)

describe('export', () => {
  test('writes each form into the run, which stays as it was', async () => {
    for (const to of ['csv', 'html', 'svg', 'npz', 'tensorboard'])
      expect(await proximal(folder, 'export', 'a', '--to', to)).toMatchObject({
        code: 0,
        stderr: '',
      })
    const started = Math.floor(statSync(at('a', 'config.json')).mtimeMs / 1000)
    expect(readdirSync(at('a', 'export')).toSorted()).toEqual([
      'episodes.csv',
      `events.out.tfevents.${started}.proximal`,
      'metrics.csv',
      'report.html',
      'return.svg',
      'trajectory.npz',
    ])
    expect(read('a', 'export', 'metrics.csv').split('\r\n')).toHaveLength(1 + 5 + 1)
    expect(read('a', 'export', 'report.html')).toContain('<h1>cartpole</h1>')
    const arrays = decodeNpz(readFileSync(at('a', 'export', 'trajectory.npz')))
    if (E.isLeft(arrays)) expect.fail(arrays.left)
    expect(arrays.right.get('observations')!.shape).toEqual([16, 4, 4])
    expect((await proximal(folder, 'replay', 'a')).code).toBe(0)
  })

  test('--out names another folder, --json says what was written', async () => {
    const ended = await proximal(folder, 'export', 'a', '--to', 'csv', '--out', 'x/y', '--json')
    expect(JSON.parse(ended.stdout)).toEqual({
      run: 'a',
      to: 'csv',
      files: [join('x/y', 'metrics.csv'), join('x/y', 'episodes.csv')],
    })
  })

  test('warns of what PyTorch does not do, and writes it next to the layers', async () => {
    const small = ['envs=2', 'steps=16', 'minibatches=2', 'actionBound=squash'].flatMap((set) => [
      '--set',
      set,
    ])
    await proximal(
      folder,
      'train',
      'mountain-car-continuous',
      ...small,
      '--steps',
      '64',
      '--out',
      'c',
    )
    const to = ['--to', 'safetensors-sb3']
    const ended = await proximal(folder, 'export', 'c', ...to)
    expect(ended.code).toBe(0)
    expect(ended.stderr).toMatch(/^warning: observations: the policy acts on \(x - obs_rms.mean\)/m)
    expect(ended.stderr).toMatch(/^warning: actions: an action is tanh\(mean\)/m)
    const file = readPolicy(readFileSync(at('c', 'export', 'policy.sb3.safetensors')))
    if (E.isLeft(file)) expect.fail(file.left.message)
    expect(file.right.normaliser!.observation!.count).toBe(64)
    expect(file.right.found.head).toEqual(['Tanh'])
    const json = await proximal(folder, 'export', 'c', ...to, '--out', 'd', '--json')
    const told = JSON.parse(json.stdout) as { readonly warnings: readonly string[] }
    expect(told.warnings.map((warning) => warning.split(':')[0])).toEqual(
      ended.stderr
        .trim()
        .split('\n')
        .map((line) => line.split(':')[1]!.trim()),
    )
  })

  test('of a rollout has the environment’s observations and actions next to the policy’s', async () => {
    const small = ['envs=2', 'steps=16', 'minibatches=2', 'normalise.observation=true']
    const sets = [...small, 'actionBound=squash'].flatMap((set) => ['--set', set])
    await proximal(folder, 'train', 'pendulum', ...sets, '--steps', '64', '--out', 'e')
    await proximal(folder, 'export', 'e', '--to', 'npz')
    const arrays = decodeNpz(readFileSync(at('e', 'export', 'trajectory.npz')))
    if (E.isLeft(arrays)) expect.fail(arrays.left)
    const [drawn, taken, seen, raw] = [
      'actions',
      'env_actions',
      'observations',
      'raw_observations',
    ].map((name) => [...arrays.right.get(name)!.data])
    // Torques of ±2, from a tanh of ±1.
    drawn!.forEach((x, i) => expect(taken![i]).toBeCloseTo(2 * x, 12))
    expect(raw).not.toEqual(seen)
    for (let i = 0; i < raw!.length; i += 3)
      expect(raw![i]! * raw![i]! + raw![i + 1]! * raw![i + 1]!).toBeCloseTo(1, 5)
  })

  test('overwrites nothing, and then writes nothing', async () => {
    await proximal(folder, 'export', 'a', '--to', 'svg', '--out', 'z')
    cpSync(at('z', 'return.svg'), at('z', 'episodes.csv'))
    const ended = await proximal(folder, 'export', 'a', '--to', 'csv', '--out', 'z')
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain(`${join('z', 'episodes.csv')}: already exists`)
    expect(existsSync(at('z', 'metrics.csv'))).toBe(false)
  })

  test.each([
    [['a'], '--to: expected one of tensorboard, csv, html, svg, npz'],
    [['a', '--to', 'cvs'], 'did you mean csv?'],
    [['a', '--to', 'toString'], '--to: expected one of'],
    [['a', '--to', 'csv', '--out', ''], '--out: expected the name of a folder'],
    [['nowhere', '--to', 'csv'], 'expected it to exist'],
    [[], '<run>: expected one, got nothing'],
  ])('%j is refused', async (args, message) => {
    const ended = await proximal(folder, 'export', ...args)
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain(message)
  })

  test('a run whose metrics were changed is refused', async () => {
    cpSync(at('a'), at('b'), { recursive: true })
    appendFileSync(at('b', 'metrics.jsonl'), '\n')
    const ended = await proximal(folder, 'export', 'b', '--to', 'csv', '--out', 'w')
    expect(ended.stderr).toContain('metrics.jsonl: expected SHA-256')
    expect(existsSync(at('w'))).toBe(false)
  })
})
