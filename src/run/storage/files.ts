import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as file from '../disk/file.ts'
import { guarded, isName, type Storage, type StorageError } from './storage.ts'

const toStorageError = ({ path, problem, code }: file.FileError): StorageError => ({
  kind: code === 'ENOSPC' || code === 'EDQUOT' ? 'full' : 'failed',
  name: path,
  problem,
})

/** The result for a missing file, which is not an error to a storage. */
const orElse =
  <B>(nothing: B) =>
  <A>(result: E.Either<file.FileError, A>): E.Either<StorageError, A | B> =>
    pipe(
      result,
      E.orElse((error): E.Either<file.FileError, A | B> =>
        error.code === 'ENOENT' ? E.right(nothing) : E.left(error),
      ),
      E.mapLeft(toStorageError),
    )

/**
 * A storage in the files of a folder, which the first write creates. A write that succeeded survives a loss
 * of power, and one that failed leaves the previous bytes. The file system decides which names are different:
 * some treat `a` and `A` as one.
 */
export const files = (folder: string): Storage => {
  const at = (name: string): string => file.join(folder, name)
  return guarded({
    read: async (name) => pipe(file.readBytes(at(name)), orElse(null)),
    write: async (name, bytes) =>
      pipe(
        file.exists(folder) ? E.right(undefined) : file.createFolder(folder),
        E.flatMap(() => file.replace(at(name), bytes)),
        E.mapLeft(toStorageError),
      ),
    list: async () =>
      pipe(
        file.list(folder),
        orElse([]),
        E.map((names) => names.filter(isName)),
      ),
    remove: async (name) => pipe(file.remove(at(name)), orElse(undefined)),
  })
}
