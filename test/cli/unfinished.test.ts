import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesIn, proximal, proximalProcess, workshop } from '../support/cli.ts'

const SMALL = ['--set', 'envs=4', '--set', 'steps=16', '--set', 'hidden=[8]', '--threads', '1']
const { folder, remove } = workshop()
const SAID = 'the run has not finished: this is its newest checkpoint, update 6 of 10'

const lastJson = (stdout: string): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>

/** A run as a kill leaves it: kept after update 6 of 10, with lines of two more. */
beforeAll(async () => {
  const args = ['--steps', '640', '--checkpoint-every', '3', '--out', 'whole']
  await proximal(folder, 'train', 'cartpole', ...SMALL, ...args)
  cpSync(join(folder, 'whole'), join(folder, 'killed'), { recursive: true })
  const at = (name: string) => join(folder, 'killed', name)
  for (const name of ['replay.json', 'params.safetensors']) rmSync(at(name))
  for (const name of ['00000009', '00000010']) rmSync(at(`checkpoints/${name}.safetensors`))
  const lines = readFileSync(at('metrics.jsonl'), 'utf8').split('\n')
  writeFileSync(at('metrics.jsonl'), `${lines.slice(0, 8).join('\n')}\n{"upd`)
})
afterAll(remove)

describe('a run that has not ended', () => {
  test('is evaluated at its newest checkpoint, says so, and is left unchanged', async () => {
    const before = filesIn(join(folder, 'killed'))
    const { code, stdout, stderr } = await proximal(folder, 'eval', 'killed', '--episodes', '3')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain(SAID)
    const json = await proximal(folder, 'eval', 'killed', '--episodes', '3', '--json')
    expect(json.stderr).toContain(SAID)
    expect(lastJson(json.stdout)).toMatchObject({ episodes: 3, checkpoint: { update: 6, of: 10 } })
    expect(filesIn(join(folder, 'killed'))).toEqual(before)
  })

  test('is watched, too', async () => {
    const { code, stdout } = await proximal(folder, 'watch', 'killed', '--record', 'episode.log')
    expect(code).toBe(0)
    expect(stdout).toContain(SAID)
    expect(existsSync(join(folder, 'episode.log'))).toBe(true)
  })

  test.each(['csv', 'tensorboard', 'html', 'svg', 'npz', 'onnx', 'safetensors-sb3'])(
    'is exported to %s as far as it was kept',
    async (format) => {
      const args = ['export', 'killed', '--to', format, '--out', format]
      const { code, stdout, stderr } = await proximal(folder, ...args)
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toContain(SAID)
      expect(readdirSync(join(folder, format)).length).toBeGreaterThan(0)
      if (format === 'csv')
        expect(
          readFileSync(join(folder, 'csv/metrics.csv'), 'utf8').trim().split('\n'),
        ).toHaveLength(7)
      if (format === 'html')
        expect(readFileSync(join(folder, 'html/report.html'), 'utf8')).toContain('has not finished')
    },
  )

  test('is not evaluated where its files are others than those it was kept with', async () => {
    cpSync(join(folder, 'killed'), join(folder, 'changed'), { recursive: true })
    const path = join(folder, 'changed/metrics.jsonl')
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"entropy":0\.6/, '"entropy":0.5'))
    const { code, stderr } = await proximal(folder, 'eval', 'changed')
    expect([code, stderr]).toEqual([
      2,
      'proximal: changed/metrics.jsonl: expected the lines written before its checkpoint, got others\n',
    ])
  })

  test('without a checkpoint says what to wait for, and does not replay', async () => {
    cpSync(join(folder, 'killed'), join(folder, 'unkept'), { recursive: true })
    rmSync(join(folder, 'unkept/checkpoints'), { recursive: true })
    expect(await proximal(folder, 'eval', 'unkept')).toMatchObject({
      code: 2,
      stderr:
        'proximal: unkept: has neither finished nor written a checkpoint yet: wait for its first checkpoint, or continue with proximal train --resume\n',
    })
    expect(await proximal(folder, 'replay', 'killed')).toMatchObject({
      code: 2,
      stderr: 'proximal: killed: has not finished: continue with proximal train --resume\n',
    })
  })

  test('is evaluated while another process trains it, which does not notice', async () => {
    const args = ['--steps', '40000', '--checkpoint-every', '5', '--out', 'going']
    const training = proximalProcess(folder, 'train', 'cartpole', ...SMALL, ...args)
    while (
      !existsSync(join(folder, 'going/checkpoints/00000005.safetensors')) &&
      !existsSync(join(folder, 'going/replay.json'))
    )
      await new Promise((resolve) => {
        setTimeout(resolve, 5)
      })
    const played = await proximal(folder, 'eval', 'going', '--episodes', '2')
    expect([played.code, played.stderr]).toEqual([0, ''])
    expect(await training).toMatchObject({ code: 0, stderr: '' })
    expect((await proximal(folder, 'replay', 'going')).code).toBe(0)
  })
})
