/** One seed of one contestant, from the first step to the evaluation. */
import { random, rl } from '../../src/index.ts'
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

export const STRETCHES = 25
export const EPISODES = 100
/** Evaluation draws from keys that no run learns by. */
const EVALUATION = 1_000_000

export const train = (
  { task, contestant, seed, totalSteps }: SeedJob,
  tell: (told: Told) => void,
): Outcome => {
  const learner = tasks[task].contestants.get(contestant)!.learner(totalSteps)
  const stretches: number[][] = Array.from({ length: STRETCHES }, () => [])
  const started = performance.now()
  let [steps, largestKl, late] = [0, 0, [] as number[]]
  let state: Parameters<typeof learner.evaluate>[0] | null = null
  for (const [metrics, next] of learner.updates(random.key(seed))) {
    const returns = metrics.episodes.map((episode) => episode.return)
    steps = metrics.steps
    late = [...late, ...returns].slice(-100)
    stretches[Math.ceil((STRETCHES * steps) / totalSteps) - 1]!.push(...returns)
    largestKl = Math.max(largestKl, metrics.kl ?? 0)
    state = next
    tell({ steps, last: rl.mean(late) })
  }
  const seconds = (performance.now() - started) / 1000
  if (state === null)
    throw new RangeError(`--steps: expected enough for an update, got ${totalSteps}`)
  let last: number | null = null
  const curve = stretches.map((returns) => {
    if (returns.length > 0) last = rl.mean(returns)
    return last
  })
  return {
    task,
    contestant,
    seed,
    totalSteps,
    steps,
    seconds,
    evaluation: learner.evaluate(state, random.key(EVALUATION + seed), EPISODES),
    curve,
    largestKl: learner.maxKl === null ? null : largestKl / learner.maxKl,
  }
}
