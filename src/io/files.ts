import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { dirname, join, resolve } from 'node:path'
import { attempt, codeOf, failure, type Disk, type FileError } from './disk.ts'

type Result<A> = E.Either<FileError, A>
type Content = string | Uint8Array

/** A file that `replace` has not finished. */
const LEFTOVER = /^\.proximal-\d+-\d+\.tmp$/

/** Whether a file of that name is what a crash left of a write of ours. */
export const isLeftover = (name: string): boolean => LEFTOVER.test(name)

/** What no file of ours has more bytes than: 2 GiB. */
const MOST = 2_147_483_648

const bytesOf = (content: Content): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content

/**
 * Files on a disk. What writes says Right only when the bytes, and the folder's entry of them,
 * would survive a loss of power; a failed sync is an error like any other, never tried again.
 */
export const files = (disk: Disk) => {
  const within = (path: string, flags: 'r' | 'r+' | 'wx' | 'a', f: (file: number) => void) => {
    const file = disk.open(path, flags)
    try {
      f(file)
    } finally {
      disk.close(file)
    }
  }

  const writeAll = (file: number, bytes: Uint8Array): void => {
    let at = 0
    while (at < bytes.length) {
      const count = disk.write(file, bytes, at)
      if (count === 0) throw new Error(`expected ${bytes.length} bytes to be written, got ${at}`)
      at += count
    }
  }

  // A file system that cannot sync folders says EINVAL or ENOTSUP: nothing more can be done there.
  const syncFolder = (path: string): void => {
    if (!disk.syncsFolders) return
    within(path, 'r', (folder) => {
      try {
        disk.sync(folder)
      } catch (error) {
        if (!['EINVAL', 'ENOTSUP'].includes(codeOf(error))) throw error
      }
    })
  }

  /** Does the rest of the work on a file just made, which goes again where that fails. */
  const orRemove = (path: string, f: () => void): void => {
    try {
      f()
    } catch (error) {
      E.tryCatch(() => disk.remove(path), String)
      throw error
    }
  }

  const create = (path: string, bytes: Uint8Array): void => {
    const file = disk.open(path, 'wx')
    orRemove(path, () => {
      try {
        writeAll(file, bytes)
        disk.sync(file)
      } finally {
        disk.close(file)
      }
    })
  }

  /** A new file beside `path`, under the first name that is free. */
  const createBeside = (path: string, bytes: Uint8Array): string => {
    for (let i = 0; ; i++) {
      const name = join(dirname(path), `.proximal-${disk.process}-${i}.tmp`)
      try {
        create(name, bytes)
        return name
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error
      }
    }
  }

  // mkdir's own `recursive` never returns where a file system refuses without saying why (/proc).
  const makeFolders = (path: string): void => {
    const above = dirname(path)
    if (!disk.exists(above)) makeFolders(above)
    disk.makeFolder(path)
    syncFolder(above)
  }

  /** A rename would put a file over anything but a folder, a link or a device too. */
  const expectReplaceable = (path: string): void => {
    const found = disk.kind(path)
    if (found === 'link') throw failure('expected a file, found a link', 'ELOOP')
    if (found === 'other')
      throw failure('expected a regular file, found a device, a pipe or a socket', 'ENOTREG')
  }

  const namesIn = (folder: string): readonly string[] =>
    disk.list(folder).filter((name) => disk.kind(join(folder, name)) !== 'folder')

  const removeNow = (path: string): void => {
    disk.remove(path)
    syncFolder(dirname(path))
  }

  return {
    exists: (path: string): boolean => disk.exists(path),

    /** A regular file of at most so many bytes; a link is an error, whatever it leads to. */
    readBytes: (path: string, most: number = MOST): Result<Uint8Array> =>
      attempt(path, () => disk.read(path, most, false)),

    /** A regular file that a user named, who may name it by a link. */
    readGiven: (path: string, most: number = MOST): Result<Uint8Array> =>
      attempt(path, () => disk.read(path, most, true)),

    /** The first bytes of a regular file, so many of them at most. */
    readHead: (path: string, count: number): Result<Uint8Array> =>
      attempt(path, () => disk.head(path, count)),

    /** Whether there is a folder, or nothing; a link to one, or another file, is an error. */
    isRealFolder: (path: string): Result<boolean> =>
      attempt(path, () => {
        const found = disk.kind(path)
        if (found === 'folder' || found === 'nothing') return found === 'folder'
        throw failure(
          `expected a folder, found ${found === 'link' ? 'a symbolic link' : 'something else'}: move it away`,
          'ENOTFOLDER',
        )
      }),

    /** Everything in a folder, sorted: folders, links and unfinished files too. */
    entries: (folder: string): Result<readonly string[]> =>
      attempt(folder, () => disk.list(folder).toSorted()),

    /** Whether a path names a regular file itself, not by a link. */
    isRegular: (path: string): boolean =>
      pipe(
        attempt(path, () => disk.kind(path)),
        E.exists((found) => found === 'file'),
      ),

    /** A new folder, and the ones above it; an existing one is an error. */
    createFolder: (path: string): Result<void> =>
      pipe(
        attempt(path, () => makeFolders(resolve(path))),
        E.mapLeft((error) =>
          error.code === 'ENOENT'
            ? { ...error, problem: 'cannot be made there: choose another path' }
            : error,
        ),
      ),

    /** A new file; an existing one is an error, and a failed one is no file. */
    writeNew: (path: string, content: Content): Result<void> =>
      attempt(path, () => {
        create(path, bytesOf(content))
        orRemove(path, () => syncFolder(dirname(path)))
      }),

    /** A new file in the folder of `path`, under a name that `sweep` knows; the name. */
    writeBeside: (path: string, content: Content): Result<string> =>
      attempt(path, () => createBeside(path, bytesOf(content))),

    /**
     * A file in the place of the one of that name, or a new one: whatever fails and whenever, the
     * name stands for all of the old bytes or all of the new ones. What a crash may leave beside
     * it is for `sweep`.
     */
    replace: (path: string, content: Content): Result<void> =>
      attempt(path, () => {
        expectReplaceable(path)
        const fresh = createBeside(path, bytesOf(content))
        orRemove(fresh, () => disk.rename(fresh, path))
        syncFolder(dirname(path))
      }),

    /** Gives a file another name, which nothing may have yet. */
    rename: (from: string, to: string): Result<void> =>
      attempt(from, () => {
        if (disk.exists(to)) throw failure(`expected nothing at ${to}`, 'EEXIST')
        disk.rename(from, to)
        syncFolder(dirname(to))
      }),

    /** Removes what crashed calls of `replace` left in a folder that nobody else writes to now. */
    sweep: (folder: string): Result<void> =>
      attempt(folder, () => {
        const leftovers = namesIn(folder).filter(
          (name) => isLeftover(name) && disk.kind(join(folder, name)) === 'file',
        )
        for (const name of leftovers) disk.remove(join(folder, name))
        if (leftovers.length > 0) syncFolder(folder)
      }),

    /** The names of a folder's files, sorted, without unfinished ones. */
    list: (folder: string): Result<readonly string[]> =>
      attempt(folder, () =>
        namesIn(folder)
          .filter((name) => !isLeftover(name))
          .toSorted(),
      ),

    remove: (path: string): Result<void> => attempt(path, () => removeNow(path)),

    /** Removes what would do no harm if it came back: it lasts from the folder's next sync on. */
    drop: (path: string): Result<void> => attempt(path, () => disk.remove(path)),

    /** At the end of a file, which is made if there is none; it lasts from the next `sync` on. */
    append: (path: string, content: Content): Result<void> =>
      attempt(path, () => within(path, 'a', (file) => writeAll(file, bytesOf(content)))),

    /** Makes what was appended last. */
    sync: (path: string): Result<void> =>
      attempt(path, () => {
        within(path, 'r+', disk.sync)
        syncFolder(dirname(path))
      }),

    /** Drops what lies behind the first `length` bytes; a shorter file is an error. */
    truncate: (path: string, length: number): Result<void> =>
      attempt(path, () =>
        within(path, 'r+', (file) => {
          const size = disk.size(file)
          if (size < length)
            throw new RangeError(`expected at least ${length} bytes, found ${size}`)
          disk.truncate(file, length)
          disk.sync(file)
        }),
      ),
  } as const
}
