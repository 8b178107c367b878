import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { setTimeout } from 'node:timers/promises'
import {
  systemLock,
  tryLockFolder,
  unlockFolder,
  type Lock,
  type TryLock,
} from '../run/folder/lock.ts'
import { bracket } from './bracket.ts'
import { fromFile, type Problem } from './problem.ts'

/** A killed process needs a moment to end. */
const [TRIES, APART] = [10, 100]

/** Locks the folder of a run; waits up to a second for a process that is ending. */
export const lock = async (
  run: string,
  loadLock: () => Promise<TryLock | null> = systemLock,
): Promise<E.Either<Problem, Lock>> => {
  const tryLock = await loadLock()
  for (let i = 0; ; i++) {
    const tried = tryLockFolder(run, tryLock)
    if (E.isRight(tried)) return tried
    if (!('kind' in tried.left)) return fromFile(E.left(tried.left))
    const { holder, path, system } = tried.left
    if (i === TRIES)
      return E.left(
        `${run}: ${holder} is using it: wait for it or end it${system && tryLock !== null ? '' : `; remove ${path} if there is no such process`}`,
      )
    await setTimeout(APART)
  }
}

/** Runs `use` while no other process can lock the folder. */
export const withLock = <A>(
  run: string,
  use: (lock: Lock) => TaskEither<Problem, A>,
): TaskEither<Problem, A> => bracket(() => lock(run), use, unlockFolder)
