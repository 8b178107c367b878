import * as E from 'fp-ts/lib/Either.js'
import { show } from '../../env/show.ts'
import { excerpt, printable } from '../../tensor/printable.ts'

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
  /** The kind of file at a path; does not follow links. */
  readonly kind: (path: string) => Kind
  /** Reads from offset `at` into `into`; returns how many bytes it read, which may be fewer. */
  readonly readAt: (file: number, into: Uint8Array, at: number) => number
  /** Everything in a folder, by name. */
  readonly list: (path: string) => readonly string[]
  readonly makeFolder: (path: string) => void
  /** Whether a path exists; a dangling link does. */
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

/** Maximum length of a message about a file, which may contain names of any length. */
const LONGEST = 4000

/** A message that quotes a file, as one line of printable characters. */
const asProblem = (text: string): string => excerpt(text, LONGEST)

export const describeFileError = ({ path, problem }: FileError): string =>
  `${printable(path)}: ${asProblem(problem)}`

const FULL = 'the disk is full: make room and try again'

const TOO_LARGE = 'is too large to be read or written here: choose a smaller one'
const TOO_MANY = 'too many files are open: close other programs or raise the limit (ulimit -n)'
const NO_MEMORY = 'needs more memory than is available: choose something smaller'

const PROBLEMS: { readonly [code: string]: string } = {
  ENOENT: 'expected it to exist, found nothing: check the path',
  EEXIST: 'already exists and was not overwritten: choose another path',
  EACCES: 'cannot be accessed: choose another path or change its permissions',
  EPERM: 'cannot be accessed: choose another path or change its permissions',
  EROFS: 'lies on a read-only file system: choose another path',
  ENOTDIR: 'a part of the path is not a folder: choose another path',
  EISDIR: 'expected a file, found a folder',
  ELOOP: 'expected a regular file, found a symbolic link: put the file itself there',
  ENOSPC: FULL,
  EDQUOT: FULL,
  EIO: 'the disk failed: choose another one',
  ENAMETOOLONG: 'has a name that is too long for this file system: choose a shorter path',
  EFBIG: TOO_LARGE,
  EOVERFLOW: TOO_LARGE,
  ERR_FS_FILE_TOO_LARGE: TOO_LARGE,
  ERR_STRING_TOO_LONG: TOO_LARGE,
  EMFILE: TOO_MANY,
  ENFILE: TOO_MANY,
  EBUSY: 'is in use by another program: close it or choose another path',
  ETXTBSY: 'is in use by another program: close it or choose another path',
  ENXIO: 'expected a file, found a device or a pipe that nobody serves',
  ENODEV: 'expected a file, found a device or a pipe that nobody serves',
  ENOTEMPTY: 'expected an empty folder, found files in it: choose another path',
  ENOTSUP: 'lies on a file system that cannot do this: choose another path',
  EOPNOTSUPP: 'lies on a file system that cannot do this: choose another path',
  EINVAL: 'cannot be written or read there: choose another path',
  ENOMEM: NO_MEMORY,
  ESTALE: 'lies on a file system that is no longer mounted: mount it again',
  EAGAIN: 'is not ready: try again',
  EINTR: 'was interrupted: try again',
  ERR_INVALID_ARG_VALUE: 'expected a name without zero bytes: choose another path',
}

/** Messages of engines for arrays or strings that are too large, or do not fit into memory. */
const MEMORY =
  /^(invalid (typed array|array|array buffer|string) length|array buffer allocation failed|.*could not allocate memory|.*cannot allocate)/i

/** The system's name of what went wrong; empty where there is none. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

/** Makes an error with a code, like those of the system. */
export const failure = (message: string, code: string): Error =>
  Object.assign(new Error(message), { code })
/** Explains an error of the system or engine, and what to do; unknown errors keep their message. */
export const problemOf = (error: unknown): string => {
  const code = codeOf(error)
  if (Object.hasOwn(PROBLEMS, code)) return PROBLEMS[code]!
  if (!(error instanceof Error)) return show(error)
  return error instanceof RangeError && MEMORY.test(error.message)
    ? NO_MEMORY
    : asProblem(error.message)
}

/** Whether `problemOf` knows what to do about an error. */
export const isKnownProblem = (error: unknown): boolean =>
  Object.hasOwn(PROBLEMS, codeOf(error)) ||
  (error instanceof RangeError && MEMORY.test(error.message))

/** Wraps a `FileError` to throw it from a generator; `attempt` unwraps it. */
export const thrown = (error: FileError): Error =>
  Object.assign(new Error(describeFileError(error)), { fileError: error })

const carriedBy = (error: unknown): FileError | null =>
  error instanceof Error && 'fileError' in error ? (error.fileError as FileError) : null

/** The value of a result, or throws its error for `attempt` to catch. */
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
    return { path, problem: problemOf(error), ...(code === '' ? {} : { code }) }
  })
