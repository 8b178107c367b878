/** Values of some updates of a run, thinned out as they become many. */
export interface Kept<T> {
  /** by update, rising */
  readonly entries: ReadonlyMap<number, T>
  /** updates that are multiples of it are kept; a power of two */
  readonly every: number
  readonly most: number
}

/** Keeps at most about so many values: beyond that, every other one is dropped. */
export const nothingKept = <T>(most: number): Kept<T> => ({ entries: new Map(), every: 1, most })

/** Keeps the value of an update, which replaces that of the same update. Update 0 is never dropped. */
export const keep =
  <T>(update: number, value: T) =>
  ({ entries, every, most }: Kept<T>): Kept<T> => {
    if (update % every !== 0) return { entries, every, most }
    const grown = new Map(entries).set(update, value)
    if (grown.size <= most) return { entries: grown, every, most }
    const wider = 2 * every
    return {
      entries: new Map([...grown].filter(([at]) => at % wider === 0)),
      every: wider,
      most,
    }
  }

/** Drops the values of all later updates. */
export const keptUntil =
  (update: number) =>
  <T>(kept: Kept<T>): Kept<T> => ({
    ...kept,
    entries: new Map([...kept.entries].filter(([at]) => at <= update)),
  })
