import { openBest, openRun } from '../run/folder/openRun.ts'

/** Option of commands that use the policy of a run. */
export const bestOptions = { best: { type: 'boolean' } } as const

/** How to open a run: with its best policy if `--best` was given, or with its last one. */
export const opening = (best: boolean | undefined): typeof openRun =>
  best === true ? openBest : openRun
