import * as E from 'fp-ts/lib/Either.js'
import { guarded, type Storage } from './storage.ts'

/** A storage in memory, which is lost with the process. */
export const memory = (): Storage => {
  const held = new Map<string, Uint8Array>()
  return guarded({
    read: async (name) => E.right(held.get(name)?.slice() ?? null),
    write: async (name, bytes) => {
      held.set(name, bytes)
      return E.right(undefined)
    },
    list: async () => E.right([...held.keys()].toSorted()),
    remove: async (name) => {
      held.delete(name)
      return E.right(undefined)
    },
  })
}
