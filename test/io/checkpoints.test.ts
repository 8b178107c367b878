import { fc, test as law } from '@fast-check/vitest'
import { bytesToHex } from '@noble/hashes/utils.js'
import * as E from 'fp-ts/lib/Either.js'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parts, train, type Metrics } from '../../src/algo/ppo/index.ts'
import { worldOf } from '../../src/env/worlds.ts'
import {
  expectPast,
  lineWritten,
  newestCheckpoint,
  nothingWritten,
  readPast,
  saveCheckpoint,
  type Found,
  type Past,
} from '../../src/io/checkpoints.ts'
import { beginningOf } from '../../src/io/course.ts'
import { sha256Hex } from '../../src/io/hash.ts'
import { resume } from '../../src/io/resume.ts'
import type { RunConfig } from '../../src/io/run.ts'
import { appendMetrics, createRun } from '../../src/io/runFolder.ts'
import { expectSameBits } from '../law/purity.ts'
import { small } from '../support/runs.ts'

const right = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) expect.fail(JSON.stringify(either.left))
  return either.right
}

const config: RunConfig = {
  format: 'proximal run 1',
  version: '0.1.0',
  env: 'cartpole',
  seed: 3,
  preset: 'cleanrl',
  kernels: 'js',
  ppo: small,
  past: [],
}
const learning = parts(small, worldOf('cartpole'), 'js')
const begun = beginningOf(config, () => learning)
const updates = [...train(small, learning)(begun)]
const lines = updates.map(([metrics]) => `${JSON.stringify(metrics)}\n`)
const links = (update: number): readonly string[] =>
  Array.from({ length: update + 1 }, (_, i) => String(i % 10).repeat(64))

