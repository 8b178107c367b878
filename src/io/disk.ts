import * as E from 'fp-ts/lib/Either.js'

/** How a file is opened. */
export type Flags = 'r' | 'file' | 'r+' | 'wx' | 'a'

/**
 * The calls to a file system that files are written with. Each throws an error with a `code` such
 * as ENOSPC where it fails.
 */
export interface Disk {
  /** Tells temporary files of processes apart. */
  readonly process: number
  /** Whether a folder's entries are made to last by `sync` of the folder. */
  readonly syncsFolders: boolean
  /**
   * A descriptor of a folder (`r`), or of a regular file: `file` to read it, `r+` to change it, `wx`
   * if it is new, `a` to append. Links are not followed, and anything else is an error: it could
   * block or never end.
   */
  readonly open: (path: string, flags: Flags) => number
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
  /**
   * The bytes of a regular file, `most` of them at most.
   *
   * @param follow whether the file may be named by a link
   */
  readonly read: (path: string, most: number, follow: boolean) => Uint8Array
  /** The first bytes of a regular file, `count` of them at most; a link is not followed. */
  readonly head: (path: string, count: number) => Uint8Array
  /** What a path names itself: a link is a link, whatever it leads to. */
  readonly kind: (path: string) => Kind
  /** Fills `into` from place `at` of a file on, wholly or in part; returns how many bytes it read. */
  readonly readAt: (file: number, into: Uint8Array, at: number) => number
  /** Everything in a folder, by name. */
  readonly list: (path: string) => readonly string[]
  readonly makeFolder: (path: string) => void
  /** Whether a path names anything, be it a link that leads nowhere. */
  readonly exists: (path: string) => boolean
}

export type Kind = 'file' | 'folder' | 'link' | 'other' | 'nothing'

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
  ELOOP: 'expected a regular file, found a symbolic link: put the file itself there',
  ENOSPC: FULL,
  EDQUOT: FULL,
  EIO: 'the disk failed: choose another one',
}

/** The system's name of what went wrong; empty where there is none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

/** An error with a code that the system did not give. */
export const failure = (message: string, code: string): Error =>
  Object.assign(new Error(message), { code })

/** What carries a `FileError` out of a generator: `attempt` gives it back as it is. */
export const thrown = (error: FileError): Error =>
  Object.assign(new Error(describeFileError(error)), { fileError: error })

const carriedBy = (error: unknown): FileError | null =>
  error instanceof Error && 'fileError' in error ? (error.fileError as FileError) : null

/** A result within a generator, or within `attempt`. */
export const orThrow = <A>(result: E.Either<FileError, A>): A => {
  if (E.isLeft(result)) throw thrown(result.left)
  return result.right
}

/** What a call to the disk gives, or why it failed. */
export const attempt = <A>(path: string, f: () => A): E.Either<FileError, A> =>
  E.tryCatch(f, (error) => {
    const carried = carriedBy(error)
    if (carried !== null) return carried
    const code = codeOf(error)
    return {
      path,
      problem: PROBLEMS[code] ?? (error instanceof Error ? error.message : String(error)),
      ...(code === '' ? {} : { code }),
    }
  })
