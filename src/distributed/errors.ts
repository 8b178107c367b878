import { showThrown } from '../env/show.ts'

/** What an error says, in a line, or the value that was thrown instead of one. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/\s*\n\s*/g, ' ') : showThrown(error)

/** Two different results of one shard: some machine computes differently, or lies. */
export const nonDeterminism = (message: string): Error =>
  Object.assign(new Error(message), { name: 'NonDeterminismError' })

/** Whether an error says that a shard gave different bytes when it was recomputed. */
export const isNonDeterminism = (error: unknown): boolean =>
  error instanceof Error && error.name === 'NonDeterminismError'
