import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { decodeComparisons } from '../../src/rlhf/comparisonFile.ts'
import { samplesIn } from '../../src/run/rlhf/pipelineFolder.ts'
import { groupsOf } from '../../src/rlhf/comparison.ts'
import { right } from '../support/either.ts'
import { proximal, workshop } from '../support/cli.ts'
import { pressing } from '../support/keyboard.ts'
import { ran, tinyConfig, tinySource, writeRun } from '../support/pipeline.ts'

const { folder, remove } = workshop()
afterAll(remove)

const RUN = join(folder, 'run')
writeRun(RUN, tinyConfig, tinySource, await ran(tinyConfig, tinySource))
const { vocabulary, samples } = right(samplesIn(RUN))
const pairs = groupsOf(2, samples)

const label = (keys: string, ...args: readonly string[]) => pressing(keys, ['label', RUN, ...args])

const comparisonsIn = (path: string) =>
  right(decodeComparisons(vocabulary, samples)(readFileSync(path, 'utf8').split('\n')))

describe('labels from a person', () => {
  test('are stored one by one, and undone by a line of their own', async () => {
    const path = join(folder, 'one.jsonl')
    const { code, stdout, isRaw } = await label('1\u001B[C0u2x1q', '--out', path)
    expect(code).toBe(0)
    expect(isRaw).toBe(false)
    expect(stdout).toContain('4 new labels')
    const kinds = readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => Object.keys(JSON.parse(line) as object)[0])
    expect(kinds).toStrictEqual(['ranked', 'ranked', 'tied', 'undone', 'ranked', 'ranked'])
    expect(comparisonsIn(path)).toStrictEqual([
      { ranked: pairs[0] },
      { ranked: [...pairs[1]!].toReversed() },
      { ranked: [...pairs[2]!].toReversed() },
      { ranked: pairs[3] },
    ])
  })

  test('go on with the pairs that are left, and never change what is there', async () => {
    const path = join(folder, 'two.jsonl')
    await label('10q', '--out', path)
    const before = readFileSync(path, 'utf8')
    // Undo goes back no further than this session.
    const { stdout } = await label('uu2q', '--out', path)
    expect(stdout).toContain('has 2 labels')
    const after = readFileSync(path, 'utf8')
    expect(after.startsWith(before)).toBe(true)
    expect(comparisonsIn(path)).toStrictEqual([
      { ranked: pairs[0] },
      { ranked: [...pairs[2]!].toReversed() },
    ])
  })

  test('end when all pairs are judged', async () => {
    const path = join(folder, 'all.jsonl')
    const { code } = await label('1'.repeat(pairs.length), '--out', path)
    expect(code).toBe(0)
    expect(comparisonsIn(path)).toHaveLength(pairs.length)
    const again = await label('', '--out', path)
    expect(again.stdout).toContain('0 pairs are left')
  })

  test('follow a last line that an editor has left open', async () => {
    const path = join(folder, 'open.jsonl')
    await label('1q', '--out', path)
    writeFileSync(path, readFileSync(path, 'utf8').trimEnd())
    await label('1q', '--out', path)
    expect(comparisonsIn(path)).toHaveLength(2)
  })

  test('of other samples are an error that names the line, and stay unchanged', async () => {
    const path = join(folder, 'other.jsonl')
    await label('1q', '--out', path)
    appendFileSync(path, '{"ranked":["aaaaaaaa","bbbbbbbb"]}\n')
    const before = readFileSync(path, 'utf8')
    const { code, stderr } = await label('1q', '--out', path)
    expect(code).toBe(2)
    expect(stderr).toContain('line 2: expected responses of the samples, got "aaaaaaaa"')
    expect(readFileSync(path, 'utf8')).toBe(before)
  })

  test('need a terminal', async () => {
    const { code, stderr } = await proximal(folder, 'label', 'run')
    expect(code).toBe(2)
    expect(stderr).toContain('label: expected a terminal with a keyboard, got none')
    expect(existsSync(join(RUN, 'labels.jsonl'))).toBe(false)
  })

  test('teach a reward model', async () => {
    const path = join(folder, 'taught.jsonl')
    await label(`${'1'.repeat(12)}q`, '--out', path)
    const line = `rlhf --from run --comparisons ${path} --out next --json`
    const { code, stdout, stderr } = await proximal(folder, ...line.split(' '))
    expect({ code, stderr }).toMatchObject({ code: 0 })
    expect(JSON.parse(stdout)).toMatchObject({ comparisons: 12, accuracy: null })
    expect(stderr).toContain('samples: reused')
    expect(stderr).not.toContain('did not sample')
  })
})
