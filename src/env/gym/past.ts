/**
 * The actions of an episode, latest first: about 11 bytes each in memory and in a checkpoint. Pieces
 * get longer towards the beginning, so that even a long episode has few of them, and code that copies
 * states recursively does not overflow the stack.
 */
export interface Past {
  readonly actions: readonly unknown[]
  readonly before: Past | null
}

/** One action more. Pieces that are no longer than what comes after them are joined with it. */
export const append = (past: Past | null, action: unknown): Past => {
  const joined: Past[] = []
  let [length, before] = [1, past]
  while (before !== null && before.actions.length <= length) {
    joined.push(before)
    length += before.actions.length
    before = before.before
  }
  const actions: unknown[] = []
  for (let i = joined.length - 1; i >= 0; i--)
    for (const earlier of joined[i]!.actions) actions.push(earlier)
  actions.push(action)
  return { actions, before }
}

/** How many actions there are. */
export const lengthOf = (past: Past | null): number => {
  let length = 0
  for (let piece = past; piece !== null; piece = piece.before) length += piece.actions.length
  return length
}

/** All actions, in the order in which they were done. */
export const actionsOf = (past: Past | null): readonly unknown[] => {
  const pieces: Array<readonly unknown[]> = []
  for (let piece = past; piece !== null; piece = piece.before) pieces.unshift(piece.actions)
  return pieces.flat(1)
}
