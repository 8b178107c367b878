import type { OpenRun } from '../run/folder/openRun.ts'
import { grouped, type Console } from './console.ts'

type Extent = Pick<OpenRun, 'updates' | 'unfinished'>

/** Prints the progress of a run that has not ended; nothing for a finished run. */
export const sayUnfinished = (screen: Console, { updates, unfinished }: Extent): void => {
  if (unfinished !== null)
    screen.say(
      `the run has not ended: this is its newest checkpoint, update ${grouped(updates)} of ${grouped(unfinished)}`,
    )
}

/** Progress of a run that has not ended, as fields for --json; no fields for a finished run. */
export const unfinishedOf = ({ updates, unfinished }: Extent) =>
  unfinished === null ? {} : { checkpoint: { update: updates, of: unfinished } }
