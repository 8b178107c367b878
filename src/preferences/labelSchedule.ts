import type { PreferencesConfig } from './config.ts'

/**
 * How many pairs are to be asked about before an update: a share of all labels before the first, about the
 * policy that has not learned yet, and equally many of the rest every `every` updates from then on.
 *
 * @param updates of the whole run
 * @returns a function of the updates done; all labels have been requested when the last round is over
 */
export const labelSchedule = (
  { labels, firstShare, every }: Pick<PreferencesConfig, 'labels' | 'firstShare' | 'every'>,
  updates: number,
): ((update: number) => number) => {
  const laterRounds = Math.max(0, Math.ceil(updates / every) - 1)
  const first = laterRounds === 0 ? labels : Math.round(labels * firstShare)
  return (update) => {
    const round = Math.floor(update / every)
    return round >= laterRounds
      ? labels
      : first + Math.floor(((labels - first) * round) / laterRounds)
  }
}
