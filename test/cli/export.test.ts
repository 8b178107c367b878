import * as E from 'fp-ts/lib/Either.js'
import { existsSync, readFileSync, readdirSync, statSync, appendFileSync, cpSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeNpz } from '../../src/io/npz.ts'
import { proximal, workshop } from '../support/cli.ts'

const { folder, remove } = workshop()
const at = (...names: readonly string[]): string => join(folder, ...names)
const read = (...names: readonly string[]): string => readFileSync(at(...names), 'utf8')

beforeAll(async () => {
  const small = ['--set', 'envs=4', '--set', 'steps=16', '--set', 'hidden=[8]', '--steps', '320']
  await proximal(folder, 'train', 'cartpole', ...small, '--out', 'a')
})
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

  test('overwrites nothing, and then writes nothing', async () => {
    await proximal(folder, 'export', 'a', '--to', 'svg', '--out', 'z')
    cpSync(at('z', 'return.svg'), at('z', 'episodes.csv'))
    const ended = await proximal(folder, 'export', 'a', '--to', 'csv', '--out', 'z')
    expect(ended.code).toBe(2)
    expect(ended.stderr).toContain(`${join('z', 'episodes.csv')}: exists already`)
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
