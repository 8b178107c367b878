import { uniformAt } from '../random/uniform.ts'
import type { Key } from '../random/key.ts'
import type { Environment, Outcome } from './environment.ts'
import { box, discrete, type Discrete } from './space.ts'

/** What a correct learner ends up with at `observation`. */
export interface ProbeAnswer {
  readonly observation: readonly [number]
  /** V under the best policy. */
  readonly value: number
  /** The better action, or null if both are equally good. */
  readonly action: 0 | 1 | null
}

/**
 * An environment whose state is the single number that it shows as its observation, and the values that a
 * learner should find.
 */
export interface Probe {
  readonly env: Environment<number, Discrete<2>>
  /** The correct answers for a discount γ, one per observation. */
  readonly answers: (gamma: number) => readonly ProbeAnswer[]
}

const sign = (key: Key): number => (uniformAt(key, 0) < 0.5 ? -1 : 1)
const ends = (reward: number): Outcome => ({ reward, terminated: true, truncated: false })

const tiny = (
  name: string,
  [low, high]: readonly [number, number],
  init: (key: Key) => number,
  step: (action: 0 | 1, state: number) => [Outcome, number],
): Environment<number, Discrete<2>> => ({
  name: `probe-${name}`,
  observationSpace: box(1, [low], [high]),
  actionSpace: discrete(2),
  init,
  step: (action) => (state) => step(action, state),
  observe: (state) => [state],
})

const answer = (seen: number, value: number, action: 0 | 1 | null): ProbeAnswer => ({
  observation: [seen],
  value,
  action,
})

/**
 * One step for a reward of 1, whatever is done, seeing 0. Where V is not 1, look at its loss and at
 * the optimiser.
 */
export const probeConstant: Probe = {
  env: tiny(
    'constant',
    [0, 0],
    () => 0,
    (_, state) => [ends(1), state],
  ),
  answers: () => [answer(0, 1, null)],
}

/**
 * One step for a reward of what is seen, −1 or 1 as often. Where only this V is wrong, look at the
 * way back through the network, and at whether samples keep their own returns.
 */
export const probeObservation: Probe = {
  env: tiny('observation', [-1, 1], sign, (_, state) => [ends(state), state]),
  answers: () => [answer(-1, -1, null), answer(1, 1, null)],
}

/**
 * Two steps, at which 0 and then 1 is seen, for 1 at the end: V is γ and then 1. Look at
 * discounting, and at what is made of an episode's end.
 */
export const probeDiscount: Probe = {
  env: tiny(
    'discount',
    [0, 1],
    () => 0,
    (_, state) =>
      state === 0 ? [{ reward: 0, terminated: false, truncated: false }, 1] : [ends(1), state],
  ),
  answers: (gamma) => [answer(0, gamma, null), answer(1, 1, null)],
}

/**
 * One step for 1 by action 1 and for −1 by action 0, seeing 0. The first that asks something of the
 * policy: look at advantages and at the policy's loss.
 */
export const probeAction: Probe = {
  env: tiny(
    'action',
    [0, 0],
    () => 0,
    (action, state) => [ends(action === 1 ? 1 : -1), state],
  ),
  answers: () => [answer(0, 1, 1)],
}

/**
 * One step for 1 by action 1 where 1 is seen and by action 0 where −1 is, as often; for −1 by the
 * others. Look at the way back to the policy, and at whether samples keep their own advantages.
 */
export const probeBoth: Probe = {
  env: tiny('both', [-1, 1], sign, (action, state) => [
    ends((action === 1) === (state === 1) ? 1 : -1),
    state,
  ]),
  answers: () => [answer(-1, 1, 0), answer(1, 1, 1)],
}

/**
 * Tiny environments for finding faults in a learner. Each needs one more ability than those before
 * it, so the first one whose V or policy is wrong shows where to look. After Andy Jones, "Debugging
 * RL, Without the Agonizing Pain" (2021).
 */
export const probes: readonly Probe[] = [
  probeConstant,
  probeObservation,
  probeDiscount,
  probeAction,
  probeBoth,
]
