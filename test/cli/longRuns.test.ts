import * as E from 'fp-ts/lib/Either.js'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { init, iterate, parts, presets, type PpoConfig } from '../../src/ppo.ts'
import { environmentOf } from '../../src/env/environments.ts'
import { saveCheckpoint } from '../../src/run/folder/checkpoints.ts'
import { key } from '../../src/random/key.ts'
import { noPast, openJournal } from '../../src/run/folder/journal.ts'
import type { RunConfig } from '../../src/run/config.ts'
import { createRun } from '../../src/run/folder/runFolder.ts'
import { metricsOf } from '../support/metrics.ts'
import { proximal, workshop } from '../support/cli.ts'
import { isThorough } from '../support/thorough.ts'

/** More than a spread call, or one text, can take. */
const UPDATES = 150_000

const settings: PpoConfig = {
  ...presets.cartpole,
  envs: 1,
  steps: 2,
  minibatches: 1,
  shards: 1,
  epochs: 1,
  hidden: [1],
  totalSteps: 2 * UPDATES,
}
const config: RunConfig = {
  format: 'proximal run 2',
  algorithm: 'ppo',
  version: '0.1.0',
  env: 'cartpole',
  seed: 1,
  preset: 'cartpole',
  kernels: 'wasm',
  settings,
  past: [],
}

const { folder, remove } = workshop()
const run = join(folder, 'long')
const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) expect.fail(JSON.stringify(either.left))
  return either.right
}

/** All but the last update of a long run, as it would lie on the disk. */
beforeAll(() => {
  const learning = parts(settings, environmentOf('cartpole'))
  const [, state] = iterate(settings, learning)(init(learning)(key(config.seed)))
  const link = 'ab'.repeat(32)
  right(createRun(run, config))
  const journal = right(openJournal(run, noPast()))
  journal.add('', link)
  for (let update = 1; update < UPDATES; update++)
    journal.add(`${JSON.stringify(metricsOf(update, { steps: 2 * update }))}\n`, link)
  right(journal.flush())
  const last = { ...state, update: UPDATES - 1 }
  right(saveCheckpoint(run, config, last, link, journal.written()))
  right(journal.close())
})
afterAll(remove)

const formats = [
  ['csv', 2],
  ['svg', 1],
  ['html', 1],
  ['tensorboard', 1],
] as const

describe('a run of 150,000 updates', () => {
  test('goes on, ends, and its checkpoints are as small as ever', async () => {
    const { code, stdout, stderr } = await proximal(folder, 'train', '--resume', 'long')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('on from update 149,999 of 150,000')
    expect(statSync(join(run, 'chain')).size).toBe(32 * (UPDATES + 1))
    for (const name of readdirSync(join(run, 'checkpoints')))
      expect(statSync(join(run, 'checkpoints', name)).size).toBeLessThan(10_000)
    expect(statSync(join(run, 'replay.json')).size).toBeLessThan(1000)
  })

  test.each(isThorough ? formats : formats.slice(0, 2))(
    'is exported to %s',
    async (format, files) => {
      const args = ['export', 'long', '--to', format, '--out', format]
      expect(await proximal(folder, ...args)).toMatchObject({ code: 0, stderr: '' })
      const names = readdirSync(join(folder, format))
      expect(names).toHaveLength(files)
      if (format === 'csv')
        expect(readFileSync(join(folder, 'csv/metrics.csv'), 'utf8').split('\r\n')).toHaveLength(
          UPDATES + 2,
        )
    },
  )
})
