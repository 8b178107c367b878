import { afterAll, describe, expect, test } from 'vitest'
import { presets } from '../../src/builtin/presets.ts'
import { proximal, workshop } from '../support/cli.ts'

const { folder, remove } = workshop()
afterAll(remove)

const shown = (...args: readonly string[]) => proximal(folder, 'presets', ...args)

describe('presets', () => {
  test('without a name: the names of all, a line each', async () => {
    const { code, stdout } = await shown()
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n')).toEqual(Object.keys(presets))
    expect(JSON.parse((await shown('--json')).stdout)).toEqual(Object.keys(presets))
  })

  test('with a name: its fields, inner ones by their path', async () => {
    const { code, stdout } = await shown('sb3')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^steps +2048$/m)
    expect(stdout).toMatch(/^adam\.epsilon +0\.00001$/m)
    expect(stdout).toMatch(/^hidden +\[64,64\]$/m)
    expect(JSON.parse((await shown('sb3', '--json')).stdout)).toEqual(presets.sb3)
  })

  test('--diff: the fields in which two differ, and no other', async () => {
    const { code, stdout } = await shown('--diff', 'cleanrl', 'baselines')
    expect(code).toBe(0)
    const [head, ...rows] = stdout.trimEnd().split('\n')
    expect(head!.trim().split(/ +/)).toEqual(['cleanrl', 'baselines'])
    expect(rows.map((row) => row.split(/ +/))).toEqual([
      ['envs', '4', '1'],
      ['steps', '128', '2048'],
      ['totalSteps', '500000', '1000000'],
      ['advantage.ddof', '1', '0'],
      ['entropyCoef', '0.01', '0'],
      ['learningRate', '0.00025', '0.0003'],
      ['learningRateSchedule', '"linear"', '"constant"'],
      ['adam.epsilonPlacement', '"corrected"', '"uncorrected"'],
      ['trunk', '"separate"', '"shared"'],
    ])
  })

  test('--diff --json: the same with values as they are', async () => {
    const { stdout } = await shown('--diff', 'cleanrl', 'sb3', '--json')
    expect(JSON.parse(stdout)).toContainEqual({ path: 'valueClip', cleanrl: 0.2, sb3: null })
  })

  test('--diff of a preset with itself says that they are the same', async () => {
    const { code, stdout } = await shown('--diff', 'sb3', 'sb3')
    expect([code, stdout]).toEqual([0, 'sb3 and sb3 are the same\n'])
  })

  test.each<[readonly string[], string]>([
    [['sb4'], 'got "sb4": did you mean sb3?'],
    [['--diff', 'sb3'], '<other preset>: expected one, got nothing'],
    [['sb3', 'cleanrl'], 'cleanrl: expected no more than <preset>'],
    [
      ['--difff', 'sb3', 'cleanrl'],
      '--difff": expected an option of this command, got an unknown one: did you mean --diff?',
    ],
  ])('%j is refused in one line that says why', async (args, why) => {
    const { code, stdout, stderr } = await shown(...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(why)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})
