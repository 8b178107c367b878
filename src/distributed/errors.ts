import { showThrown } from '../env/show.ts'

/** What an error says, in a line, or the value that was thrown instead of one. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/\s*\n\s*/g, ' ') : showThrown(error)

/** One shard with two results: some machine computes differently, or tells lies. */
export const nonDeterminism = (message: string): Error =>
  Object.assign(new Error(message), { name: 'NonDeterminismError' })

/** Tells whether an error says that a shard gave other bytes when it was computed again. */
export const isNonDeterminism = (error: unknown): boolean =>
  error instanceof Error && error.name === 'NonDeterminismError'
