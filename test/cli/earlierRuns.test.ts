import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { chainIn, filesIn, proximal, workshop } from '../support/cli.ts'

/** Ten updates, kept after the sixth, whose checkpoint and replay.json have the whole chain. */
const earlier = fileURLToPath(new URL('../golden/earlierCheckpoints', import.meta.url))
const record = JSON.parse(readFileSync(join(earlier, 'replay.json'), 'utf8')) as {
  readonly hash: string
  readonly chain: readonly string[]
}

const { folder, remove } = workshop()
afterAll(remove)

const copied = (name: string): string => {
  cpSync(earlier, join(folder, name), { recursive: true })
  return join(folder, name)
}

describe('a run of an earlier version, whose chain is in its checkpoints and its record', () => {
  test('replays, and its certificate has the same links', async () => {
    const run = copied('a')
    const before = filesIn(run)
    const replayed = await proximal(folder, 'replay', 'a', '--certificate', 'a.json')
    expect(replayed).toMatchObject({ code: 0, stderr: '' })
    const certificate = JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8')) as object
    expect(certificate).toMatchObject({ hash: record.hash, chain: record.chain })
    expect(filesIn(run)).toEqual(before)
  })

  test('goes on to the same links and parameters, in files of today', async () => {
    const run = copied('b')
    const on = await proximal(folder, 'train', '--resume', 'b')
    expect(on).toMatchObject({ code: 0, stderr: '' })
    expect(on.stdout).toContain('on from update 6 of 10')
    expect(chainIn(run)).toEqual(record.chain)
    for (const name of ['metrics.jsonl', 'params.safetensors'])
      expect(readFileSync(join(run, name)).equals(readFileSync(join(earlier, name)))).toBe(true)
    expect(JSON.parse(readFileSync(join(run, 'replay.json'), 'utf8'))).toMatchObject({
      format: 'proximal replay 2',
      hash: record.hash,
      updates: 10,
      link: record.chain[10],
    })
  })

  test('is forked as far as its newest checkpoint tells, and no further', async () => {
    copied('c')
    const forked = await proximal(folder, 'fork', 'c', '--at', '4', '--out', 'd')
    expect(forked).toMatchObject({ code: 0, stderr: '' })
    expect(chainIn(join(folder, 'd'))).toEqual(record.chain)
    const beyond = await proximal(folder, 'fork', 'c', '--at', '8', '--steps', '704', '--out', 'e')
    expect(beyond.code).toBe(2)
    expect(beyond.stderr).toContain(
      'expected the links of 8 updates, got those of 6: continue with',
    )
    expect(existsSync(join(folder, 'e'))).toBe(false)
  })
})
