import { afterAll, describe, expect, test } from 'vitest'
import { parseOptions } from '../../src/cli/options.ts'
import { proximal, workshop } from '../support/cli.ts'

const options = {
  seed: { type: 'string' },
  set: { type: 'string', multiple: true },
  json: { type: 'boolean' },
} as const

const parse = (...args: readonly string[]) => parseOptions(args, options, () => ['<env>'])

describe('options', () => {
  test('are read in any order, with their values beside them or after =', () => {
    expect(parse('--set', 'a=1', 'cartpole', '--seed=2', '--set=b=2', '--json')).toMatchObject({
      right: { values: { seed: '2', set: ['a=1', 'b=2'], json: true }, names: ['cartpole'] },
    })
  })

  test('may have a negative number as their value', () => {
    expect(parse('cartpole', '--seed', '-1')).toMatchObject({ right: { values: { seed: '-1' } } })
  })

  test('end at --', () => {
    expect(parse('--', '--json')).toMatchObject({ right: { values: {}, names: ['--json'] } })
  })

  test.each([
    [
      ['--sed', '1'],
      '"--sed": expected an option of this command, got an unknown one: did you mean --seed?',
    ],
    [
      ['--frobnicate'],
      '"--frobnicate": expected an option of this command, got an unknown one: see --help',
    ],
    [['-s'], '"-s": expected an option of this command, got an unknown one: see --help'],
    [
      ['--__proto__', '1'],
      '"--__proto__": expected an option of this command, got an unknown one: see --help',
    ],
    [['--seed'], '--seed: expected a value, got nothing: write --seed=VALUE'],
    [
      ['--seed', '--json'],
      '--seed: expected a value, got "--json": write --seed=--json if that is the value',
    ],
    [['--json=1'], '--json: expected no value, got "1": leave it out'],
    [[], '<env>: expected one, got nothing: see --help'],
    [['a', 'b'], 'b: expected no more than <env>: leave it out'],
  ])('%j are refused with what to do', (args, left) => {
    expect(parse(...args)).toMatchObject({ left })
  })
})

describe('a command that fails under --json', () => {
  const { folder, remove } = workshop()
  afterAll(remove)

  test.each([
    [['train', 'cartpol', '--json'], /^env: expected one of .* did you mean cartpole\?$/],
    [['train', 'cartpole', '--seed', '-1', '--json'], /^--seed: expected a whole number from 0/],
    [['replay', 'nothing', '--json'], /^nothing\/replay\.json: expected it to exist/],
    [['frobnicate', '--json'], /^command: expected one of/],
  ])('%j says why in one line of JSON', async (args, error) => {
    const { code, stdout, stderr } = await proximal(folder, ...args)
    const said = JSON.parse(stdout) as { readonly error: string }
    expect([code, said]).toEqual([2, { error: expect.stringMatching(error), exitCode: 2 }])
    expect(stderr).toBe(`proximal: ${said.error}\n`)
  })

  test('without it leaves stdout empty', async () => {
    expect(await proximal(folder, 'replay', 'nothing')).toMatchObject({ code: 2, stdout: '' })
  })
})
