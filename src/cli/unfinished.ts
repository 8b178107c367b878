import type { OpenRun } from '../io/openRun.ts'
import { grouped, type Screen } from './show.ts'

type Extent = Pick<OpenRun, 'updates' | 'unfinished'>

/** Says how far a run is that has not ended. */
export const sayUnfinished = (show: Screen, { updates, unfinished }: Extent): void => {
  if (unfinished !== null)
    show.say(
      `the run has not ended: this is its newest checkpoint, update ${grouped(updates)} of ${grouped(unfinished)}`,
    )
}

/** The same for machines: nothing of a run that has ended. */
export const unfinishedOf = ({ updates, unfinished }: Extent) =>
  unfinished === null ? {} : { checkpoint: { update: updates, of: unfinished } }
