import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { hostname } from 'node:os'
import * as file from '../disk/file.ts'
import { LOCK } from '../config.ts'

/** The lock on a folder. This process alone writes to the folder while `expectHeld` is Right. */
export interface Lock {
  readonly path: string
  /** descriptor that holds the operating system's lock */
  readonly descriptor: number
}

/** Another process holds the lock of a folder. */
interface Busy {
  readonly kind: 'busy'
  readonly path: string
  /** `process 12 of host` */
  readonly holder: string
  /** true: the system releases the lock when its process ends; false: the file must be removed */
  readonly system: boolean
}

/**
 * Takes the operating system's lock on an open file, until the descriptor is closed. False if another
 * descriptor holds it.
 *
 * @throws if the file system does not support locks
 */
export type TryLock = (descriptor: number) => boolean

/** Lock a byte beyond the text: on Windows, others cannot read a locked range. */
const [BYTE, BYTES] = [1_073_741_824, 1]

/** The operating system's locks, or null if the native module has no build for this platform. */
export const systemLock = async (): Promise<TryLock | null> => {
  try {
    const { tryLock } = await import('fs-native-extensions')
    return (descriptor) => tryLock(descriptor, BYTE, BYTES)
  } catch {
    return null
  }
}

const LONGEST = 512
const TEXT =
  /^proximal lock: (process \d+ of [\x21-\x7e]{1,255}), held by (the system|this file)\n$/

const textOf = (isSystem: boolean): string =>
  `proximal lock: process ${process.pid} of ${hostname().replace(/[^\x21-\x7e]/g, '?') || '?'}, held by ${isSystem ? 'the system' : 'this file'}\n`

interface Holder {
  readonly holder: string
  readonly system: boolean
}

const readHolder = (path: string): E.Either<file.FileError, Holder> =>
  pipe(
    file.readBytes(path, LONGEST),
    E.map((bytes) => TEXT.exec(new TextDecoder().decode(bytes))),
    E.flatMap((match) =>
      match === null
        ? E.left({
            path,
            problem:
              'expected a lock that this program wrote, found another file: move it away if no process is using the folder',
          })
        : E.right({ holder: match[1]!, system: match[2] === 'the system' }),
    ),
  )

/** Whether a file is the lock of a run, held or stale. */
export const isLock = (path: string): boolean => E.isRight(readHolder(path))

type Attempt = E.Either<file.FileError | Busy, Lock>

/** Another process created or removed the lock in the meantime: try again. */
const AGAIN = 'again'

const isCode = ({ code }: file.FileError, ...codes: readonly string[]): boolean =>
  code !== undefined && codes.includes(code)

/** Whether the lock was taken; null if the file system does not support locks. */
const tried = (tryLock: TryLock | null, descriptor: number): boolean | null => {
  if (tryLock === null) return null
  try {
    return tryLock(descriptor)
  } catch {
    return null
  }
}

/**
 * Creates the lock. It is written and locked under a temporary name first, so that other processes
 * never see it incomplete or unlocked.
 */
const make = (path: string, tryLock: TryLock | null): Attempt | typeof AGAIN => {
  const made = file.writeBeside(path, textOf(tryLock !== null))
  if (E.isLeft(made)) return made
  const beside = made.right
  const opened = file.open(beside)
  if (E.isLeft(opened)) return opened
  const descriptor = opened.right
  const isLocked = tried(tryLock, descriptor)
  if (tryLock !== null && isLocked !== true) {
    file.close(descriptor)
    file.remove(beside)
    return make(path, null)
  }
  const linked = pipe(
    file.link(beside, path),
    // File systems without hard links.
    E.orElse((error) =>
      isCode(error, 'EEXIST') || file.exists(path) ? E.left(error) : file.rename(beside, path),
    ),
  )
  file.remove(beside)
  if (E.isRight(linked)) return E.right({ path, descriptor })
  file.close(descriptor)
  return isCode(linked.left, 'EEXIST') ? AGAIN : linked
}

/** Removes a lock whose process has ended. It is locked meanwhile, so only one process removes it. */
const removeStale = (path: string, tryLock: TryLock | null): Attempt | typeof AGAIN => {
  const opened = file.open(path)
  if (E.isLeft(opened)) return isCode(opened.left, 'ENOENT') ? AGAIN : opened
  const descriptor = opened.right
  try {
    const found = readHolder(path)
    if (E.isLeft(found)) return isCode(found.left, 'ENOENT') ? AGAIN : found
    const busy = E.left<Busy>({ kind: 'busy', path, ...found.right })
    if (!found.right.system || tried(tryLock, descriptor) !== true) return busy
    if (file.identityAt(path) === file.identityOf(descriptor)) file.remove(path)
    return AGAIN
  } finally {
    file.close(descriptor)
  }
}

/** Attempts before giving up on a lock that other processes keep creating and removing. */
const MOST = 100

/**
 * Locks a folder. If the operating system supports locks, the lock ends with this process, however
 * that ends, and excludes processes in other containers too. Otherwise the folder stays locked until
 * the file is removed.
 */
export const tryLockFolder = (folder: string, tryLock: TryLock | null): Attempt => {
  const path = file.join(folder, LOCK)
  for (let i = 0; i < MOST; i++) {
    const got = file.exists(path) ? removeStale(path, tryLock) : make(path, tryLock)
    if (got !== AGAIN) return got
  }
  return E.left({ path, problem: 'expected to get a lock, but other processes keep taking it' })
}

/** Left if this process has lost the folder: its lock was removed or replaced. */
export const expectHeld = ({ path, descriptor }: Lock): E.Either<file.FileError, void> =>
  file.identityAt(path) === file.identityOf(descriptor)
    ? E.right(undefined)
    : E.left({
        path,
        problem: file.exists(path)
          ? 'expected the lock of this process, found another one: another process may be writing there'
          : 'expected the lock of this process, found nothing: it was removed, or the folder was moved',
        code: 'ELOST',
      })

/** Releases the lock. */
export const unlockFolder = (lock: Lock): void => {
  if (E.isRight(expectHeld(lock))) file.remove(lock.path)
  file.close(lock.descriptor)
}
