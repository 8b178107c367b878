import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { proximalProcess, workshop } from '../support/cli.ts'

const { folder, remove } = workshop()
afterAll(remove)

const SMALL = ['--set', 'hidden=[4]', '--set', 'envs=2', '--set', 'steps=8', '--steps', '16']

describe('sizes that no memory holds', () => {
  test.each([
    ['wasm', ['hidden=[100000,100000]']],
    ['js', ['hidden=[100000,100000]']],
    ['wasm', ['hidden=[1000000000000]']],
    ['wasm', ['steps=1000000000', 'envs=4']],
  ])('on %s: %j are refused before a folder takes the name', async (backend, settings) => {
    const sets = settings.flatMap((setting) => ['--set', setting])
    mkdirSync(join(folder, 'empty'), { recursive: true })
    for (const out of ['new', 'empty']) {
      const args = ['train', 'cartpole', '--backend', backend, ...sets, '--steps', '9000000000']
      const { code, stderr } = await proximalProcess(folder, ...args, '--out', out)
      expect(code).toBe(2)
      expect(stderr).toMatch(/^proximal: .*expected at most .*\n$/)
    }
    expect(existsSync(join(folder, 'new'))).toBe(false)
    expect(readdirSync(join(folder, 'empty'))).toEqual([])
  })

  test('leave the name to the next run', async () => {
    const args = ['train', 'cartpole', ...SMALL]
    expect(await proximalProcess(folder, ...args, '--set', 'hidden=[100000,100000]')).toMatchObject(
      {
        code: 2,
      },
    )
    expect(existsSync(join(folder, 'runs'))).toBe(false)
    expect((await proximalProcess(folder, ...args)).stdout).toContain('into runs/cartpole-seed1\n')
  })
})
