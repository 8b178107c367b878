/** What an error says, or the value that was thrown instead of one. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** One shard with two results: some machine computes differently, or tells lies. */
export const nonDeterminism = (message: string): Error =>
  Object.assign(new Error(message), { name: 'NonDeterminismError' })

/** Tells whether an error says that a shard gave other bytes when it was computed again. */
export const isNonDeterminism = (error: unknown): boolean =>
  error instanceof Error && error.name === 'NonDeterminismError'
