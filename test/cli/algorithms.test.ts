import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { chainIn, proximal, updatesIn, workshop } from '../support/cli.ts'

const { folder, remove } = workshop()
afterAll(remove)

/** Runs a command, written as one line. */
const run = (line: string) => proximal(folder, ...line.split(' '))

const SIZES = '--set envs=2 --set steps=16 --set hidden=[8] --steps 192'

const json = (text: string): Record<string, unknown> =>
  JSON.parse(text.trimEnd().split('\n').at(-1)!) as Record<string, unknown>

describe.each(['ppo', 'vpg', 'a2c', 'trpo'])('--algo %s', (algo) => {
  const path = join(folder, algo)
  const own = algo === 'vpg' || algo === 'trpo' ? 'valueMinibatches=1' : 'gamma=0.9'
  let stdout = ''
  let code = -1
  beforeAll(async () => {
    ;({ code, stdout } = await run(
      `train cartpole --algo ${algo} --out ${algo} --json --checkpoint-every 2 ${SIZES} --set ${own}`,
    ))
  })

  test('trains into a folder that names it', () => {
    expect(code).toBe(0)
    expect(json(stdout)).toMatchObject({ env: 'cartpole', steps: 192 })
    expect(JSON.parse(readFileSync(join(path, 'config.json'), 'utf8'))).toMatchObject({
      format: 'proximal run 2',
      algorithm: algo,
      preset: 'cartpole',
      settings: { envs: 2, steps: 16, totalSteps: 192 },
    })
  })

  test('is resumed from a checkpoint to the same chain', async () => {
    const [chain, params] = [chainIn(path), readFileSync(join(path, 'params.safetensors'))]
    const kept = readdirSync(join(path, 'checkpoints')).toSorted()
    for (const name of kept.slice(1)) rmSync(join(path, 'checkpoints', name))
    rmSync(join(path, 'replay.json'))
    const { code: ended, stdout: again } = await run(`train --resume ${algo} --json`)
    expect(ended).toBe(0)
    expect(json(again)['hash']).toBe(json(stdout)['hash'])
    expect(chainIn(path)).toEqual(chain)
    expect(readFileSync(join(path, 'params.safetensors')).equals(params)).toBe(true)
  })

  test('is replayed, by another backend, too, and certified', async () => {
    expect((await run(`replay ${algo} --backend js --certificate ${algo}.json`)).code).toBe(0)
    expect((await run(`replay ${algo}.json --backend wasm`)).code).toBe(0)
  })

  test('is forked, and the fork is replayed', async () => {
    const fork = `${algo}-fork`
    const { code } = await run(`fork ${algo} --at 3 --set gamma=0.5 --out ${fork}`)
    expect(code).toBe(0)
    expect(updatesIn(join(folder, fork))).toBe(6)
    expect(chainIn(join(folder, fork)).slice(0, 4)).toEqual(chainIn(path).slice(0, 4))
    expect((await run(`replay ${fork}`)).code).toBe(0)
  })

  test('is evaluated, watched and exported', async () => {
    const { code, stdout } = await run(`eval ${algo} --episodes 2 --json`)
    expect(code).toBe(0)
    expect(json(stdout)['episodes']).toBe(2)
    expect((await run(`watch ${algo} --save ${algo}.png`)).code).toBe(0)
    for (const format of ['onnx', 'csv', 'html', 'npz', 'tensorboard', 'safetensors-sb3'])
      expect((await run(`export ${algo} --to ${format}`)).code).toBe(0)
  })
})

describe('an algorithm', () => {
  test('that does not exist is named', async () => {
    const { code, stderr } = await run('train cartpole --algo pppo')
    expect(code).toBe(2)
    expect(stderr).toContain('--algo: expected one of ppo, vpg, a2c, trpo, got "pppo"')
  })

  test('has presets of its own, the first of which an environment without one has', async () => {
    const { stdout } = await run('presets --algo a2c')
    expect(stdout).toBe('sb3\ncartpole\npendulum\n')
    const { stdout: said } = await run('train acrobot --algo a2c --steps 5 --out other')
    expect(said).toContain('1 update of a2c, preset sb3 (the default)')
  })

  test('other than PPO learns on no GPU', async () => {
    const { code, stderr } = await run('train cartpole --algo trpo --backend gpu')
    expect(code).toBe(2)
    expect(stderr).toContain('--backend: expected auto, js or wasm for trpo, got gpu')
  })
})
