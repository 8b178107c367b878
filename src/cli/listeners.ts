/** Listeners that are taken off again together. */
export interface Listeners {
  readonly on: (
    target: NodeJS.EventEmitter,
    event: string,
    listener: (...args: never[]) => void,
  ) => void
  /** Takes off all that were put on. */
  readonly off: () => void
}

export const listeners = (): Listeners => {
  const removals: Array<() => void> = []
  return {
    on: (target, event, listener) => {
      const heard = listener as (...args: unknown[]) => void
      target.on(event, heard)
      removals.push(() => target.off(event, heard))
    },
    off: () => {
      for (const remove of removals) remove()
    },
  }
}
