import * as E from 'fp-ts/lib/Either.js'

/**
 * The calls to a file system that files are written with. Each throws an error with a `code` such
 * as ENOSPC where it fails.
 */
export interface Disk {
  /** Tells temporary files of processes apart. */
  readonly process: number
  /** Whether a folder's entries are made to last by `sync` of the folder. */
  readonly syncsFolders: boolean
  /** A descriptor, of a folder too (`r`): `r+` to change, `wx` only of a new file, `a` to append. */
  readonly open: (path: string, flags: 'r' | 'r+' | 'wx' | 'a') => number
  /** Writes bytes from place `from` on, some or all; returns how many. */
  readonly write: (file: number, bytes: Uint8Array, from: number) => number
  /** Everything written is on the disk when this returns. */
  readonly sync: (file: number) => void
  readonly close: (file: number) => void
  readonly size: (file: number) => number
  readonly truncate: (file: number, length: number) => void
  /** In one step, over a file of that name. */
  readonly rename: (from: string, to: string) => void
  readonly remove: (path: string) => void
  readonly read: (path: string) => Uint8Array
  /** The names in a folder, those of folders aside. */
  readonly list: (path: string) => readonly string[]
  readonly makeFolder: (path: string) => void
  readonly exists: (path: string) => boolean
}

/** A file that could not be read or written. */
export interface FileError {
  readonly path: string
  readonly problem: string
  /** the system's own name of the problem, such as ENOENT */
  readonly code?: string
}

export const describeFileError = ({ path, problem }: FileError): string => `${path}: ${problem}`

const FULL = 'the disk is full: make room and try again'

const PROBLEMS: { readonly [code: string]: string } = {
  ENOENT: 'expected it to exist, found nothing: check the path',
  EEXIST: 'exists already and is left as it is: choose another path',
  EACCES: 'may not be accessed: choose another path or change its permissions',
  EPERM: 'may not be accessed: choose another path or change its permissions',
  EROFS: 'lies on a read-only file system: choose another path',
  ENOTDIR: 'a part of the path is no folder: choose another path',
  EISDIR: 'expected a file, found a folder',
  ENOSPC: FULL,
  EDQUOT: FULL,
  EIO: 'the disk failed: choose another one',
}

/** The system's name of what went wrong; empty where there is none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

/** What a call to the disk gives, or why it failed. */
export const attempt = <A>(path: string, f: () => A): E.Either<FileError, A> =>
  E.tryCatch(f, (error) => {
    const code = codeOf(error)
    return { path, problem: PROBLEMS[code] ?? String(error), ...(code === '' ? {} : { code }) }
  })
