import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { algorithmNames } from '../../src/algo/algorithm.ts'
import { filesIn, proximal, stopped, workshop } from '../support/cli.ts'

const { folder, remove } = workshop()
afterAll(remove)

/** Runs a command, written as one line. */
const run = (line: string) => proximal(folder, ...line.split(' '))

const SIZES = '--set envs=2 --set steps=16 --set hidden=[8] --threads 1'
const EVALUATED = '--eval-every 80 --eval-episodes 3'

const json = (text: string): Record<string, unknown> =>
  JSON.parse(text.trimEnd().split('\n').at(-1)!) as Record<string, unknown>

const bytes = (...path: readonly string[]): Buffer => readFileSync(join(folder, ...path))

interface Line {
  readonly update: number
  readonly evalReturn?: number
  readonly evalLength?: number
}

const linesOf = (name: string): readonly Line[] =>
  bytes(name, 'metrics.jsonl')
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

describe.each(algorithmNames)('train --eval-every with %s', (algo) => {
  const own = algo === 'vpg' || algo === 'trpo' ? '--set valueMinibatches=1' : '--set gamma=0.9'
  const train = `train cartpole --algo ${algo} ${SIZES} ${own} --steps 320 --checkpoint-every 2`
  let stdout = ''
  beforeAll(async () => {
    await run(`${train} --out ${algo}-plain`)
    ;({ stdout } = await run(`${train} ${EVALUATED} --out ${algo} --json`))
  })

  test('learns the same bits as without', () => {
    for (const name of ['chain', 'params.safetensors'])
      expect(bytes(algo, name).equals(bytes(`${algo}-plain`, name))).toBe(true)
    const plain = linesOf(`${algo}-plain`)
    expect(linesOf(algo)).toMatchObject(plain)
    expect(bytes(`${algo}-plain`, 'metrics.jsonl').toString()).not.toContain('eval')
  })

  test('evaluates after the first update at or past each multiple', () => {
    const evaluated = linesOf(algo).filter(({ evalReturn }) => evalReturn !== undefined)
    expect(evaluated.map(({ update }) => update)).toEqual([3, 5, 8, 10])
    const { evalReturn, evalLength } = evaluated.at(-1)!
    // A step of cartpole earns 1.
    expect(evalReturn).toBe(evalLength)
    expect(json(stdout)['evaluation']).toMatchObject({ mean: evalReturn, length: evalLength })
  })

  test('goes on from a checkpoint to the same files', async () => {
    const whole = filesIn(join(folder, algo))
    for (const name of readdirSync(join(folder, algo, 'checkpoints'))
      .toSorted()
      .slice(1))
      rmSync(join(folder, algo, 'checkpoints', name))
    rmSync(join(folder, algo, 'replay.json'))
    const { code } = await run(`train --resume ${algo} --checkpoint-every 2`)
    expect(code).toBe(0)
    expect(filesIn(join(folder, algo))).toEqual(whole)
  })

  test('is replayed with its evaluations, certified, and forked', async () => {
    expect((await run(`replay ${algo} --backend js --certificate ${algo}.json`)).code).toBe(0)
    expect((await run(`replay ${algo}.json`)).code).toBe(0)
    expect((await run(`fork ${algo} --at 4 --set gamma=0.5 --out ${algo}-fork`)).code).toBe(0)
    expect(linesOf(`${algo}-fork`).slice(0, 4)).toEqual(linesOf(algo).slice(0, 4))
    expect((await run(`replay ${algo}-fork`)).code).toBe(0)
  })
})

describe('a run with evaluations', () => {
  const LONG = `train cartpole ${SIZES} --steps 6400 --eval-every 500 --eval-episodes 3`

  test('that was killed in the middle has the files of one that was not', async () => {
    await run(`${LONG} --checkpoint-every never --out whole`)
    const args = `${LONG} --checkpoint-every 7 --out killed`.split(' ')
    expect((await stopped(folder, 'SIGKILL', 'killed', 60, ...args)).signal).toBe('SIGKILL')
    expect((await run('train --resume killed')).code).toBe(0)
    for (const name of ['metrics.jsonl', 'chain', 'params.safetensors', 'replay.json'])
      expect(bytes('killed', name).equals(bytes('whole', name))).toBe(true)
  })

  test('shows them: in a chart, and in every export that has a place for them', async () => {
    const { stdout } = await run(`${LONG} --out shown --tensorboard`)
    expect(stdout).toContain('\nreturn in evaluations\n')
    expect(stdout).toMatch(/return \d+\.\d {2}eval \d+\.\d/)
    expect(stdout).toMatch(/eval {3}\d+\.\d ± \d+\.\d in the last evaluation, 95 % interval/)
    const events = readdirSync(join(folder, 'shown')).find((name) => name.startsWith('events'))!
    expect(bytes('shown', events).toString('latin1')).toContain('eval/episodic_return')
    for (const format of ['csv', 'html', 'tensorboard'])
      expect((await run(`export shown --to ${format}`)).code).toBe(0)
    expect(bytes('shown/export/metrics.csv').toString()).toContain(',evalReturn,')
    expect(bytes('shown/export/report.html').toString()).toContain('Return in evaluations')
  })
})

describe('the options of evaluations', () => {
  test.each([
    ['--eval-every 0', '--eval-every: expected a whole number from 1 to 2^53 - 1, got "0"'],
    ['--eval-every 9 --eval-episodes x', '--eval-episodes: expected a whole number from 1'],
    ['--eval-episodes 5', '--eval-episodes: expected --eval-every with it, got none'],
  ])('%s', async (options, problem) => {
    const { code, stderr } = await run(`train cartpole ${options} --out none`)
    expect([code, stderr]).toEqual([2, expect.stringContaining(problem)])
  })

  test('are those of a new run: one that is resumed keeps its own', async () => {
    const { code, stderr } = await run('train --resume whole --eval-every 50')
    expect(code).toBe(2)
    expect(stderr).toContain('--resume: expected no option that changes the run')
  })
})
