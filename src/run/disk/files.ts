import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { dirname, join, resolve } from 'node:path'
import {
  attempt,
  codeOf,
  failure,
  orThrow,
  thrown,
  type Disk,
  type FileError,
  type Flags,
} from './disk.ts'

type Result<A> = E.Either<FileError, A>
type Content = string | Uint8Array

/** A file that stays open while it grows. */
export interface Appender {
  /** At the end of the file; it lasts from the next `sync` of that path on. */
  readonly write: (content: Content | Iterable<Content>) => Result<void>
  /** Truncates the file to `length` bytes. */
  readonly truncate: (length: number) => Result<void>
  readonly close: () => Result<void>
}

/** A file that `replace` has not finished. */
const LEFTOVER = /^\.proximal-\d+-\d+\.tmp$/

/** Whether a name is that of a temporary file of ours, left by a crash. */
export const isLeftover = (name: string): boolean => LEFTOVER.test(name)

/** What no file of ours has more bytes than: 2 GiB. */
const MOST = 2_147_483_648

const CHUNK = 1 << 20

const isOne = (content: Content | Iterable<Content>): content is Content =>
  typeof content === 'string' || content instanceof Uint8Array

const bytesOf = (content: Content): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content

/**
 * Files on a disk. What writes says Right only when the bytes, and the folder's entry of them,
 * would survive a loss of power; a failed sync is an error like any other, never tried again.
 */
export const files = (disk: Disk) => {
  const within = (path: string, flags: Flags, f: (file: number) => void) => {
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

  /** Combines pieces into chunks, and writes each chunk. */
  const writePieces = (file: number, pieces: Iterable<Content>): void => {
    let held: Uint8Array[] = []
    let size = 0
    const release = (): void => {
      writeAll(file, Buffer.concat(held))
      held = []
      size = 0
    }
    for (const piece of pieces) {
      // Copy, since the source may reuse the memory for its next piece.
      const bytes = bytesOf(piece).slice()
      held.push(bytes)
      size += bytes.length
      if (size >= CHUNK) release()
    }
    if (size > 0) release()
  }

  const writeContent = (file: number, content: Content | Iterable<Content>): void =>
    isOne(content) ? writeAll(file, bytesOf(content)) : writePieces(file, content)

  const create = (path: string, content: Content | Iterable<Content>): void => {
    const file = disk.open(path, 'wx')
    orRemove(path, () => {
      try {
        writeContent(file, content)
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

  /** Check first: a rename would also replace a link or a device. */
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

  function* chunksOf(
    path: string,
    from: number,
    to: number,
  ): Generator<Uint8Array, void, undefined> {
    const file = orThrow(attempt(path, () => disk.open(path, 'file')))
    try {
      const buffer = new Uint8Array(CHUNK)
      let at = from
      while (at < to) {
        const room = buffer.subarray(0, Math.min(CHUNK, to - at))
        const place = at
        const count = orThrow(attempt(path, () => disk.readAt(file, room, place)))
        if (count === 0) break
        at += count
        yield room.subarray(0, count)
      }
      if (at < to && to < Infinity)
        throw thrown({ path, problem: `expected at least ${to} bytes, found ${at}` })
    } finally {
      disk.close(file)
    }
  }

  return {
    exists: (path: string): boolean => disk.exists(path),

    /** Reads a regular file of at most `most` bytes; a link is an error. */
    readBytes: (path: string, most: number = MOST): Result<Uint8Array> =>
      attempt(path, () => disk.read(path, most, false)),

    /** Reads a regular file that the user named; follows links. */
    readGiven: (path: string, most: number = MOST): Result<Uint8Array> =>
      attempt(path, () => disk.read(path, most, true)),

    /** The first bytes of a regular file, so many of them at most. */
    readHead: (path: string, count: number): Result<Uint8Array> =>
      attempt(path, () => disk.head(path, count)),

    /** True for a folder, false for nothing; a link or another file is an error. */
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

    /** Whether a path is a regular file; does not follow links. */
    isRegular: (path: string): boolean =>
      pipe(
        attempt(path, () => disk.kind(path)),
        E.exists((found) => found === 'file'),
      ),

    sizeOf: (path: string): Result<number> =>
      attempt(path, () => {
        let size = 0
        within(path, 'file', (file) => {
          size = disk.size(file)
        })
        return size
      }),

    /**
     * Reads a file from offset `from` up to `to`, or to its end, in chunks. Each chunk overwrites the
     * one before.
     *
     * @throws an error that `attempt` turns into a `FileError`, also if the file ends before `to`
     */
    chunks: (path: string, from = 0, to = Infinity): Iterable<Uint8Array> =>
      chunksOf(path, from, to),

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

    /** Creates a file from one or many pieces; an existing one is an error. A failure leaves no file. */
    writeNew: (path: string, content: Content | Iterable<Content>): Result<void> =>
      attempt(path, () => {
        create(path, content)
        orRemove(path, () => syncFolder(dirname(path)))
      }),

    /** Creates a temporary file beside `path`, which `sweep` removes; returns its path. */
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

    /** Renames a file; an existing target is an error. */
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

    /** Opens a file to append to, and creates it if missing. */
    openToAppend: (path: string): Result<Appender> =>
      attempt(path, () => {
        const file = disk.open(path, 'a')
        return {
          write: (content) => attempt(path, () => writeContent(file, content)),
          truncate: (length) => attempt(path, () => disk.truncate(file, length)),
          close: () => attempt(path, () => disk.close(file)),
        }
      }),

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
