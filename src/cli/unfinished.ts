import type { OpenRun } from '../run/folder/openRun.ts'
import { grouped, type Console } from './console.ts'

type Extent = Pick<OpenRun, 'updates' | 'unfinished' | 'best'>

/** Prints which policy is used, unless it is the last one of a finished run. */
export const sayUnfinished = (screen: Console, { updates, unfinished, best }: Extent): void => {
  if (best !== null)
    screen.say(
      `the best policy: update ${grouped(best.update)}, return ${best.mean.toFixed(1)} in its evaluation`,
    )
  else if (unfinished !== null)
    screen.say(
      `the run has not finished: this is its newest checkpoint, update ${grouped(updates)} of ${grouped(unfinished)}`,
    )
}

/** What was not finished, as fields for --json. */
export const unfinishedOf = ({ updates, unfinished, best }: Extent) =>
  best !== null
    ? { best }
    : unfinished === null
      ? {}
      : { checkpoint: { update: updates, of: unfinished } }
