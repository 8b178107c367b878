import * as E from 'fp-ts/lib/Either.js'
import type { LoadedModule } from './environmentModule.ts'
import type { Problem } from './problem.ts'

type Exports = LoadedModule['exports']

const FUNCTIONS = ['init', 'step', 'observe']
const PARTS = [...FUNCTIONS, 'observationSpace', 'actionSpace', 'reset']

/** Whether `test` holds for an object; also true if reading the object throws, which `checkEnv` reports. */
const isObjectThat = (
  value: unknown,
  test: (object: { readonly [name: string]: unknown }) => boolean,
): boolean => {
  if (typeof value !== 'object' || value === null) return false
  try {
    return test(value as { readonly [name: string]: unknown })
  } catch {
    return true
  }
}

const hasFunctions = (value: unknown): boolean =>
  isObjectThat(value, (object) => FUNCTIONS.every((part) => typeof object[part] === 'function'))

const hasSomePart = (value: unknown): boolean =>
  isObjectThat(value, (object) => PARTS.some((part) => part in object))

const several = (path: string, names: readonly string[]): Problem =>
  `${path}: expected one environment, got ${names.join(', ')}: name one, as in ${path}#${names[0]!}`

const none = (path: string, exports: Exports): Problem => {
  const names = Object.keys(exports)
  const make = names.find((name) => typeof exports[name] === 'function')
  const hint =
    make === undefined
      ? 'export a record of name, observationSpace, actionSpace, init, step and observe'
      : `if a function returns the environment, name it, as in ${path}#${make}`
  return `${path}: expected an environment as its default export or the only one of its kind, got ${names.join(', ') || 'no export'}: ${hint}`
}

/**
 * The export to use if the argument names none: the default one if it is an environment or a function,
 * or the only environment. If no export is a whole environment, one that has some of the parts is chosen,
 * so that `checkEnv` can report what is missing.
 *
 * @param path of the module, for messages
 */
export const chooseExport = (path: string, exports: Exports): E.Either<Problem, string> => {
  if (typeof exports['default'] === 'function') return E.right('default')
  const names = Object.keys(exports)
  const found = [hasFunctions, hasSomePart, (_: unknown, name: string) => name === 'default']
    .map((isCandidate) => names.filter((name) => isCandidate(exports[name], name)))
    .find((candidates) => candidates.length > 0)
  if (found === undefined) return E.left(none(path, exports))
  if (found.includes('default')) return E.right('default')
  return found.length === 1 ? E.right(found[0]!) : E.left(several(path, found))
}

/** The export that the argument names after `#`. */
export const namedExport =
  (path: string, exports: Exports) =>
  (name: string): E.Either<Problem, string> =>
    name in exports
      ? E.right(name)
      : E.left(
          `${path}: expected an export ${name}, got ${Object.keys(exports).join(', ') || 'none'}`,
        )
