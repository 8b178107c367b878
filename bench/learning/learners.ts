/** The algorithms of the family behind one face: who learns, and what each update tells. */
import { a2c, ppo, trpo, vpg, type env, type random } from '../../src/index.ts'

type World<S> = env.Environment<S>

interface Told {
  readonly steps: number
  readonly episodes: ReadonlyArray<{ readonly return: number }>
  /** mean KL[π_old, π] of TRPO's step */
  readonly kl?: number
}

interface State {
  readonly learner: Pick<ppo.Learner, 'params' | 'normaliser'>
}

/** A contestant, in its world. */
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
}

/** What makes a learner of a config, for a world. */
export type Algorithm<C> = <S>(config: C, world: World<S>) => Learner

const evaluating =
  <S>(world: World<S>, { policy }: Pick<ppo.LearnerParts, 'policy'>): Learner['evaluation'] =>
  ({ learner }, key, episodes) =>
    ppo.evaluation(world, policy, learner, { key, episodes, act: 'mode' })

export const ppoLearner: Algorithm<ppo.PpoConfig> = (config, world) => {
  const parts = ppo.parts(config, world)
  return {
    maxKl: null,
    updates: (seed) => ppo.train(config, parts)(ppo.init(parts)(seed)),
    evaluation: evaluating(world, parts),
  }
}

export const vpgLearner: Algorithm<vpg.VpgConfig> = (config, world) => {
  const parts = vpg.parts(config, world)
  return {
    maxKl: null,
    updates: (seed) => vpg.train(config, parts)(vpg.init(parts)(seed)),
    evaluation: evaluating(world, parts),
  }
}

export const a2cLearner: Algorithm<a2c.A2cConfig> = (config, world) => {
  const parts = a2c.parts(config, world)
  return {
    maxKl: null,
    updates: (seed) => a2c.train(config, parts)(a2c.init(parts)(seed)),
    evaluation: evaluating(world, parts),
  }
}

export const trpoLearner: Algorithm<trpo.TrpoConfig> = (config, world) => {
  const parts = trpo.parts(config, world)
  return {
    maxKl: config.maxKl,
    updates: (seed) => trpo.train(config, parts)(trpo.init(parts)(seed)),
    evaluation: evaluating(world, parts),
  }
}
