import * as E from 'fp-ts/lib/Either.js'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { init, parts, train } from '../../../src/algo/ppo/index.ts'
import { environmentOf } from '../../../src/env/environments.ts'
import {
  newestCheckpoint,
  saveCheckpoint,
  type Found,
} from '../../../src/run/folder/checkpoints.ts'
import { key } from '../../../src/random/key.ts'
import { sha256Hex } from '../../../src/run/hash.ts'
import { noPast, openJournal, type WrittenFiles } from '../../../src/run/folder/journal.ts'
import { expectPast, lengthUntil } from '../../../src/run/folder/past.ts'
import { resume } from '../../../src/run/resume.ts'
import type { RunConfig } from '../../../src/run/config.ts'
import { createRun } from '../../../src/run/folder/runFolder.ts'
import { expectSameBits } from '../../law/purity.ts'
import { small } from '../../support/runs.ts'

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) expect.fail(JSON.stringify(either.left))
  return either.right
}

const config: RunConfig = {
  format: 'proximal run 2',
  algorithm: 'ppo',
  version: '0.1.0',
  env: 'cartpole',
  seed: 3,
  preset: 'cleanrl',
  kernels: 'js',
  settings: small,
  past: [],
}
const learning = parts(small, environmentOf('cartpole'), 'js')
const begun = init(learning)(key(config.seed))
const updates = [...train(small, learning)(begun)]
const lines = updates.map(([metrics]) => `${JSON.stringify(metrics)}\n`)
const linkOf = (update: number): string => String(update % 10).repeat(64)
const chainUntil = (update: number): string =>
  Array.from({ length: update + 1 }, (_, i) => linkOf(i)).join('')
const empty = sha256Hex(new Uint8Array(0))
/** What a run told that told nothing. */
const nothing: WrittenFiles = {
  metrics: { bytes: 0, sha256: empty },
  chain: { bytes: 0, sha256: empty },
}

