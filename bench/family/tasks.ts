/** What is learned, and who takes part in it. */
import { a2c, env, ppo, trpo, vpg } from '../../src/index.ts'
import {
  a2cLearner,
  ppoLearner,
  trpoLearner,
  vpgLearner,
  type Algorithm,
  type Learner,
} from '../learning/learners.ts'

export interface Contestant {
  readonly totalSteps: number
  /** @param totalSteps in place of its own */
  readonly learner: (totalSteps: number) => Learner
}

export interface Task {
  readonly title: string
  /** the mean return from which on a seed counts as solved, and who says so */
  readonly solved: number
  readonly because: string
  readonly contestants: ReadonlyMap<string, Contestant>
}

const onEnv =
  <S>(environment: env.Environment<S>) =>
  <C extends { readonly totalSteps: number }>(config: C, learner: Algorithm<C>): Contestant => ({
    totalSteps: config.totalSteps,
    learner: (totalSteps) => learner({ ...config, totalSteps }, environment),
  })

/** PPO by each of its objectives, all else of the config being the same. */
const objectives = (config: ppo.PpoConfig): ReadonlyArray<readonly [string, ppo.PpoConfig]> => {
  const by = (
    surrogate: ppo.PpoConfig['surrogate'],
    kind: ppo.PpoConfig['klPenalty']['kind'],
  ): ppo.PpoConfig => ({ ...config, surrogate, klPenalty: { ...config.klPenalty, kind } })
  return [
    ['ppo-clip', by('clip', 'none')],
    ['ppo-kl-adaptive', by('ratio', 'adaptive')],
    ['ppo-kl-fixed', by('ratio', 'fixed')],
    ['ppo-ratio', by('ratio', 'none')],
    ['ppo-clip-alone', by('clipAlone', 'none')],
  ]
}

interface Configs {
  readonly vpg: vpg.VpgConfig
  readonly a2c: a2c.A2cConfig
  readonly trpo: trpo.TrpoConfig
  readonly ppo: ppo.PpoConfig
}

const contestants = <S>(environment: env.Environment<S>, of: Configs): Task['contestants'] => {
  const on = onEnv(environment)
  return new Map([
    ['vpg', on(of.vpg, vpgLearner)],
    ['a2c', on(of.a2c, a2cLearner)],
    ['trpo', on(of.trpo, trpoLearner)],
    ...objectives(of.ppo).map(([name, config]) => [name, on(config, ppoLearner)] as const),
  ])
}

const cartpole: Task = {
  title: 'CartPole-v1',
  solved: 475,
  because: "Gymnasium's threshold",
  contestants: contestants(env.cartPole, {
    vpg: vpg.presets.cartpole,
    a2c: a2c.presets.cartpole,
    trpo: trpo.presets.cartpole,
    ppo: ppo.presets.cartpoleKl,
  }),
}

const pendulum: Task = {
  title: 'Pendulum-v1',
  solved: -200,
  because: 'Gymnasium sets none',
  contestants: contestants(env.pendulum, {
    vpg: vpg.presets.pendulum,
    a2c: a2c.presets.pendulum,
    trpo: trpo.presets.pendulum,
    // The horizon and the length that the others have.
    ppo: { ...ppo.presets.pendulum, gamma: 0.9, totalSteps: 100_000 },
  }),
}

export const tasks = { cartpole, pendulum } as const

export type TaskName = keyof typeof tasks

export const isTaskName = (name: string): name is TaskName => Object.hasOwn(tasks, name)
