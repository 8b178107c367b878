import * as E from 'fp-ts/lib/Either.js'
import type { TeachClient } from './client.ts'
import type { TeachOrder } from './choices.ts'
import type { TeachShown } from './teacher.ts'

/** A session as the page follows it. */
export interface Following {
  /** Goes to the session of an order, and tells of each that lies on the way. */
  readonly follow: (order: TeachOrder) => void
  readonly stop: () => void
}

/** Follows one order at a time: another one takes its place. */
export const following = (
  client: TeachClient,
  onShown: (shown: TeachShown) => void,
  onProblem: (message: string) => void,
): Following => {
  let turn = new AbortController()
  const follow = async (order: TeachOrder): Promise<void> => {
    turn.abort()
    const mine = new AbortController()
    turn = mine
    for await (const item of client.stream('teach', order, { signal: mine.signal, ahead: 2 })) {
      if (mine.signal.aborted) return
      if (E.isRight(item)) onShown(item.right)
      else if (item.left.kind === 'lost')
        // The session is a function of the order, so another worker comes to it again.
        return follow(order)
      else onProblem(item.left.message)
    }
  }
  return { follow: (order) => void follow(order), stop: () => turn.abort() }
}