const folder = mkdtempSync(join(tmpdir(), 'proximal-checkpoints-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A run of five updates in a folder of its own, kept after each of them. */
let runs = 0
const keptRun = (after = [1, 2, 3, 4, 5]): string => {
  runs += 1
  const run = join(folder, String(runs))
  right(createRun(run, config))
  const journal = right(openJournal(run, noPast()))
  journal.add('', linkOf(0))
  for (const [i, [, state]] of updates.entries()) {
    journal.add(lines[i]!, linkOf(state.update))
    right(journal.flush())
    if (after.includes(state.update))
      right(saveCheckpoint(run, config, state, linkOf(state.update), journal.written()))
  }
  right(journal.close())
  return run
}

const fileOf = (run: string, update: number): string =>
  join(run, 'checkpoints', `0000000${update}.safetensors`)

const damage = (path: string): void => {
  const bytes = readFileSync(path)
  bytes[bytes.length >> 1]! ^= 1
  writeFileSync(path, bytes)
}

const found = (run: string, most?: number) => {
  const { checkpoint, damaged }: Found = right(newestCheckpoint(run, most))
  return { update: checkpoint?.update ?? null, damaged: damaged.map(({ path }) => path) }
}

describe('the checkpoints of a run', () => {
  test('are three at most, the newest ones', () => {
    const names = (run: string) => readdirSync(join(run, 'checkpoints')).toSorted()
    expect(names(keptRun([1, 2, 3]))).toEqual(
      [1, 2, 3].map((update) => `0000000${update}.safetensors`),
    )
    expect(names(keptRun())).toEqual([3, 4, 5].map((update) => `0000000${update}.safetensors`))
  })

  test('leave other values alone', () => {
    const run = keptRun([1])
    for (const name of ['notes.txt', '1.safetensors', '00000009.safetensors.bak'])
      writeFileSync(join(run, 'checkpoints', name), 'mine')
    for (const [, state] of updates)
      right(saveCheckpoint(run, config, state, linkOf(state.update), nothing))
    expect(found(run)).toEqual({ update: 5, damaged: [] })
    expect(readdirSync(join(run, 'checkpoints'))).toHaveLength(6)
  })

  test('hold the state, the last link of the chain, and what the run is', () => {
    const run = keptRun()
    const { checkpoint } = right(newestCheckpoint(run))
    expectSameBits(right(resume(learning)(checkpoint!)), updates[4]![1])
    expect(checkpoint).toMatchObject({ update: 5, link: linkOf(5), config: small })
    expect(checkpoint!.about).toEqual({
      env: 'cartpole',
      seed: '3',
      past: sha256Hex(new TextEncoder().encode('[]')),
      metricsBytes: String(Buffer.byteLength(lines.join(''))),
      metricsHash: sha256Hex(new TextEncoder().encode(lines.join(''))),
      chainHash: sha256Hex(Buffer.from(chainUntil(5), 'hex')),
    })
  })

  test('there may be none', () => {
    const run = keptRun([])
    expect(found(run)).toEqual({ update: null, damaged: [] })
    expect(readdirSync(run).toSorted()).toEqual(['chain', 'config.json', 'metrics.jsonl'])
  })

  test('of the start can be kept, too', () => {
    const run = keptRun([])
    right(saveCheckpoint(run, config, begun, linkOf(0), nothing))
    expect(found(run)).toEqual({ update: 0, damaged: [] })
    expectSameBits(right(resume(learning)(right(newestCheckpoint(run)).checkpoint!)), begun)
  })

  test.each([
    [2, null],
    [3, 3],
    [4, 4],
    [5, 5],
    [6, 5],
  ])('of at most %i updates: the one after %s', (most, update) => {
    expect(found(keptRun(), most).update).toBe(update)
  })

  test('the newest is by number, not by name: 100,000,000 is after 99,999,999', () => {
    const run = keptRun([])
    const later = (update: number) => ({ ...updates[0]![1], update })
    for (const update of [99_999_999, 100_000_000])
      right(saveCheckpoint(run, config, later(update), null, nothing))
    expect(found(run).update).toBe(100_000_000)
    expect(found(run, 99_999_999).update).toBe(99_999_999)
  })

  test('that are damaged are passed over and named, the newest first', () => {
    const run = keptRun()
    damage(fileOf(run, 5))
    expect(found(run)).toEqual({ update: 4, damaged: [fileOf(run, 5)] })
    writeFileSync(fileOf(run, 4), '')
    expect(found(run)).toEqual({ update: 3, damaged: [fileOf(run, 5), fileOf(run, 4)] })
    expect(found(run, 4)).toEqual({ update: 3, damaged: [fileOf(run, 4)] })
    damage(fileOf(run, 3))
    expect(found(run)).toEqual({
      update: null,
      damaged: [5, 4, 3].map((update) => fileOf(run, update)),
    })
    expect(right(newestCheckpoint(run)).damaged[0]!.problem).toContain('damaged or changed')
  })

  test('that were passed over go when the run has gone on, and push out none that is whole', () => {
    const run = keptRun()
    for (const update of [4, 5]) damage(fileOf(run, update))
    const [, again] = updates[2]!
    right(saveCheckpoint(run, config, again, linkOf(3), nothing))
    expect(readdirSync(join(run, 'checkpoints'))).toEqual(['00000003.safetensors'])
    expect(found(run)).toEqual({ update: 3, damaged: [] })
  })

  test('cannot be kept where there is no metrics file, and then none is', () => {
    const run = keptRun([])
    rmSync(join(run, 'metrics.jsonl'))
    const saved = saveCheckpoint(run, config, updates[0]![1], linkOf(1), nothing)
    expect(saved).toMatchObject({ left: { path: join(run, 'metrics.jsonl') } })
    expect(found(run).update).toBeNull()
  })

  test('cannot hold an environment whose state is not a plain value: that is named, with the file', () => {
    const [, state] = updates[0]!
    const slots = state.envState.slots.map((slot) => ({ ...slot, state: () => 1 }))
    const run = keptRun([])
    const saved = saveCheckpoint(
      run,
      config,
      { ...state, envState: { ...state.envState, slots } },
      linkOf(1),
      nothing,
    )
    expect(saved).toMatchObject({
      left: {
        path: fileOf(run, 1),
        problem: expect.stringContaining(
          'envState: expected a plain value, got a function at [0].state',
        ) as string,
      },
    })
  })
})

describe('the past of a run', () => {
  let run: string
  beforeAll(() => {
    run = keptRun()
  })
  const withMetrics = (text: string): void => writeFileSync(join(run, 'metrics.jsonl'), text)

  test('is the first lines', () => {
    for (let update = 0; update <= 5; update++)
      expect(lengthUntil(run, 'ppo', update)).toEqual(
        E.right(Buffer.byteLength(lines.slice(0, update).join(''))),
      )
  })

  test('ignores what follows: half a line, an invalid line', () => {
    for (const tail of [lines[3]!.slice(0, 20), '{}\n', '\n\n', '\0\0\0']) {
      withMetrics(lines.slice(0, 3).join('') + tail)
      expect(lengthUntil(run, 'ppo', 3)).toEqual(
        E.right(Buffer.byteLength(lines.slice(0, 3).join(''))),
      )
    }
  })

  test.each([
    ['too few lines', lines.slice(0, 2).join('')],
    ['half of the last line', lines.slice(0, 3).join('').slice(0, -30)],
    ['the last line without its end', lines.slice(0, 3).join('').slice(0, -1)],
    ['a byte order mark', `\ufeff${lines.join('')}`],
    ['another beginning', lines.slice(1).join('')],
    ['nothing', ''],
    ['another order', [lines[0], lines[2], lines[1]].join('')],
    ['a line twice', [lines[0], lines[0], lines[1]].join('')],
    ['an invalid line', [lines[0], 'x\n', lines[2]].join('')],
    ['a line with a field too few', [lines[0], '{"update":2}\n', lines[2]].join('')],
  ])('of three updates is not there with %s: the file is named', (_, text) => {
    withMetrics(text)
    expect(lengthUntil(run, 'ppo', 3)).toMatchObject({ left: { path: join(run, 'metrics.jsonl') } })
  })

  test('says how many lines it found', () => {
    withMetrics(lines.slice(0, 2).join(''))
    expect(lengthUntil(run, 'ppo', 3)).toMatchObject({
      left: { problem: 'expected the lines of 3 updates, got 2' },
    })
  })

  test('has to be that of the checkpoint, to the letter', () => {
    const four = keptRun([1, 2, 3, 4])
    const { checkpoint } = right(newestCheckpoint(four))
    const past = () => expectPast(four, checkpoint)
    const metrics = join(four, 'metrics.jsonl')
    const others = {
      left: {
        path: metrics,
        problem: 'expected the lines written before its checkpoint, got others',
      },
    }
    expect(right(past())).toMatchObject({
      metrics: { bytes: Buffer.byteLength(lines.slice(0, 4).join('')) },
      chain: { bytes: 5 * 32 },
    })
    const forged = lines.with(1, lines[1]!.replace(/"policyLoss":(-?)\d/, '"policyLoss":$17'))
    expect(forged[1]).not.toBe(lines[1])
    expect(forged[1]).toHaveLength(lines[1]!.length)
    for (const text of [
      forged.join(''),
      lines.with(1, lines[1]!.replace('{', '{ ')).join(''),
      lines.slice(0, 4).join('').slice(0, -1),
    ]) {
      writeFileSync(metrics, text)
      expect(past()).toMatchObject(
        text.endsWith('\n')
          ? others
          : { left: { path: metrics, problem: 'expected the lines of 4 updates, got 3' } },
      )
    }
    writeFileSync(metrics, lines.join(''))
    expect(E.isRight(past())).toBe(true)
  })

  test('has to have the links of the checkpoint, too', () => {
    const four = keptRun([1, 2, 3, 4])
    const { checkpoint } = right(newestCheckpoint(four))
    const path = join(four, 'chain')
    const chain = readFileSync(path)
    const others = {
      left: {
        path,
        problem: 'expected the links written before its checkpoint, got others',
      },
    }
    for (const link of [0, 2, 4]) {
      writeFileSync(path, chain.with(32 * link, 0xff))
      expect(expectPast(four, checkpoint)).toMatchObject(others)
    }
    writeFileSync(path, chain.with(32 * 5, 0xff))
    expect(E.isRight(expectPast(four, checkpoint))).toBe(true)
    writeFileSync(path, chain.subarray(0, 32 * 4))
    expect(expectPast(four, checkpoint)).toMatchObject({
      left: { path, problem: 'expected the links of 4 updates, got those of 3' },
    })
    rmSync(path)
    expect(expectPast(four, checkpoint)).toMatchObject({ left: { path, code: 'ENOENT' } })
  })
})
