import * as E from 'fp-ts/lib/Either.js'
import { hostname } from 'node:os'
import * as file from '../io/file.ts'
import { fromFile, type Problem } from './problem.ts'

const nameOf = (run: string): string => file.join(run, 'lock')

/** Whether a process of this machine still is. */
const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The process that a lock names, where it may still be at work. */
const holder = (path: string): string | null => {
  const read = file.readBytes(path)
  if (E.isLeft(read)) return null
  const [pid, host] = new TextDecoder().decode(read.right).trim().split(' ')
  if (host === undefined) return null
  return host !== hostname() || (Number(pid) !== process.pid && lives(Number(pid)))
    ? `process ${pid} of ${host}`
    : null
}

/** Keeps other processes from the folder of a run; one that a dead process left is taken over. */
export const lock = (run: string): E.Either<Problem, void> => {
  const path = nameOf(run)
  if (file.exists(path)) {
    const at = holder(path)
    if (at !== null)
      return E.left(
        `${run}: ${at} is at work in it: wait for it or end it; remove ${path} if there is no such process`,
      )
    const removed = fromFile(file.remove(path))
    if (E.isLeft(removed)) return removed
  }
  return fromFile(file.writeNew(path, `${process.pid} ${hostname()}\n`))
}

/** Says no more than that it could not be: the next one finds that its process is dead. */
export const unlock = (run: string): E.Either<Problem, void> => fromFile(file.remove(nameOf(run)))
