import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { specifiersOf } from './house.ts'

/** Declaration files by their path inside dist, as `rl/gae.d.ts`. */
export type Declarations = ReadonlyMap<string, string>

/** What a package says of itself, and whether a file is in it. */
export interface Package {
  readonly types: string | undefined
  readonly has: (file: string) => boolean
}

const ofNode = new Set(builtinModules)

/** `@noble/hashes/sha2.js` → `@noble/hashes` and `sha2.js`. */
const partsOf = (specifier: string): readonly [name: string, file: string] => {
  const [scope = '', name = '', ...rest] = specifier.split('/')
  return scope.startsWith('@')
    ? [`${scope}/${name}`, rest.join('/')]
    : [scope, [name, ...rest].filter((part) => part !== '').join('/')]
}

const declarationOf = (file: string): string => file.replace(/\.[jt]s$/, '.d.ts')

const targetOf = (path: string, specifier: string): string =>
  declarationOf(posix.normalize(posix.join(posix.dirname(path), specifier)))

/**
 * Imports that a consumer's compiler cannot follow. A relative one needs an ending and a declaration
 * file beside it (from a declaration, `./a.ts` leads to `a.d.ts`, too); any other one needs a package
 * that is installed with ours and brings types for that very file.
 *
 * @param packages dependencies and peers by name; null for one that is not installed with ours
 */
export const unresolved = (
  all: Declarations,
  packages: (name: string) => Package | null,
): readonly string[] =>
  [...all].flatMap(([path, text]) =>
    specifiersOf(text).flatMap((specifier) => {
      const refused = [`${path}: imports ${specifier}`]
      if (specifier.startsWith('.'))
        return /\.[jt]s$/.test(specifier) && all.has(targetOf(path, specifier)) ? [] : refused
      if (specifier.startsWith('node:') || ofNode.has(specifier)) return []
      const [name, file] = partsOf(specifier)
      const found = packages(name)
      if (found === null) return refused
      if (file === '') return found.types === undefined ? refused : []
      return file.endsWith('.js') && found.has(declarationOf(file)) ? [] : refused
    }),
  )

/** The declarations that an entry leads to, itself among them. */
export const leadsTo = (all: Declarations, entry: string): ReadonlySet<string> => {
  const seen = new Set([entry])
  for (const path of seen)
    for (const specifier of specifiersOf(all.get(path) ?? ''))
      if (specifier.startsWith('.')) seen.add(targetOf(path, specifier))
  return seen
}

/** Modules of Node in what an entry leads to: their types are there only with @types/node. */
export const needingNode = (all: Declarations, entry: string): readonly string[] =>
  [...leadsTo(all, entry)].flatMap((path) =>
    specifiersOf(all.get(path) ?? '')
      .filter((specifier) => specifier.startsWith('node:') || ofNode.has(specifier))
      .map((specifier) => `${path}: imports ${specifier}`),
  )

/** Typed arrays with a type argument, which compilers before 5.7 do not know, where an entry leads to. */
export const genericArrays = (all: Declarations, entry: string): readonly string[] =>
  [...leadsTo(all, entry)].flatMap((path) =>
    [
      ...(all.get(path) ?? '').matchAll(/\b(?:Big)?(?:Uint|Int|Float)\d+(?:Clamped)?Array<\w+>/g),
    ].map(([written]) => `${path}: ${written}`),
  )
