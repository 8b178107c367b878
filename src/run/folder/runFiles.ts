import * as E from 'fp-ts/lib/Either.js'
import * as file from '../disk/file.ts'
import { attempt } from '../disk/disk.ts'
import { FILES } from '../config.ts'
import { sha256OfPieces } from '../nodeSha256.ts'

/** The path of a file of a run folder. */
export const pathIn = (run: string, name: keyof typeof FILES): string => file.join(run, FILES[name])

/** Adds the path of its file to the message of a failed decoder. */
export const inFile =
  (path: string) =>
  <A>(decoded: E.Either<string, A>): E.Either<file.FileError, A> =>
    E.mapLeft((problem: string): file.FileError => ({ path, problem }))(decoded)

/** The SHA-256 of a file, however large. */
export const hashOf = (path: string): E.Either<file.FileError, string> =>
  attempt(path, () => sha256OfPieces(file.chunks(path)))
