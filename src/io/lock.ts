import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { hostname } from 'node:os'
import * as file from './file.ts'
import { LOCK } from './run.ts'

/** A folder that this process alone writes to, for as long as `expectHeld` is Right. */
export interface Lock {
  readonly path: string
  /** the descriptor that the system's lock is on */
  readonly descriptor: number
}

/** Another process that may be at work in a folder. */
export interface Busy {
  readonly kind: 'busy'
  readonly path: string
  /** `process 12 of host` */
  readonly holder: string
  /** whether the system ends the lock with its process; if not, the file holds until it is removed */
  readonly system: boolean
}

/**
 * Takes the system's lock on an open file, which ends with the descriptor; false where another
 * descriptor has it.
 *
 * @throws where the file system has no locks
 */
export type TryLock = (descriptor: number) => boolean

/** The byte that is locked lies behind the text: Windows keeps others from reading what is locked. */
const [BYTE, BYTES] = [1_073_741_824, 1]

/** The system's locks; null where the native module has no build for the platform. */
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
              'expected a lock that this program wrote, found another file: move it away, if no process is at work there',
          })
        : E.right({ holder: match[1]!, system: match[2] === 'the system' }),
    ),
  )

/** Whether a file is the lock of a run, held or left over. */
export const isLock = (path: string): boolean => E.isRight(readHolder(path))

type Attempt = E.Either<file.FileError | Busy, Lock>

/** Somebody else came first, or went: look again. */
const AGAIN = 'again'

const isCode = ({ code }: file.FileError, ...codes: readonly string[]): boolean =>
  code !== undefined && codes.includes(code)

/** Whether the system locks the file; null where the file system cannot. */
const tried = (tryLock: TryLock | null, descriptor: number): boolean | null => {
  if (tryLock === null) return null
  try {
    return tryLock(descriptor)
  } catch {
    return null
  }
}

/**
 * A lock of ours where there is none. It is written and locked under another name first: whoever
 * sees it sees all of it, and held.
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
    // File systems without second names: the text comes a moment after the name.
    E.orElse((error) =>
      isCode(error, 'EEXIST') || file.exists(path) ? E.left(error) : file.rename(beside, path),
    ),
  )
  file.remove(beside)
  if (E.isRight(linked)) return E.right({ path, descriptor })
  file.close(descriptor)
  return isCode(linked.left, 'EEXIST') ? AGAIN : linked
}

/** Removes a lock whose process is gone; while it is looked at, nobody else can do so. */
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

/** How often others may come first or go meanwhile; more are never there. */
const MOST = 100

/**
 * Keeps other processes from a folder. Where the system has locks, it ends ours with this process,
 * whatever ends that, and judges those of others, in other containers too. Elsewhere the file holds
 * until it is removed.
 */
export const tryLockFolder = (folder: string, tryLock: TryLock | null): Attempt => {
  const path = file.join(folder, LOCK)
  for (let i = 0; i < MOST; i++) {
    const got = file.exists(path) ? removeStale(path, tryLock) : make(path, tryLock)
    if (got !== AGAIN) return got
  }
  return E.left({ path, problem: 'expected to get a lock, but others come and go all the time' })
}

/** Left where the folder is no longer ours: its lock is gone, or it is another one. */
export const expectHeld = ({ path, descriptor }: Lock): E.Either<file.FileError, void> =>
  file.identityAt(path) === file.identityOf(descriptor)
    ? E.right(undefined)
    : E.left({
        path,
        problem: file.exists(path)
          ? 'expected the lock of this process, found another one: another process may write there'
          : 'expected the lock of this process, found nothing: it was removed, or the folder was moved',
        code: 'ELOST',
      })

/** Lets others into the folder. */
export const unlockFolder = (lock: Lock): void => {
  if (E.isRight(expectHeld(lock))) file.remove(lock.path)
  file.close(lock.descriptor)
}