const folder = mkdtempSync(join(tmpdir(), 'proximal-checkpoints-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A run of five updates in a folder of its own, kept after each of them. */
let runs = 0
const keptRun = (after = [1, 2, 3, 4, 5]): string => {
  runs += 1
  const run = join(folder, String(runs))
  right(createRun(run, config))
  let written = nothingWritten
  for (const [i, [, state]] of updates.entries()) {
    right(appendMetrics(run, lines[i]!))
    written = lineWritten(written, lines[i]!)
    if (after.includes(state.update))
      right(saveCheckpoint(run, config, state, links(state.update), written))
  }
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

  test('leave alone what is none of them', () => {
    const run = keptRun([1])
    for (const name of ['notes.txt', '1.safetensors', '00000009.safetensors.bak'])
      writeFileSync(join(run, 'checkpoints', name), 'mine')
    for (const [, state] of updates)
      right(saveCheckpoint(run, config, state, links(state.update), nothingWritten))
    expect(found(run)).toEqual({ update: 5, damaged: [] })
    expect(readdirSync(join(run, 'checkpoints'))).toHaveLength(6)
  })

  test('hold the state, the chain, and what the run is', () => {
    const run = keptRun()
    const { checkpoint } = right(newestCheckpoint(run))
    expectSameBits(right(resume(learning)(checkpoint!)), updates[4]![1])
    expect(checkpoint).toMatchObject({ update: 5, chain: links(5), config: small })
    expect(checkpoint!.about).toEqual({
      env: 'cartpole',
      seed: '3',
      past: sha256Hex(new TextEncoder().encode('[]')),
      metricsBytes: String(Buffer.byteLength(lines.join(''))),
      metricsHash: sha256Hex(new TextEncoder().encode(lines.join(''))),
    })
  })

  test('there may be none', () => {
    const run = keptRun([])
    expect(found(run)).toEqual({ update: null, damaged: [] })
    expect(readdirSync(run).toSorted()).toEqual(['config.json', 'metrics.jsonl'])
  })

  test('of the start can be kept, too', () => {
    const run = keptRun([])
    right(saveCheckpoint(run, config, begun, links(0), nothingWritten))
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
      right(saveCheckpoint(run, config, later(update), [], nothingWritten))
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
    right(saveCheckpoint(run, config, again, links(3), nothingWritten))
    expect(readdirSync(join(run, 'checkpoints'))).toEqual(['00000003.safetensors'])
    expect(found(run)).toEqual({ update: 3, damaged: [] })
  })

  test('cannot be kept where there is no metrics file, and then none is', () => {
    const run = keptRun([])
    rmSync(join(run, 'metrics.jsonl'))
    const saved = saveCheckpoint(run, config, updates[0]![1], links(1), nothingWritten)
    expect(saved).toMatchObject({ left: { path: join(run, 'metrics.jsonl') } })
    expect(found(run).update).toBeNull()
  })

  test('cannot hold a world whose state is no plain value: that is named, with the file', () => {
    const [, state] = updates[0]!
    const slots = state.world.slots.map((slot) => ({ ...slot, state: () => 1 }))
    const run = keptRun([])
    const saved = saveCheckpoint(
      run,
      config,
      { ...state, world: { ...state.world, slots } },
      links(1),
      nothingWritten,
    )
    expect(saved).toMatchObject({
      left: {
        path: fileOf(run, 1),
        problem: expect.stringContaining(
          'world: expected a plain value, got a function at [0].state',
        ) as string,
      },
    })
  })
})

describe('what is written of metrics.jsonl', () => {
  law.prop([fc.array(fc.string({ unit: 'binary' }))])(
    'line by line is what it is as a whole, and earlier values stay as they were',
    (texts) => {
      let written = nothingWritten
      const steps = texts.map((text) => (written = lineWritten(written, text)))
      for (const [i, { bytes, sha256 }] of steps.entries()) {
        // Lone halves of pairs become U+FFFD, each in its own line.
        const whole = Buffer.concat(
          texts.slice(0, i + 1).map((text) => new TextEncoder().encode(text)),
        )
        expect(bytes).toBe(whole.length)
        expect(bytesToHex(sha256.clone().digest())).toBe(sha256Hex(whole))
      }
      expect(nothingWritten.bytes).toBe(0)
      expect(bytesToHex(nothingWritten.sha256.clone().digest())).toBe(sha256Hex(new Uint8Array(0)))
    },
  )
})

describe('the past of a run', () => {
  let run: string
  beforeAll(() => {
    run = keptRun()
  })
  const past = (update: number): Past => right(readPast(run, update))
  const withMetrics = (text: string): void => writeFileSync(join(run, 'metrics.jsonl'), text)

  test('is the first lines, as text, as values, and as what is written', () => {
    for (let update = 0; update <= 5; update++) {
      const text = lines.slice(0, update).join('')
      const { written, metrics, ...rest } = past(update)
      expect(rest).toEqual({ text })
      expect(metrics.map((one: Metrics) => one.update)).toEqual([1, 2, 3, 4, 5].slice(0, update))
      expect(metrics).toEqual(past(5).metrics.slice(0, update))
      expect(written.bytes).toBe(Buffer.byteLength(text))
      expect(bytesToHex(written.sha256.clone().digest())).toBe(
        sha256Hex(new TextEncoder().encode(text)),
      )
    }
  })

  test('does not look at what comes after: half a line, a line that is none', () => {
    const before = past(3)
    for (const tail of [lines[3]!.slice(0, 20), '{}\n', '\n\n', '\0\0\0']) {
      withMetrics(lines.slice(0, 3).join('') + tail)
      expectSameBits(past(3).text, before.text)
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
    ['a line that is none', [lines[0], 'x\n', lines[2]].join('')],
    ['a line with a field too few', [lines[0], '{"update":2}\n', lines[2]].join('')],
  ])('of three updates is not there with %s: the file is named', (_, text) => {
    withMetrics(text)
    expect(readPast(run, 3)).toMatchObject({ left: { path: join(run, 'metrics.jsonl') } })
  })

  test('says how many lines it found', () => {
    withMetrics(lines.slice(0, 2).join(''))
    expect(readPast(run, 3)).toMatchObject({
      left: { problem: 'expected the lines of 3 updates, got 2' },
    })
  })

  test('has to be that of the checkpoint, to the letter', () => {
    withMetrics(lines.join(''))
    const { checkpoint } = right(newestCheckpoint(run, 4))
    expect(expectPast(run, checkpoint!, past(4))).toEqual(E.right(undefined))
    const others = {
      left: {
        path: join(run, 'metrics.jsonl'),
        problem: 'expected the lines that its checkpoint was written after, got others',
      },
    }
    expect(expectPast(run, checkpoint!, past(3))).toEqual({ _tag: 'Left', ...others })
    expect(expectPast(run, checkpoint!, past(5))).toMatchObject(others)
    const forged = lines.with(1, lines[1]!.replace(/"policyLoss":(-?)\d/, '"policyLoss":$17'))
    expect(forged[1]).not.toBe(lines[1])
    expect(forged[1]).toHaveLength(lines[1]!.length)
    withMetrics(forged.join(''))
    expect(expectPast(run, checkpoint!, past(4))).toMatchObject(others)
    withMetrics(lines.with(1, lines[1]!.replace('{', '{ ')).join(''))
    expect(expectPast(run, checkpoint!, past(4))).toMatchObject(others)
  })
})
