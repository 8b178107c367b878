import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { configFields } from './support/configFields.ts'
import { lackingIn } from './support/docstringRules.ts'
import { publicNames, type PublicName } from './support/docstrings.ts'

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly exports: Readonly<Record<string, string | { readonly types?: string }>>
}

/** The source file of each entry point that has types. */
const entries = Object.values(exports).flatMap((entry) =>
  typeof entry === 'string' || entry.types === undefined
    ? []
    : entry.types.replace('./dist/', '').replace(/\.d\.ts$/, '.ts'),
)

describe('the docstrings of public names', () => {
  const names = publicNames('src', entries)

  test('are found for every entry point', () => {
    expect(names.length).toBeGreaterThan(800)
    const gae = names.find(({ name }) => name === 'rl.gae')
    expect(gae).toMatchObject({ file: 'rl/gae.ts', kind: 'function', tags: ['returns', 'throws'] })
    expect(names.find(({ name }) => name === 'random.split')).toMatchObject({
      numbers: ['n'],
      throws: true,
    })
    expect(names.find(({ name }) => name === 'tensor.add')).toMatchObject({ takesTensors: true })
  })

  test('stand alone, and name shapes, ranges, errors and sources', () => {
    expect(lackingIn(names)).toEqual([])
  })
})

describe('hovering over a field of settings', () => {
  const fields = configFields('src', entries)

  test('is looked at for every algorithm, and in settings of parts', () => {
    const names = fields.map(({ name }) => name)
    for (const config of ['PpoConfig', 'VpgConfig', 'A2cConfig', 'TrpoConfig'])
      expect(names).toContain(`${config}.gamma`)
    expect(names).toEqual(
      expect.arrayContaining([
        'PpoConfig.adam.beta1',
        'A2cConfig.rmsProp.decay',
        'PreferencesConfig.fit.steps',
        'KlRewardConfig.adaptive.target',
        'ThreadOptions.timeoutMs',
      ]),
    )
    expect(fields.length).toBeGreaterThan(450)
  })

  test('shows what it means', () => {
    expect(fields.filter(({ text }) => text.trim() === '').map(({ name }) => name)).toEqual([])
  })
})

describe('the checker can fail', () => {
  const good: PublicName = {
    name: 'rl.f',
    file: 'rl/gae.ts',
    kind: 'function',
    text: 'Adds up rewards [time, env]. Nobody 2016.',
    whole: 'Adds up rewards [time, env]. Nobody 2016.\n@param k a whole number >= 1',
    tags: ['throws'],
    numbers: ['k'],
    isDistribution: false,
    takesTensors: true,
    throws: true,
  }

  test('a docstring that says everything is fine', () => {
    expect(lackingIn([good])).toEqual([])
  })

  test.each<[string, Partial<PublicName>, string]>([
    ['is missing', { text: '' }, 'has no docstring'],
    ['is a formula alone', { text: 'a + b' }, 'begins with no full sentence'],
    ['begins in lower case', { text: 'adds up rewards.' }, 'begins with no full sentence'],
    ['leans on another one', { text: 'The same in f64.' }, 'does not stand alone'],
    ['names no shape', { whole: 'Nobody 2016. k >= 1' }, 'takes tensors and names no shape'],
    ['names no error', { tags: [] }, 'throws and has no @throws'],
    ['names no source', { whole: '[time, env], k >= 1' }, 'names no source'],
    ['names a number only', { whole: '[time] 2016. Of k.' }, 'gives no range or unit of k'],
    ['leaves out a number', { whole: '[time] 2016, x >= 1' }, 'gives no range or unit of k'],
  ])('one that %s is not', (_, change, says) => {
    expect(lackingIn([{ ...good, ...change }])).toEqual([`rl.f: ${says}`])
  })
})
