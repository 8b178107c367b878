import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { proximal, workshop, type Ended } from '../support/cli.ts'

const QUICK = ['--set', 'envs=4', '--set', 'steps=16', '--set', 'hidden=[8]', '--steps', '64']
const { folder, remove } = workshop()

const lastJson = ({ stdout }: Ended): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>

beforeAll(async () => {
  await proximal(folder, 'train', 'cartpole', ...QUICK, '--out', 'a')
})
afterAll(remove)

describe('watch', () => {
  test('plays the episode that eval plays, and the same from its log', async () => {
    const evaluated = lastJson(await proximal(folder, 'eval', 'a', '--episodes', '1', '--json'))
    const files = ['--record', 'x.log', '--save', 'x.svg']
    const played = lastJson(await proximal(folder, 'watch', 'a', ...files, '--json'))
    expect(played).toEqual({
      env: 'cartpole',
      episode: 0,
      seed: 0,
      return: evaluated['mean'],
      length: evaluated['mean'],
      saved: 'x.svg',
      recorded: 'x.log',
    })
    expect(readFileSync(join(folder, 'x.svg'), 'utf8')).toMatch(/^<svg/)
    const again = await proximal(folder, 'watch', 'x.log', '--save', 'x.png', '--json')
    expect(lastJson(again)).toMatchObject({ return: played['return'], seed: null, saved: 'x.png' })
    expect(readFileSync(join(folder, 'x.png')).subarray(1, 4).toString()).toBe('PNG')
  })

  test('without a terminal it prints frames and no escape sequence', async () => {
    const { code, stdout } = await proximal(folder, 'watch', 'a')
    expect(code).toBe(0)
    expect(stdout).not.toContain('\u001B')
    expect(stdout).toMatch(/^frame 0\/\d+ {2}return 0\.0\n/)
    expect(stdout).toMatch(/[\u2801-\u28FF]/u)
    expect(stdout).toMatch(/ {2}end\n/)
  })

  test.each([
    ['no run', ['watch', 'nowhere'], 'nowhere'],
    ['a file that is no log', ['watch', 'a/config.json'], 'expected an action log'],
    ['a film of another kind', ['watch', 'a', '--save', 'x.gif'], '.svg or .png'],
    ['a file that is there', ['watch', 'a', '--record', 'a/config.json'], 'already exists'],
    ['a speed', ['watch', 'a', '--speed', '0'], '--speed'],
    ['an episode', ['watch', 'a', '--episode', '1000000'], '--episode'],
  ])('%s: exit 2, and one line', async (_, args, said) => {
    const { code, stdout, stderr } = await proximal(folder, ...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain(said)
  })
})
