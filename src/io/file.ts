import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as fs from 'node:fs'
import * as path from 'node:path'

/** A file that could not be read or written. */
export interface FileError {
  readonly path: string
  readonly problem: string
}

export const describeFileError = ({ path: name, problem }: FileError): string =>
  `${name}: ${problem}`

const PROBLEMS: { readonly [code: string]: string } = {
  ENOENT: 'expected it to exist, found nothing: check the path',
  EEXIST: 'exists already and is left as it is: choose another path',
  EACCES: 'may not be accessed: choose another path or change its permissions',
  EPERM: 'may not be accessed: choose another path or change its permissions',
  EROFS: 'lies on a read-only file system: choose another path',
  ENOTDIR: 'a part of the path is no folder: choose another path',
  EISDIR: 'expected a file, found a folder',
  ENOSPC: 'the disk is full: make room and try again',
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

const attempt = <A>(name: string, f: () => A): E.Either<FileError, A> =>
  E.tryCatch(f, (error) => ({
    path: name,
    problem: PROBLEMS[codeOf(error)] ?? String(error),
  }))

export const join = (...parts: readonly string[]): string => path.join(...parts)

export const exists = (name: string): boolean => fs.existsSync(name)

export const readBytes = (name: string): E.Either<FileError, Uint8Array> =>
  attempt(name, () => fs.readFileSync(name))

// mkdir's own `recursive` never returns where a file system refuses without saying why (/proc).
const makeFolders = (name: string): void => {
  const above = path.dirname(name)
  if (!fs.existsSync(above)) makeFolders(above)
  fs.mkdirSync(name)
}

/** A new folder, and the ones above it; an existing one is an error. */
export const createFolder = (name: string): E.Either<FileError, void> =>
  pipe(
    attempt(name, () => makeFolders(path.resolve(name))),
    E.mapLeft((error) =>
      error.problem === PROBLEMS['ENOENT']
        ? { path: name, problem: 'cannot be made there: choose another path' }
        : error,
    ),
  )

/** A new file, all of it on the disk when this returns; an existing one is an error. */
export const writeNew = (name: string, content: string | Uint8Array): E.Either<FileError, void> =>
  attempt(name, () => {
    const file = fs.openSync(name, 'wx')
    try {
      fs.writeFileSync(file, content)
      fs.fsyncSync(file)
    } catch (error) {
      // A part of a file would pass for a damaged one.
      fs.rmSync(name)
      throw error
    } finally {
      fs.closeSync(file)
    }
  })

export const append = (name: string, content: string): E.Either<FileError, void> =>
  attempt(name, () => fs.appendFileSync(name, content))
