/** One seed of one contestant. */
import { run } from '../learning/run.ts'
import type { Job, Told } from '../learning/workers.ts'
import { tasks, type TaskName } from './tasks.ts'

export interface SeedJob extends Job {
  readonly task: TaskName
  readonly contestant: string
  readonly seed: number
}

export interface Outcome {
  readonly task: TaskName
  readonly contestant: string
  readonly seed: number
  /** what the stretches are parts of */
  readonly totalSteps: number
  /** environment steps done, in whole updates */
  readonly steps: number
  /** of training, by the clock of a machine that runs several seeds at once */
  readonly seconds: number
  /** returns of the final deterministic policy */
  readonly evaluation: readonly number[]
  /** mean return of the episodes that ended in each stretch of the run; null before the first one */
  readonly curve: ReadonlyArray<number | null>
  /** the largest KL of a step ÷ the bound it promises; null where it promises none */
  readonly largestKl: number | null
}

export const EPISODES = 100

export const train = (
  { task, contestant, seed, totalSteps }: SeedJob,
  tell: (told: Told) => void,
): Outcome => {
  const learner = tasks[task].contestants.get(contestant)!.learner(totalSteps)
  const done = run(
    learner,
    { seed, totalSteps, episodes: EPISODES, threshold: tasks[task].solved, selection: null },
    tell,
  )
  return {
    task,
    contestant,
    seed,
    totalSteps,
    steps: done.steps,
    seconds: done.seconds,
    evaluation: done.evaluation.map((episode) => episode.return),
    curve: done.curve,
    largestKl: learner.maxKl === null ? null : done.largestKl / learner.maxKl,
  }
}
