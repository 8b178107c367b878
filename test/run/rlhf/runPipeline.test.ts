import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { sha256Hex } from '../../../src/run/hash.ts'
import { isEnd } from '../../../src/run/rlhf/lines.ts'
import { pastStages } from '../../../src/run/rlhf/pastStages.ts'
import { STAGES } from '../../../src/run/rlhf/runPipeline.ts'
import { right } from '../../support/either.ts'
import { enginesOn, ran, tinyConfig, tinySource, type Ran } from '../../support/pipeline.ts'
import { cases } from '../../support/thorough.ts'

const pastOf = ({ lines, files, checkpoint }: Ran) =>
  pastStages(lines, (stage) => files.get(stage) ?? null, checkpoint, sha256Hex)

const whole = await ran(tinyConfig, tinySource)

describe('the stages', () => {
  test('run in order, and each reports its result', () => {
    expect(whole.lines.filter(isEnd).map(({ stage }) => stage)).toStrictEqual(STAGES)
    const { outputs, hash } = right(whole.end!)
    expect(hash).toBe(whole.lines.at(-1)!.link)
    expect(outputs.comparisons).toHaveLength(20)
    expect(outputs.evaluation.before.kl).toBe(0)
    expect(outputs.evaluation.after.kl).toBeGreaterThan(0)
  })

  test.each([
    ['js', 1],
    ['js', 2],
    ['wasm', 2],
  ] as const)('have the same chain on %s with %d threads', async (backend, threads) => {
    const other = await ran(tinyConfig, tinySource, enginesOn(backend, threads))
    expect(other.lines).toStrictEqual(whole.lines)
  })

  test('that were stopped after a line continue to the same chain, on other kernels and threads', async () => {
    for (let count = 1; count < whole.lines.length; count += cases(3, 1)) {
      const first = await ran(tinyConfig, tinySource, enginesOn('wasm'), undefined, count)
      expect(first.end).toBe(null)
      const rest = await ran(
        tinyConfig,
        tinySource,
        enginesOn(count % 2 === 0 ? 'js' : 'wasm', 1 + (count % 3 === 0 ? 1 : 0)),
        pastOf(first),
      )
      expect(rest.lines).toStrictEqual(whole.lines)
      expect(rest.taken).toHaveLength(first.lines.filter(isEnd).length)
    }
  })

  test('are taken from another run where their inputs are the same', async () => {
    const other = { ...tinyConfig, ppo: { ...tinyConfig.ppo, beta: 1 } }
    const fresh = await ran(other, tinySource)
    const taken = await ran(other, tinySource, enginesOn('wasm'), pastOf(whole))
    expect(taken.taken).toStrictEqual(['corpus', 'sft', 'samples', 'comparisons', 'reward'])
    expect(taken.lines).toStrictEqual(fresh.lines)
    expect(taken.lines.at(-1)!.link).not.toBe(whole.lines.at(-1)!.link)
  })

  test('are made again where their file is damaged', async () => {
    const files = new Map(whole.files)
    files.set('samples', files.get('samples')!.slice(1))
    const again = await ran(tinyConfig, tinySource, enginesOn('wasm'), pastOf({ ...whole, files }))
    expect(again.taken).not.toContain('samples')
    expect(again.taken).toContain('ppo')
    expect(again.lines).toStrictEqual(whole.lines)
  })

  test('depend on the seed', async () => {
    const other = await ran(
      { ...tinyConfig, seed: 4 },
      tinySource,
      enginesOn('wasm'),
      pastOf(whole),
    )
    expect(other.taken).toStrictEqual([])
    expect(E.isRight(other.end!)).toBe(true)
  })
})
