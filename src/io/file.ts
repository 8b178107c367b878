import type * as E from 'fp-ts/lib/Either.js'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { attempt, type Disk, type FileError } from './disk.ts'
import { files } from './files.ts'

export { describeFileError, type FileError } from './disk.ts'

const disk: Disk = {
  process: process.pid,
  // Windows keeps entries by itself and refuses to be asked.
  syncsFolders: process.platform !== 'win32',
  open: (name, flags) => fs.openSync(name, flags),
  write: (file, bytes, from) => fs.writeSync(file, bytes, from, bytes.length - from),
  sync: fs.fsyncSync,
  close: fs.closeSync,
  size: (file) => fs.fstatSync(file).size,
  truncate: fs.ftruncateSync,
  rename: fs.renameSync,
  remove: fs.unlinkSync,
  read: (name) => {
    const { buffer, byteOffset, byteLength } = fs.readFileSync(name)
    return new Uint8Array(buffer, byteOffset, byteLength)
  },
  list: (name) =>
    fs
      .readdirSync(name, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => entry.name),
  makeFolder: (name) => {
    fs.mkdirSync(name)
  },
  exists: fs.existsSync,
}

/** Whether it is there, and a file rather than a folder. */
export const isFile = (name: string): boolean =>
  fs.statSync(name, { throwIfNoEntry: false })?.isFile() ?? false

/** Whether it is there, and a folder. */
export const isFolder = (name: string): boolean =>
  fs.statSync(name, { throwIfNoEntry: false })?.isDirectory() ?? false

/** The folder that a file is in; empty where the file has no name. */
export const folderOf = (name: string): string => (name === '' ? '' : path.dirname(name))

/** When a file was last written, in seconds since 1970. */
export const writtenAt = (name: string): E.Either<FileError, number> =>
  attempt(name, () => Math.max(0, fs.statSync(name).mtimeMs / 1000))

export const join = (...parts: readonly string[]): string => path.join(...parts)

export const {
  exists,
  readBytes,
  createFolder,
  writeNew,
  replace,
  sweep,
  list,
  remove,
  drop,
  append,
  sync,
  truncate,
} = files(disk)
