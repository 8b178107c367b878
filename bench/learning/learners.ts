/** The algorithms of the family behind one face: who learns, and what each update tells. */
import { algorithms, type AlgorithmName, type SettingsOf } from '../../src/algo/algorithm.ts'
import { ppo, type env, type random } from '../../src/index.ts'

type Env<S> = env.Environment<S>

interface Told {
  readonly steps: number
  readonly episodes: ReadonlyArray<{ readonly return: number }>
  /** mean KL[π_old, π] of TRPO's step */
  readonly kl?: number
}

export interface State {
  /** number of updates done */
  readonly update: number
  readonly learner: Pick<ppo.Learner, 'params' | 'normaliser'>
}

/** A contestant, in its environment. */
export interface Learner {
  /** the largest KL of a step that it promises; null where it promises none */
  readonly maxKl: number | null
  readonly updates: (seed: random.Key) => Iterable<readonly [Told, State]>
  /** plays by the deterministic policy; returns the episodes */
  readonly evaluation: (
    state: State,
    key: random.Key,
    episodes: number,
  ) => ReturnType<typeof ppo.evaluation>
  /** the mean return of separate episodes after each update where one is due, else null */
  readonly judge: (plan: ppo.EvaluationPlan, seed: random.Key) => (state: State) => number | null
  /** the most probable action of an observation */
  readonly actor: (state: State) => (observation: readonly number[]) => unknown
}

/** What makes a learner of a config, for an environment. */
export type Algorithm<C> = <S>(config: C, env: Env<S>) => Learner

/** The learner of an algorithm, whose settings are its own. */
export const learnerOf = <N extends AlgorithmName, S>(
  name: N,
  settings: SettingsOf[N],
  env: Env<S>,
): Learner => {
  const algorithm = algorithms[name]
  const parts = algorithm.parts(settings, env)
  return {
    maxKl: 'maxKl' in settings ? settings.maxKl : null,
    updates: (seed) => algorithm.train(settings, parts, algorithm.init(parts, seed)),
    evaluation: ({ learner }, key, episodes) =>
      ppo.evaluation(env, parts.policy, learner, { key, episodes, act: 'mode' }),
    judge: (plan, seed) => {
      const evaluated = ppo.evaluateEvery(plan, parts, seed)
      return (state) => evaluated(state)?.evalReturn ?? null
    },
    actor: ({ learner }) => {
      const act = ppo.actor(parts, learner)
      return (observation) => act(observation)
    },
  }
}

const of =
  <N extends AlgorithmName>(name: N): Algorithm<SettingsOf[N]> =>
  (config, env) =>
    learnerOf(name, config, env)

export const ppoLearner = of('ppo')
export const vpgLearner = of('vpg')
export const a2cLearner = of('a2c')
export const trpoLearner = of('trpo')
