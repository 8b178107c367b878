/** A value that changes, and listeners that hear of it. */
export interface Store<T> {
  readonly get: () => T
  readonly set: (next: T) => void
  /** Calls the listener at each change; returns what ends that. */
  readonly subscribe: (listener: (now: T) => void) => () => void
}

export const store = <T>(first: T): Store<T> => {
  let now = first
  const listeners = new Set<(now: T) => void>()
  return {
    get: () => now,
    set: (next) => {
      now = next
      for (const listener of listeners) listener(next)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
