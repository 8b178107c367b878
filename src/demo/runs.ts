import type { RunView } from '../worker/training/progress.ts'
import type { Recorded, Run } from './run.ts'

/** Earlier runs that are remembered at most. */
export const MOST_RUNS = 4

/** The page's run after the worker has told more of it. */
export const withProgress = (run: Run, told: RunView): Run => {
  // The page trains by PPO alone.
  const now = told as Pick<Run, keyof RunView>
  const { history } = now
  if (history === run.history) return { ...run, ...now }
  const isSame = now.generation === run.generation
  const known = isSame ? run.speeds.slice(0, history.length) : []
  const speeds = history.map((_, i) => known[i] ?? now.stepsPerSecond)
  return { ...run, ...now, speeds }
}

/** The earlier runs, and the one before, where `now` is another one that has learned something else. */
export const remembered = (
  past: readonly Recorded[],
  before: Run,
  now: Run,
): readonly Recorded[] => {
  const { config, history, speeds } = before
  if (config === null || config === now.config || history.length < 2) return past
  return [...past, { config, history, speeds }].slice(-MOST_RUNS)
}
