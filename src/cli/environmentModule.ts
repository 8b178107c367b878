import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { showThrown } from '../env/show.ts'
import * as file from '../run/disk/file.ts'
import { sha256Hex } from '../run/hash.ts'
import { fromFile, messageOf, type Problem } from './problem.ts'

/** A JavaScript module as an argument names it: `./game.js`, or `./game.js#pong` for an export. */
export interface ModuleName {
  readonly path: string
  /** null: the default export, or the only environment in the module */
  readonly export: string | null
}

const START = /^(?:[./\\]|file:|[A-Za-z]:[/\\])/
const END = /\.[cm]?[jt]s$/
const EXPORT = /#([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u

/** Splits `./game.js#pong` into path and export. A `#` without an identifier after it is part of the path. */
export const moduleName = (argument: string): ModuleName => {
  const found = EXPORT.exec(argument)
  return found === null
    ? { path: argument, export: null }
    : { path: argument.slice(0, found.index), export: found[1]! }
}

/**
 * Whether an argument names a module rather than a built-in environment: it starts like a path
 * (`.`, `/`, `C:\` or `file:`), or ends in `.js`, `.mjs`, `.cjs`, `.ts`, `.mts` or `.cts`.
 */
export const isModule = (argument: string): boolean => {
  const { path } = moduleName(argument)
  return START.test(path) || END.test(path)
}

/** A module that was imported. */
export interface LoadedModule {
  readonly url: string
  /** SHA-256 of the file itself, not of the modules that it imports */
  readonly sha256: string
  readonly exports: { readonly [name: string]: unknown }
}

const pathOf = (name: string): E.Either<Problem, string> =>
  name.startsWith('file:')
    ? E.tryCatch(
        () => fileURLToPath(name),
        (error) => `${name}: ${messageOf(error)}`,
      )
    : E.right(name)

/** Settles like `promise`, or with null if the event loop empties before it settles. */
export const settled = <A>(promise: PromiseLike<A>): Promise<A | null> =>
  new Promise((resolve, reject) => {
    const onIdle = () => resolve(null)
    process.once('beforeExit', onIdle)
    const done = () => process.removeListener('beforeExit', onIdle)
    promise.then(
      (value) => {
        done()
        resolve(value)
      },
      (error: unknown) => {
        done()
        reject(error instanceof Error ? error : new Error(showThrown(error)))
      },
    )
  })

/** `line 3: ` if the stack of an error names a line of the module, otherwise empty. */
const lineIn = (url: string, error: unknown): string => {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const at = stack.indexOf(`${url}:`)
  const line = at < 0 ? NaN : parseInt(stack.slice(at + url.length + 1))
  return Number.isNaN(line) ? '' : `line ${line}: `
}

const hintFor = (error: unknown): string =>
  error instanceof Error && 'code' in error && error.code === 'ERR_UNKNOWN_FILE_EXTENSION'
    ? ': compile it to JavaScript, or let Node import it with a loader such as NODE_OPTIONS="--import tsx"'
    : ''

const imported = (path: string, url: string): TE.TaskEither<Problem, LoadedModule['exports']> =>
  pipe(
    TE.tryCatch(
      () => settled(import(/* @vite-ignore */ url) as Promise<LoadedModule['exports']>),
      (error): Problem =>
        `${path}: could not be imported: ${lineIn(url, error)}${messageOf(error)}${hintFor(error)}`,
    ),
    TE.flatMapNullable(
      (exports) => exports,
      (): Problem =>
        `${path}: expected a module that loads, got one whose top-level await never finishes`,
    ),
  )

/** Imports a module that the user named in the command. */
export const loadModule = ({ path: name }: ModuleName): TE.TaskEither<Problem, LoadedModule> =>
  pipe(
    pathOf(name),
    E.filterOrElse(file.isFile, (path): Problem => {
      const got = file.exists(path) ? 'something else' : 'nothing'
      return `${name}: expected the file of a JavaScript module, found ${got}: check the path`
    }),
    E.bindTo('path'),
    E.bind('bytes', ({ path }) => fromFile(file.readGiven(path))),
    E.let('url', ({ path }) => pathToFileURL(path).href),
    TE.fromEither,
    TE.bind('exports', ({ url }) => imported(name, url)),
    TE.map(({ url, bytes, exports }) => ({ url, sha256: sha256Hex(bytes), exports })),
  )
