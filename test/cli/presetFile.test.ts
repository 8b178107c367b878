import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { presets } from '../../src/builtin/presets.ts'
import { encodePreset } from '../../src/run/presetFile.ts'
import { proximal, workshop } from '../support/cli.ts'

const { folder, remove } = workshop()
afterAll(remove)

const settings = { ...presets.cartpole, envs: 4, steps: 16, hidden: [8], totalSteps: 128 }
const whole = { format: 'proximal preset 1', algorithm: 'ppo', settings }

const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return `./${name}`
}

const train = (preset: string, ...more: readonly string[]) =>
  proximal(folder, 'train', 'cartpole', '--preset', preset, ...more)

describe('a preset file', () => {
  test('is the config that train starts from, and --set and --steps change it', async () => {
    const path = put('tuned.json', encodePreset({ algorithm: 'ppo', settings }))
    const { code } = await train(path, '--set', 'gamma=0.5', '--steps', '64', '--out', 'a')
    expect(code).toBe(0)
    expect(JSON.parse(readFileSync(join(folder, 'a/config.json'), 'utf8'))).toMatchObject({
      preset: 'tuned.json',
      algorithm: 'ppo',
      settings: { ...settings, gamma: 0.5, totalSteps: 64 },
    })
  })

  test.each<[string, object, string]>([
    ['another format', { ...whole, format: 'proximal preset 2' }, 'format: expected'],
    ['an unknown field', { ...whole, more: 1 }, 'more: expected one of format, algorithm'],
    ['an unknown algorithm', { ...whole, algorithm: 'dqn' }, 'algorithm: expected one of ppo'],
    [
      'a setting out of its range',
      { ...whole, settings: { ...settings, clip: -1 } },
      'settings.clip: expected a number > 0, got -1',
    ],
    [
      'a missing setting',
      { ...whole, settings: { ...settings, gamma: undefined } },
      'settings.gamma: expected a number from 0 to 1, got nothing',
    ],
  ])('with %s is refused', async (_, content, why) => {
    const path = put('wrong.json', JSON.stringify(content))
    const { code, stderr } = await train(path, '--out', 'nothing')
    expect(code).toBe(2)
    expect(stderr).toContain(`${path}: ${why}`)
  })

  test('that is not JSON, or missing, is refused', async () => {
    expect((await train(put('half.json', '{'))).stderr).toContain(
      './half.json: expected a preset in JSON, got something else',
    )
    expect((await train('./none.json')).stderr).toContain('found nothing: check the path')
  })

  test('of another algorithm than --algo is refused', async () => {
    const path = put('tuned.json', JSON.stringify(whole))
    expect((await train(path, '--algo', 'a2c')).stderr).toContain(
      '--algo: expected ppo, which ./tuned.json is for, got "a2c"',
    )
  })
})
