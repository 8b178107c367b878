/** What is learned from preferences, and what it has to reach: a row of the table each. */
import type { PpoConfig } from '../../src/algo/ppo/config.ts'
import { flappyBirdRecord } from '../../src/builtin/flappyBird.ts'
import { pendulumRecord } from '../../src/builtin/pendulum.ts'
import { flappyBird } from '../../src/env/flappyBird.ts'
import type { FlappyBirdState } from '../../src/env/flappyBirdGame.ts'
import { pendulum, type PendulumState } from '../../src/env/pendulum.ts'
import type { Timed } from '../../src/env/wrapper/timeLimit.ts'
import { env, preferences, tensor } from '../../src/index.ts'

type Clip = preferences.RewardedClip

/** What a policy does, measured on each step of an episode. */
export interface Measure<S> {
  /** a number of the state after a step; null: the reward */
  readonly of: ((state: S) => number) | null
  /** over an episode */
  readonly as: 'sum' | 'mean'
  readonly unit: string
}

/** What all five seeds have to reach. */
export type Target =
  | { readonly kind: 'least'; readonly mean: number; readonly worst: number | null }
  /** at least so much on so many seeds */
  | { readonly kind: 'seeds'; readonly least: number; readonly seeds: number }
  /** so much more than before, as a mean */
  | { readonly kind: 'gain'; readonly least: number }

export interface Task<S> {
  readonly name: string
  readonly title: string
  readonly env: env.Environment<S>
  /** of PPO on the predicted reward */
  readonly ppo: PpoConfig
  readonly preferences: preferences.PreferencesConfig
  /** PPO on the environment's reward before that; null: the policy starts untrained */
  readonly before: PpoConfig | null
  readonly wrong: number
  /**
   * whether the same loop without labels is run; that of another row may stand for it, or training on by
   * the environment's reward
   */
  readonly hasControl: boolean
  /** how good a clip is, in a word for the hash of the row */
  readonly score: { readonly name: string; readonly of: (clip: Clip) => number }
  readonly measure: Measure<S>
  /** steps after which an evaluated episode is cut off */
  readonly longest: number
  readonly target: Target
}

/** A number of every step of a clip that has not ended, summed. */
const sumOver = (
  { observation }: Clip,
  of: (feature: readonly number[], at: number) => number,
): number => {
  const x = tensor.toArray(observation)
  const [steps, features] = observation.shape
  let sum = 0
  for (let step = 0; step < steps; step++) sum += of(x, step * features)
  return sum
}

const config = preferences.preferencesConfig

/** PPO for as many steps as are left of the task's after the rollouts in which the policy does not learn. */
const lasting = (ppo: PpoConfig, steps: number, { rollouts }: typeof config): PpoConfig => ({
  ...ppo,
  totalSteps: steps - rollouts * ppo.envs * ppo.steps,
})

const swing = { ...config, labels: 700 }

const pendulumByReturn: Task<Timed<PendulumState>> = {
  name: 'pendulum',
  title: 'Pendulum, labels by true return',
  env: pendulum,
  ppo: lasting(pendulumRecord.preset, 300_000, swing),
  preferences: swing,
  before: null,
  wrong: 0,
  hasControl: true,
  score: { name: 'trueReturn', of: preferences.trueReturn },
  measure: { of: null, as: 'sum', unit: 'return' },
  longest: 1_000,
  target: { kind: 'least', mean: -200, worst: -230 },
}

const spin = { ...config, labels: 100 }

const lower = { ...config, labels: 80 }

export const pendulumTasks: ReadonlyArray<Task<Timed<PendulumState>>> = [
  pendulumByReturn,
  {
    ...pendulumByReturn,
    name: 'pendulum-wrong',
    title: 'Pendulum, 10 % wrong labels',
    wrong: 0.1,
    hasControl: false,
    target: { kind: 'least', mean: -250, worst: null },
  },
  {
    ...pendulumByReturn,
    name: 'pendulum-spins',
    title: 'Pendulum, "spins faster"',
    ppo: lasting(pendulumRecord.preset, 100_000, spin),
    preferences: spin,
    score: {
      name: 'sum of |θ̇|',
      of: (clip) => sumOver(clip, (x, at) => Math.abs(x[at + 2]!)),
    },
    measure: { of: ({ state }) => Math.abs(state.thetaDot), as: 'mean', unit: 'mean |θ̇|, rad/s' },
    target: { kind: 'seeds', least: 5, seeds: 4 },
  },
]

/** Few environments, so that short runs have many updates. */
const flying: PpoConfig = { ...flappyBirdRecord.preset, envs: 16, minibatches: 16 }

/** The height of the bird from the top; "episode over" counts as the top. */
export const flappyBirdLower: Task<Timed<FlappyBirdState>> = {
  name: 'flappy-bird-lower',
  title: 'Flappy Bird, "flies lower"',
  env: flappyBird,
  ppo: lasting({ ...flying, steps: 128 }, 250_000, lower),
  preferences: lower,
  before: { ...flying, totalSteps: 600_000 },
  wrong: 0,
  hasControl: false,
  score: {
    name: 'sum of heights from the top',
    of: (clip) => sumOver(clip, (x, at) => x[at]! + 1),
  },
  measure: { of: ({ state }) => state.y, as: 'mean', unit: 'mean pixels from the top' },
  longest: 1_000,
  target: { kind: 'gain', least: 15 },
}
