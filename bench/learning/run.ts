/** One seed of one learner, from the first step to the evaluation. */
import { random, rl, type env, type ppo } from '../../src/index.ts'
import type { Learner, State } from './learners.ts'
import { evaluationKey } from '../../src/sweep/protocol.ts'
import type { Told } from './workers.ts'

export interface Run {
  readonly seed: number
  /** what the stretches are parts of */
  readonly totalSteps: number
  /** environment steps done, in whole updates */
  readonly steps: number
  /** of training, by the clock of a machine that runs several seeds at once */
  readonly seconds: number
  /** mean return of the last 100 episodes of training; NaN where none has ended */
  readonly training: number
  /** environment steps until the last 100 episodes reached the threshold; null where they never did */
  readonly reached: number | null
  /** of the final deterministic policy */
  readonly evaluation: readonly env.Episode[]
  /** the policy that was best on the episodes of its selection, on those of the evaluation */
  readonly best: { readonly steps: number; readonly evaluation: readonly env.Episode[] } | null
  /** mean return of the episodes that ended in each stretch of the run; null before the first one */
  readonly curve: ReadonlyArray<number | null>
  /** mean KL[π_old, π] of the step that went farthest, of those that tell it */
  readonly largestKl: number
}

/** A run of a row of results. */
export interface SeedRun extends Run {
  /** of the deterministic policy, and the largest, where the goal is computed; null elsewhere */
  readonly success: { readonly reached: number; readonly best: number } | null
}

export const STRETCHES = 25

export interface Order {
  readonly seed: number
  readonly totalSteps: number
  /** to evaluate by */
  readonly episodes: number
  /** mean return of the last 100 episodes of training that counts as learned */
  readonly threshold: number
  readonly selection: ppo.EvaluationPlan | null
}

/** The mean return of the last episodes of training is over so many. */
const LAST = 100

export const run = (
  learner: Learner,
  { seed, totalSteps, episodes, threshold, selection }: Order,
  tell: (told: Told) => void,
  ended: (state: State) => void = () => {},
): Run => {
  const judge = selection === null ? () => null : learner.judge(selection, random.key(seed))
  let best: { readonly value: number; readonly steps: number; readonly state: State } | null = null
  const stretches: number[][] = Array.from({ length: STRETCHES }, () => [])
  let seconds = 0
  let started = performance.now()
  let [steps, largestKl, late] = [0, 0, [] as number[]]
  let state: State | null = null
  let reached: number | null = null
  for (const [metrics, next] of learner.updates(random.key(seed))) {
    const returns = metrics.episodes.map((episode) => episode.return)
    steps = metrics.steps
    late = [...late, ...returns].slice(-LAST)
    if (late.length === LAST && rl.mean(late) >= threshold) reached ??= steps
    stretches[Math.ceil((STRETCHES * steps) / totalSteps) - 1]!.push(...returns)
    largestKl = Math.max(largestKl, metrics.kl ?? 0)
    state = next
    tell({ steps, last: rl.mean(late) })
    seconds += (performance.now() - started) / 1000
    const value = judge(next)
    if (value !== null && value > (best?.value ?? -Infinity)) best = { value, steps, state: next }
    started = performance.now()
  }
  if (state === null)
    throw new RangeError(`--steps: expected enough for an update, got ${totalSteps}`)

  ended(state)

  const evaluated = (of: State): readonly env.Episode[] => {
    const playing = learner.evaluation(of, evaluationKey(seed), episodes)
    for (;;) {
      const played = playing.next()
      if (played.done === true) return played.value
      tell({ steps, last: rl.mean(late), evaluated: `${played.value.ended} of ${episodes}` })
    }
  }

  let last: number | null = null
  const curve = stretches.map((returns) => {
    if (returns.length > 0) last = rl.mean(returns)
    return last
  })
  return {
    seed,
    totalSteps,
    steps,
    seconds,
    training: rl.mean(late),
    reached,
    evaluation: evaluated(state),
    best: best === null ? null : { steps: best.steps, evaluation: evaluated(best.state) },
    curve,
    largestKl,
  }
}
