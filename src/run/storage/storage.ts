import * as E from 'fp-ts/lib/Either.js'
import { shown } from '../../tensor/shown.ts'

/**
 * Why a storage did not do its work.
 *
 * - `name`: a name that no storage accepts
 * - `full`: no room for the bytes
 * - `large`: more bytes than the reader allows
 * - `blocked`: another process or page holds the storage
 * - `unsupported`: the storage cannot do this at all
 * - `failed`: anything else
 */
export interface StorageError {
  readonly kind: 'name' | 'full' | 'large' | 'blocked' | 'unsupported' | 'failed'
  /** of the bytes, or of the storage where it is about all of it */
  readonly name: string
  readonly problem: string
}

/** The text of a storage error: its name, and what went wrong. */
export const describeStorageError = ({ name, problem }: StorageError): string =>
  `${name}: ${problem}`

/** The promise of a storage operation: Right of the result, or Left of an error. It never rejects. */
export type Stored<A> = Promise<E.Either<StorageError, A>>

/**
 * A storage keeps bytes under names. Reading a name returns all the bytes that were last written under it.
 * Bytes are copied on the way in and out. No promise rejects.
 *
 * A name holds 1 to 255 bytes of UTF-8, no control characters, none of `/ \ :`, and does not begin
 * with a dot, so that every storage can hold it.
 */
export interface Storage {
  /** The bytes under a name; null if there are none. */
  readonly read: (name: string) => Stored<Uint8Array | null>
  readonly write: (name: string, bytes: Uint8Array) => Stored<void>
  /** All names, sorted by their UTF-16 code units. */
  readonly list: () => Stored<readonly string[]>
  /** Right also if there was nothing. */
  readonly remove: (name: string) => Stored<void>
}

export const storageError = (
  kind: StorageError['kind'],
  name: string,
  problem: string,
): E.Either<StorageError, never> => E.left({ kind, name, problem })

const LONGEST = 255

/** Whether every storage takes the name. */
export const isName = (name: string): boolean =>
  name !== '' &&
  !name.startsWith('.') &&
  !/[\p{Cc}\p{Cs}/\\:]/u.test(name) &&
  new TextEncoder().encode(name).length <= LONGEST

/** A storage that is asked for good names only, and whose failures are Left, never a throw. */
export const guarded = ({ read, write, list, remove }: Storage): Storage => {
  const safely = async <A>(name: string, f: () => Stored<A>): Stored<A> => {
    try {
      return await f()
    } catch (error) {
      return storageError('failed', name, String(error))
    }
  }
  const named = <A>(name: string, f: () => Stored<A>): Stored<A> =>
    isName(name)
      ? safely(name, f)
      : Promise.resolve(
          storageError(
            'name',
            shown(name),
            'expected 1 to 255 bytes without control characters and / \\ :, no dot first: rename it',
          ),
        )
  return {
    read: (name) => named(name, () => read(name)),
    write: (name, bytes) => {
      // Here and now: the caller may change the bytes before a storage comes to them.
      const copy = new Uint8Array(bytes)
      return named(name, () => write(name, copy))
    },
    list: () => safely('storage', list),
    remove: (name) => named(name, () => remove(name)),
  }
}
