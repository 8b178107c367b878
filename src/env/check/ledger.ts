import { showThrown } from '../show.ts'
import type { Task } from '../../engine/task.ts'
import type { LawId } from './laws.ts'

/** What was found so far: by law, its first problem, or null where it has held. */
export interface Ledger {
  readonly found: ReadonlyMap<LawId, string | null>
  /** f(), with what it throws held against the law; nothing more is looked at then. */
  readonly run: <T>(law: LawId, place: string, f: () => T) => T
  /** Enters a problem, or that there is none, and goes on. */
  readonly enter: (law: LawId, place: string, problem: string | null) => void
  /** Enters it, and stops if there is one: what comes after would rest on it. */
  readonly demand: (law: LawId, place: string, problem: string | null) => void
  /** All of a task, however it ends. */
  readonly close: (task: Task<void>) => Task<void>
}

const STOP = new Error('stopped')

export const ledger = (): Ledger => {
  const found = new Map<LawId, string | null>()
  let running: readonly [LawId, string] = ['parts', 'the environment']

  const enter = (law: LawId, place: string, problem: string | null): void => {
    running = [law, place]
    if (typeof found.get(law) !== 'string')
      found.set(law, problem === null ? null : `${place}: ${problem}`)
  }
  const demand = (law: LawId, place: string, problem: string | null): void => {
    enter(law, place, problem)
    if (problem !== null) throw STOP
  }
  return {
    found,
    enter,
    demand,
    run: (law, place, f) => {
      running = [law, place]
      return f()
    },
    close: function* (task) {
      try {
        yield* task
      } catch (error) {
        if (error !== STOP) enter(...running, `threw ${showThrown(error)}`)
      }
    },
  }
}
