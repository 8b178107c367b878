/** What is learned, and what it is measured against: a row of the table of results each. */
import type { AlgorithmName } from '../../src/algo/algorithm.ts'
import type { ppo as algorithm } from '../../src/index.ts'
import type { EnvironmentName } from '../../src/env/environments.ts'

/** What a seed has to reach with the deterministic policy after training. */
export type Goal =
  | { readonly of: 'return'; readonly least: number }
  /** the share of episodes that are as long as an episode can be */
  | { readonly of: 'alive'; readonly least: number; readonly length: number }
  /** the probability of reaching the goal of a table, computed, within so much of the largest */
  | { readonly of: 'success'; readonly within: number }

export interface Row {
  /** its name on the command line */
  readonly name: string
  readonly title: string
  readonly env: EnvironmentName
  readonly algorithm: AlgorithmName
  /** name of a preset of the algorithm */
  readonly preset: string
  /** number of seeds */
  readonly seeds: number
  readonly goal: Goal
  /** how the best policy of a run is found, by episodes that nothing is reported of; null: it is not */
  readonly selection: algorithm.EvaluationPlan | null
  /** mean return of the last 100 episodes of training that counts as learned */
  readonly threshold: number
  /** what others say that they reached */
  readonly published: string
}

const ppo = (
  env: EnvironmentName,
  title: string,
  seeds: number,
  goal: Goal,
  threshold: number,
  published = '',
): Row => ({
  name: env,
  title,
  env,
  algorithm: 'ppo',
  preset: env,
  seeds,
  goal,
  selection: null,
  threshold,
  published,
})

const returns = (least: number): Goal => ({ of: 'return', least })

const alive: Goal = { of: 'alive', least: 0.97, length: 10_000 }

const selection = { every: 250_000, episodes: 30 }

export const rows: readonly Row[] = [
  ppo('cartpole', 'CartPole-v1', 200, returns(475), 475, '500 (one run)'),
  ppo('acrobot', 'Acrobot-v1', 50, returns(-90), -90, '−86.4 ± 1.3; −73.5 (best run, 1M steps)'),
  ppo('mountain-car', 'MountainCar-v0', 50, returns(-115), -115, '−110.4 (best run)'),
  ppo('mountain-car-continuous', 'MountainCarContinuous-v0', 100, returns(90), 90, '88.3'),
  ppo('pendulum', 'Pendulum-v1', 50, returns(-180), -180, '−172 (best run)'),
  ppo('frozen-lake', 'FrozenLake-v1', 50, { of: 'success', within: 0.01 }, 0.7),
  ppo('cliff-walking', 'CliffWalking-v1', 50, returns(-13), -13),
  { ...ppo('flappy-bird', 'Flappy Bird', 20, alive, 200), selection },
  { ...ppo('flappy-bird-plain', 'Flappy Bird, 8 plain numbers', 20, alive, 200), selection },
  {
    ...ppo('cartpole', 'CartPole-v1, A2C', 20, returns(495), 475),
    name: 'a2c-cartpole',
    algorithm: 'a2c',
  },
  {
    ...ppo('pendulum', 'Pendulum-v1, A2C', 20, returns(-200), -200),
    name: 'a2c-pendulum',
    algorithm: 'a2c',
  },
  {
    ...ppo('cartpole', 'CartPole-v1, VPG', 20, returns(495), 475),
    name: 'vpg-cartpole',
    algorithm: 'vpg',
  },
]
