/** What is learned, and who takes part in it. */
import { a2c, env, ppo, trpo, vpg } from '../../src/index.ts'
import { a2cOf, ppoOf, trpoOf, vpgOf, type Algorithm, type Learner } from './learner.ts'

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

const onWorld =
  <S>(world: env.Environment<S>) =>
  ({ totalSteps }: { readonly totalSteps: number }, algorithm: Algorithm): Contestant => ({
    totalSteps,
    learner: (steps) => algorithm(world, steps),
  })

/** PPO's objectives of one config, all else being the same. */
const objectives = (clipped: ppo.PpoConfig, adaptive: ppo.PpoConfig, beta: number) =>
  [
    ['ppo-clip', clipped],
    ['ppo-kl-fixed', { ...adaptive, klPenalty: { ...adaptive.klPenalty, kind: 'fixed', beta } }],
    ['ppo-kl-adaptive', adaptive],
    ['ppo-ratio', { ...clipped, surrogate: 'ratio' }],
    ['ppo-clip-alone', { ...clipped, surrogate: 'clipAlone' }],
  ] as const satisfies ReadonlyArray<readonly [string, ppo.PpoConfig]>

const contestants = <S>(
  world: env.Environment<S>,
  of: {
    readonly vpg: vpg.VpgConfig
    readonly a2c: a2c.A2cConfig
    readonly trpo: trpo.TrpoConfig
    readonly ppo: ReadonlyArray<readonly [string, ppo.PpoConfig]>
  },
): Task['contestants'] => {
  const on = onWorld(world)
  return new Map([
    ['vpg', on(of.vpg, vpgOf(of.vpg))],
    ['a2c', on(of.a2c, a2cOf(of.a2c))],
    ['trpo', on(of.trpo, trpoOf(of.trpo))],
    ...of.ppo.map(([name, config]) => [name, on(config, ppoOf(config))] as const),
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
    ppo: objectives(ppo.presets.cartpole, ppo.presets.cartpoleKl, 1),
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
    ppo: objectives(
      ppo.presets.pendulum,
      {
        ...ppo.presets.pendulum,
        surrogate: 'ratio',
        klPenalty: { kind: 'adaptive', beta: 1, target: 0.01 },
      },
      1,
    ),
  }),
}

export const tasks = { cartpole, pendulum } as const

export type TaskName = keyof typeof tasks

export const isTaskName = (name: string): name is TaskName => Object.hasOwn(tasks, name)
