import * as E from 'fp-ts/lib/Either.js'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { attempt, failure, type Disk, type FileError, type Kind } from './disk.ts'
import { files } from './files.ts'

export { describeFileError, isKnownProblem, problemOf, type FileError } from './disk.ts'

const { O_RDONLY, O_RDWR, O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = fs.constants
// Windows has neither flag, which makes this 0: there, `expectRegular` alone keeps links out.
const SAFE = fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK

const FLAGS = {
  r: O_RDONLY,
  file: O_RDONLY | SAFE,
  'r+': O_RDWR | SAFE,
  wx: O_WRONLY | O_CREAT | O_EXCL | SAFE,
  a: O_WRONLY | O_CREAT | O_APPEND | SAFE,
} as const

const kindOf = (found: fs.Stats | undefined): Kind => {
  if (found === undefined) return 'nothing'
  if (found.isFile()) return 'file'
  if (found.isDirectory()) return 'folder'
  return found.isSymbolicLink() ? 'link' : 'other'
}

const kind = (name: string): Kind => kindOf(fs.lstatSync(name, { throwIfNoEntry: false }))

/** Throws unless the file is regular: opening a device or pipe may already have side effects. */
const expectRegular = (found: Kind): void => {
  if (found === 'folder') throw failure('expected a file, found a folder', 'EISDIR')
  if (found === 'link') throw failure('expected a file, found a link', 'ELOOP')
  if (found === 'other')
    throw failure('expected a regular file, found a device, a pipe or a socket', 'ENOTREG')
}

/** Returns the descriptor, unless the file was replaced by another kind since the check. */
const regular = (file: number): number => {
  try {
    expectRegular(kindOf(fs.fstatSync(file)))
    return file
  } catch (error) {
    fs.closeSync(file)
    throw error
  }
}

const openRegular = (name: string, flags: number): number => {
  expectRegular(kind(name))
  return regular(fs.openSync(name, flags))
}

/** The system reads at most 2 GiB per call. */
const MOST_AT_ONCE = 1_073_741_824

const within = <A>(file: number, f: () => A): A => {
  try {
    return f()
  } finally {
    fs.closeSync(file)
  }
}

/** The first bytes of a file, fewer if it is shorter. */
const readFirst = (file: number, size: number): Uint8Array => {
  const bytes = new Uint8Array(size)
  let at = 0
  while (at < size) {
    const count = fs.readSync(file, bytes, at, Math.min(size - at, MOST_AT_ONCE), at)
    if (count === 0) break
    at += count
  }
  return bytes.subarray(0, at)
}

const lengthOf = (file: number): number => fs.fstatSync(file).size

const readAll = (file: number, most: number): Uint8Array => {
  const size = lengthOf(file)
  if (size > most)
    throw failure(
      `expected at most ${most} bytes, found ${size}: choose a smaller file`,
      'ETOOLARGE',
    )
  return readFirst(file, size)
}

const disk: Disk = {
  process: process.pid,
  // Windows keeps entries by itself and refuses to be asked.
  syncsFolders: process.platform !== 'win32',
  open: (name, flags) =>
    flags === 'r' ? fs.openSync(name, FLAGS.r) : openRegular(name, FLAGS[flags]),
  write: (file, bytes, from) => fs.writeSync(file, bytes, from, bytes.length - from),
  sync: fs.fsyncSync,
  close: fs.closeSync,
  size: lengthOf,
  truncate: fs.ftruncateSync,
  rename: fs.renameSync,
  remove: fs.unlinkSync,
  read: (name, most, follow) => {
    // Resolve the link first, then open its target like any other file.
    const file = openRegular(follow ? fs.realpathSync(name) : name, O_RDONLY | SAFE)
    return within(file, () => readAll(file, most))
  },
  head: (name, count) => {
    const file = openRegular(name, O_RDONLY | SAFE)
    return within(file, () => readFirst(file, Math.min(count, lengthOf(file))))
  },
  readAt: (file, into, at) => fs.readSync(file, into, 0, into.length, at),
  kind,
  list: (name) => fs.readdirSync(name),
  makeFolder: (name) => {
    fs.mkdirSync(name)
  },
  exists: (name) => {
    try {
      return kind(name) !== 'nothing'
    } catch {
      return false
    }
  },
}

/** The kind of file at a path, following links; nothing if it cannot be determined. */
const leadsTo = (name: string): Kind => {
  try {
    return kindOf(fs.statSync(name, { throwIfNoEntry: false }))
  } catch {
    return 'nothing'
  }
}

/** Whether a path is a regular file, following links. */
export const isFile = (name: string): boolean => leadsTo(name) === 'file'

/** Whether a path is a folder, following links. */
export const isFolder = (name: string): boolean => leadsTo(name) === 'folder'

/** The folder that a file is in; empty where the file has no name. */
export const folderOf = (name: string): string => (name === '' ? '' : path.dirname(name))

/** When a file was last written, in seconds since 1970. */
export const writtenAt = (name: string): E.Either<FileError, number> =>
  attempt(name, () => Math.max(0, fs.lstatSync(name).mtimeMs / 1000))

/** Opens a regular file, such as a lock, and keeps it open. */
export const open = (name: string): E.Either<FileError, number> =>
  attempt(name, () => disk.open(name, 'r+'))

export const close = (file: number): void => {
  E.tryCatch(() => fs.closeSync(file), String)
}

/** Creates a hard link; an existing name is an error. */
export const link = (from: string, to: string): E.Either<FileError, void> =>
  attempt(to, () => fs.linkSync(from, to))

const numberOf = ({ dev, ino }: fs.BigIntStats): string => `${dev}:${ino}`

/** Identifies a file independently of its name; null if there is none. */
export const identityAt = (name: string): string | null => {
  const found = E.tryCatch(() => fs.lstatSync(name, { bigint: true }), String)
  return E.isLeft(found) ? null : numberOf(found.right)
}

/** A stamp that changes when a file is written to or replaced; null if there is none. */
export const stampAt = (name: string): string | null => {
  const found = E.tryCatch(() => fs.lstatSync(name, { bigint: true }), String)
  if (E.isLeft(found)) return null
  const { size, mtimeNs, ctimeNs } = found.right
  return [numberOf(found.right), size, mtimeNs, ctimeNs].join(' ')
}

/** `identityAt` of an open file. */
export const identityOf = (file: number): string => numberOf(fs.fstatSync(file, { bigint: true }))

export const resolve = (name: string): string => path.resolve(name)

export const join = (...parts: readonly string[]): string => path.join(...parts)

export const {
  exists,
  readBytes,
  readGiven,
  readHead,
  isRealFolder,
  entries,
  isRegular,
  sizeOf,
  chunks,
  createFolder,
  writeNew,
  writeBeside,
  replace,
  rename,
  sweep,
  list,
  remove,
  drop,
  openToAppend,
  sync,
  truncate,
} = files(disk)
