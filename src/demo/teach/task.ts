import type { PpoConfig } from '../../algo/ppo/config.ts'
import { acrobotRecord } from '../../builtin/acrobot.ts'
import { cartPoleRecord } from '../../builtin/cartPole.ts'
import { pendulumRecord } from '../../builtin/pendulum.ts'
import type { Environment } from '../../env/environment.ts'
import { drawAcrobot } from '../../picture/draw/acrobot.ts'
import { drawCartPole } from '../../picture/draw/cartPole.ts'
import { drawPendulum } from '../../picture/draw/pendulum.ts'
import type { Picture } from '../../picture/picture.ts'
import { preferencesConfig, type PreferencesConfig } from '../../preferences/config.ts'
import { angleOf } from './angle.ts'

/** Something that a visitor can teach. */
export interface TeachTask {
  readonly env: Environment<unknown>
  readonly ppo: PpoConfig
  readonly preferences: PreferencesConfig
  /** the picture that belongs to an observation */
  readonly draw: (observation: ArrayLike<number>) => Picture
  readonly framesPerSecond: number
  /** what is shown of the policy's steps, as a mean: of the observation from a place on */
  readonly measure: (observations: ArrayLike<number>, at: number) => number
}

/**
 * Ten questions first, then five every three updates, so that an answer costs a tenth of a second. The
 * networks are small, which a hundred answers bear. Chosen on seeds 1 to 4.
 */
const taught: PreferencesConfig = {
  ...preferencesConfig,
  labels: 100,
  firstShare: 0.1,
  every: 3,
  hidden: [16, 16],
  reference: 128,
  fit: { ...preferencesConfig.fit, steps: 120 },
}

/** Rounds of five questions after the first. */
const ROUNDS = 19

const lasting = (ppo: PpoConfig): PpoConfig => ({
  ...ppo,
  totalSteps: ROUNDS * taught.every * ppo.envs * ppo.steps,
})

const pendulum: TeachTask = {
  env: pendulumRecord.env as Environment<unknown>,
  ppo: lasting(pendulumRecord.preset),
  preferences: taught,
  draw: (x) => drawPendulum({ theta: angleOf(x[0]!, x[1]!), thetaDot: x[2]! }),
  framesPerSecond: 20,
  measure: (x, at) => Math.abs(x[at + 2]!),
}

const acrobot: TeachTask = {
  env: acrobotRecord.env as Environment<unknown>,
  ppo: lasting({ ...acrobotRecord.preset, gamma: 0.95 }),
  preferences: taught,
  draw: (x) =>
    drawAcrobot({
      theta1: angleOf(x[0]!, x[1]!),
      theta2: angleOf(x[2]!, x[3]!),
      theta1Dot: x[4]!,
      theta2Dot: x[5]!,
    }),
  framesPerSecond: 10,
  measure: (x, at) => Math.abs(x[at + 4]!),
}

const cartpole: TeachTask = {
  env: cartPoleRecord.env as Environment<unknown>,
  ppo: lasting({ ...cartPoleRecord.preset, steps: 64 }),
  preferences: taught,
  draw: (x) => drawCartPole({ x: x[0]!, xDot: x[1]!, theta: x[2]!, thetaDot: x[3]! }),
  framesPerSecond: 20,
  measure: (x, at) => Math.abs(x[at]!),
}

export const teachTasks = { pendulum, acrobot, cartpole } as const

export type TeachTaskName = keyof typeof teachTasks

export const isTeachTaskName = (name: string): name is TeachTaskName =>
  Object.hasOwn(teachTasks, name)
