import * as E from 'fp-ts/lib/Either.js'
import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import * as file from '../io/file.ts'
import { LOCK } from '../io/run.ts'
import { fromFile, type Problem } from './problem.ts'

const nameOf = (run: string): string => file.join(run, LOCK)

const textOf = (path: string): string | null => {
  const read = file.readBytes(path)
  return E.isLeft(read) ? null : new TextDecoder().decode(read.right)
}

/**
 * When a process began, in ticks since the machine did, and what it does, as Linux tells of it; null
 * elsewhere. A process number may be given again, and a killed process stays in the list until its
 * parent has looked (state Z).
 */
const statusOf = (pid: string): { readonly state: string; readonly began: string } | null => {
  const fields = textOf(`/proc/${pid}/stat`)?.split(') ').at(-1)?.split(' ')
  return fields === undefined ? null : { state: fields[0]!, began: fields[19]! }
}

const answers = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The process that a lock names, where it may still be at work. */
const holder = (path: string): string | null => {
  const [pid, host, began] = (textOf(path) ?? '').trim().split(' ')
  if (pid === undefined || host === undefined || began === undefined) return null
  const name = `process ${pid} of ${host}`
  if (host !== hostname()) return name
  const status = statusOf(pid)
  const gone =
    status === null ? !answers(Number(pid)) : status.state === 'Z' || status.began !== began
  return gone ? null : name
}

/**
 * A killed process takes a moment to be gone; and who found an older lock left over may be about to
 * remove the one that has been written since.
 */
const [TRIES, APART] = [10, 100]

/** Keeps other processes from the folder of a run; one that a dead process left is taken over. */
export const lock = async (run: string): Promise<E.Either<Problem, void>> => {
  const path = nameOf(run)
  const mine = `${process.pid} ${hostname()} ${statusOf(String(process.pid))?.began ?? '-'}\n`
  for (let i = 0; ; i++) {
    if (!file.exists(path)) {
      const written = file.writeNew(path, mine)
      if (E.isRight(written)) {
        await setTimeout(APART)
        if (textOf(path) === mine) return written
      } else if (written.left.code !== 'EEXIST') return fromFile(written)
    }
    const at = holder(path)
    if (at === null) {
      const removed = file.remove(path)
      if (E.isLeft(removed) && removed.left.code !== 'ENOENT') return fromFile(removed)
    } else if (i < TRIES) await setTimeout(APART)
    else
      return E.left(
        `${run}: ${at} is at work in it: wait for it or end it; remove ${path} if there is no such process`,
      )
  }
}

/** A lock that stays is no harm: whoever comes next finds that its process is gone. */
export const unlock = (run: string): E.Either<Problem, void> => fromFile(file.remove(nameOf(run)))
