/** One seed of a task: learned from preferences, and beside it without any. */
import { ppo, preferences, random, type env } from '../../src/index.ts'
import { evaluationKey } from '../../src/sweep/protocol.ts'
import type { Told } from '../learning/workers.ts'
import type { Measure, Task } from './tasks.ts'

/** What a policy does by its most probable actions. */
export interface Measured {
  /** mean over episodes of what the task measures */
  readonly mean: number
  /** share of the episodes that terminated before they were cut off */
  readonly terminated: number
}

export interface PreferenceRun {
  readonly seed: number
  /** the policy before it learned from preferences */
  readonly before: Measured
  /** learned from preferences */
  readonly learned: Measured
  /** learned by the same networks, but fitted to no preferences; null where another control stands for it */
  readonly control: Measured | null
  /** learned on, on the environment's reward; null where the policy began untrained */
  readonly rewarded: Measured | null
  readonly labels: number
  /** share of the new labels that the ensemble had foreseen, over all rounds but the first */
  readonly foreseen: number
  /** environment steps, those of the first rollouts included */
  readonly steps: number
  /** of learning from preferences */
  readonly seconds: number
}

/** The environment with what is measured in place of its rewards, which change nothing of what a policy does. */
const measuring = <S>(game: env.Environment<S>, of: Measure<S>['of']): env.Environment<S> =>
  of === null
    ? game
    : {
        ...game,
        step: (action, key) => (state) => {
          const [outcome, next] = game.step(action, key)(state)
          return [{ ...outcome, reward: of(next) }, next]
        },
      }

const measured = <S>(
  { env: game, measure, longest }: Task<S>,
  policy: ppo.Policy,
  learner: ppo.Learner,
  seed: number,
  episodes: number,
): Measured => {
  let ended = 0
  const counted = measuring(game, measure.of)
  const played = ppo.evaluate(
    {
      ...counted,
      step: (action, key) => (state) => {
        const [outcome, next] = counted.step(action, key)(state)
        if (outcome.terminated) ended++
        return [outcome, next]
      },
    },
    policy,
    learner,
    { key: evaluationKey(seed), episodes, act: 'mode', longest },
  )
  const each = played.map((episode) =>
    measure.as === 'sum' ? episode.return : episode.return / episode.length,
  )
  return { mean: each.reduce((a, b) => a + b, 0) / episodes, terminated: ended / episodes }
}

/** Environment steps of all arms of a seed, but for the first rollouts of each. */
export const stepsOf = ({
  ppo,
  before,
  hasControl,
}: Pick<Task<never>, 'ppo' | 'before' | 'hasControl'>): number =>
  (before?.totalSteps ?? 0) +
  ppo.totalSteps * (1 + (hasControl ? 1 : 0) + (before === null ? 0 : 1))

/** All arms of one seed. */
export const runSeed = <S>(
  task: Task<S>,
  seed: number,
  episodes: number,
  tell: (told: Told) => void,
): PreferenceRun => {
  const [ppoKey, preferencesKey] = random.split(random.key(seed), 2)
  const parts = ppo.parts(task.ppo, task.env)
  const measure = (learner: ppo.Learner): Measured =>
    measured(task, parts.policy, learner, seed, episodes)

  let past = 0
  const say = (steps: number, ended: readonly env.Episode[]): void =>
    tell({ steps: past + steps, last: ended.at(-1)?.return ?? NaN })

  /** To the end of a run on the environment's reward. */
  const rewarded = (config: ppo.PpoConfig, from: ppo.TrainState<S>): ppo.TrainState<S> => {
    let state = from
    for (const [{ steps, episodes: ended }, next] of ppo.train(
      config,
      ppo.parts(config, task.env),
    )(from)) {
      state = next
      say(steps, ended)
    }
    past += config.totalSteps
    return state
  }

  const first = ppo.init(parts)(ppoKey)
  const trained =
    task.before === null
      ? first.learner
      : rewarded(task.before, ppo.init(ppo.parts(task.before, task.env))(ppoKey)).learner
  const start = ppo.withParams(parts)(first, trained.params)

  const learned = (config: preferences.PreferencesConfig) => {
    const labeller = preferences.synthetic({ score: task.score.of, wrong: task.wrong })
    const { init, train } = preferences.train(config, parts, labeller)
    let state = init(start, preferencesKey)
    const foreseen: number[] = []
    let steps = 0
    const before = config.rollouts * task.ppo.envs * task.ppo.steps
    for (const [metrics, next] of train(state)) {
      state = next
      if (metrics.round !== null && next.rounds > 1) foreseen.push(metrics.round.foreseen)
      steps = before + metrics.steps
      say(metrics.steps, metrics.episodes)
    }
    past += task.ppo.totalSteps
    return { state, steps, foreseen }
  }

  const started = performance.now()
  const { state, steps, foreseen } = learned(task.preferences)
  const seconds = (performance.now() - started) / 1000
  const control = task.hasControl ? learned({ ...task.preferences, labels: 0 }).state : null
  return {
    seed,
    before: measure(start.learner),
    learned: measure(state.run.learner),
    control: control === null ? null : measure(control.run.learner),
    rewarded: task.before === null ? null : measure(rewarded(task.ppo, start).learner),
    labels: state.preferences.length,
    foreseen: foreseen.reduce((a, b) => a + b, 0) / foreseen.length,
    steps,
    seconds,
  }
}
