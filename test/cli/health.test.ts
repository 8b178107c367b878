import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { proximal, workshop } from '../support/cli.ts'

const { folder, remove } = workshop()
afterAll(remove)

/** Runs a command, written as one line. */
const run = (line: string) => proximal(folder, ...line.split(' '))

const TRAIN = 'train cartpole --set envs=4 --set steps=16 --set hidden=[8] --threads 1 --steps 2560'

const WARNING =
  /^warning: after update \d+: nothing was learned for 20 updates: explained variance and KL divergence are near zero: try .+\n$/

interface Result {
  readonly warnings?: ReadonlyArray<Record<'code' | 'message' | 'advice', string>>
}

const json = (text: string): Result => JSON.parse(text.trimEnd().split('\n').at(-1)!) as Result

const reportOf = async (name: string): Promise<string> => {
  expect((await run(`export ${name} --to html`)).code).toBe(0)
  return readFileSync(join(folder, name, 'export/report.html'), 'utf8')
}

describe('a run that does not learn', () => {
  test('is warned about once on stderr, in the report and in the JSON', async () => {
    const still = await run(`${TRAIN} --set learningRate=1e-12 --out still`)
    expect(still.code).toBe(0)
    expect(still.stderr).toMatch(WARNING)
    expect(still.stdout).not.toContain('warning')
    const html = await reportOf('still')
    expect(html).toContain('<h2>Warnings</h2>')
    const shown = still.stderr.slice('warning: '.length).trimEnd()
    expect(html).toContain(`<li>${shown}</li>`)

    const { stdout } = await run(`${TRAIN} --set learningRate=1e-12 --out json --json`)
    expect(json(stdout).warnings).toMatchObject([{ code: 'no-learning' }])
  })

  test('keeps the warning when it continues, and does not print it again', async () => {
    rmSync(join(folder, 'still/replay.json'))
    const { stdout, stderr } = await run('train --resume still --json')
    expect(stderr).not.toContain('warning')
    expect(json(stdout).warnings).toMatchObject([{ code: 'no-learning' }])
  })
})

test('a run that learns has no warnings anywhere', async () => {
  const { stdout, stderr } = await run(`${TRAIN} --out well --json`)
  expect(stderr).not.toContain('warning')
  expect(json(stdout)).not.toHaveProperty('warnings')
  expect(await reportOf('well')).not.toContain('Warnings')
})
