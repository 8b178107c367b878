import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askOn } from '../../src/cli/label/labelSession.ts'
import { cartPole } from '../../src/env/cartPole.ts'
import { clipForm } from '../../src/preferences/clip.ts'
import { decodeClipLabels, decodePreferences } from '../../src/preferences/preferenceFile.ts'
import { right } from '../support/either.ts'
import { proximal, workshop } from '../support/cli.ts'
import { pressing } from '../support/keyboard.ts'

const QUICK = ['--set', 'envs=4', '--set', 'steps=16', '--set', 'hidden=[8]', '--steps', '64']
const { folder, remove } = workshop()
const RUN = join(folder, 'run')
const form = clipForm(cartPole, 20)

beforeAll(async () => {
  await proximal(folder, 'train', 'cartpole', ...QUICK, '--out', 'run')
})
afterAll(remove)

const label = (keys: string, ...args: readonly string[]) => pressing(keys, ['label', RUN, ...args])

const linesIn = (path: string) => readFileSync(path, 'utf8').split('\n')

describe('clips that a person labels', () => {
  test('are shown side by side, and stored one by one as preferences', async () => {
    const path = join(folder, 'one.jsonl')
    const { code, stdout, isRaw } = await label('1\u001B[C0u2x1q', '--out', path)
    expect([code, isRaw]).toEqual([0, false])
    expect(stdout).toContain('pair 1 of 100')
    expect(stdout).toMatch(/1 {2}step 0 +│ 2 {2}step 0\n/)
    expect(stdout).toMatch(/[\u2801-\u28FF].*│.*[\u2801-\u28FF]/u)
    expect(stdout).toContain('4 new labels')
    const kinds = linesIn(path)
      .filter((line) => line !== '')
      .map((line) => Object.keys(JSON.parse(line) as object)[0])
    expect(kinds).toStrictEqual(['chosen', 'chosen', 'tied', 'undone', 'chosen', 'chosen'])
    expect(right(decodePreferences(form)(linesIn(path)))).toHaveLength(4)
  })

  test('are the same each time, and go on with the pairs that are left', async () => {
    const [first, second] = [join(folder, 'two.jsonl'), join(folder, 'three.jsonl')]
    await label('120q', '--out', first)
    await label('1q', '--out', second)
    const { stdout } = await label('20q', '--out', second)
    expect(stdout).toContain('has 1 label; 99 pairs are left')
    expect(readFileSync(second, 'utf8')).toBe(readFileSync(first, 'utf8'))
    expect(right(decodeClipLabels(form)(linesIn(first))).map(({ kind }) => kind)).toStrictEqual([
      'ranked',
      'ranked',
      'tied',
    ])
  })

  test('need a run, and nothing is written into another folder', async () => {
    const { code, stderr } = await pressing('1q', ['label', folder])
    expect(code).toBe(2)
    expect(stderr).toContain(folder)
    expect(existsSync(join(folder, 'labels.jsonl'))).toBe(false)
  })

  test('of another environment in the file are an error that names the line', async () => {
    const path = join(folder, 'cartpole.jsonl')
    await label('1q', '--out', path)
    await proximal(folder, 'train', 'pendulum', ...QUICK, '--out', 'other')
    const { code, stderr } = await pressing('1q', ['label', join(folder, 'other'), '--out', path])
    expect(code).toBe(2)
    expect(stderr).toContain('line 1: chosen.observation[0]: expected 3 numbers, got 4')
  })
})

test('what moves is drawn frame by frame, each over the one before, and starts over', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  let shown = ''
  output.on('data', (text: Buffer) => {
    shown += text.toString()
    // Once all frames were there and the first came again, somebody answers.
    if (shown.includes('frame 2\u001B[K\n\u001B[1Aframe 0')) input.write('1')
  })
  const stored: string[] = []
  const asked = {
    pairs: 1,
    film: { frames: 3, perSecond: 1000 },
    lines: (_: number, __: number, frame: number) => [`frame ${frame}`],
    store: (at: number, what: string) => {
      stored.push(`${at} ${what}`)
      return E.right(undefined)
    },
  }
  const session = await askOn(
    output as unknown as NodeJS.WriteStream,
    input as unknown as NodeJS.ReadStream,
    asked,
  )
  expect(session).toMatchObject({ right: { count: 1, code: 0 } })
  expect(stored).toStrictEqual(['0 first'])
  expect(shown).toContain('frame 0\n\u001B[1Aframe 1\u001B[K\n\u001B[1Aframe 2')
})
