import { estimateTargets, type TargetConfig } from '../../src/algo/estimateTargets.ts'
import type { Samples } from '../../src/algo/ppo/index.ts'
import {
  box,
  choices,
  discrete,
  multiBinary,
  multiDiscrete,
  product,
  type Environment,
  type Space,
} from '../../src/env/index.ts'
import { js, type Machine } from '../../src/kernel/index.ts'
import { key, split, uniform } from '../../src/random/index.ts'
import { item } from '../../src/tensor/index.ts'
import { agentFor, type AgentConfig } from './acting.ts'

/** One of every kind, and one of all kinds. */
export const spaces = {
  discrete: discrete(3),
  multiDiscrete: multiDiscrete([3, 4]),
  multiBinary: multiBinary(3),
  box: box(2, [-1, -2], [1, 3]),
  product: product({
    stick: box(2, [-1, 0], [1, 0.5]),
    button: discrete(3),
    deep: product({ bits: multiBinary(2), knob: box(1, [0], [4]) }),
  }),
} satisfies { readonly [name: string]: Space }

export type SpaceName = keyof typeof spaces
export const spaceNames = Object.keys(spaces) as readonly SpaceName[]

/** All numbers of an element, in the order of its space. */
export const numbersIn = (element: unknown): number[] =>
  typeof element === 'number'
    ? [element]
    : Object.values(element as Readonly<Record<string, unknown>>).flatMap(numbersIn)

export interface Walk {
  readonly place: number
  readonly age: number
}

/** One choice in three is closed, another one each step: never all of a group. */
export const closing =
  (space: Space) =>
  ({ age }: Walk): readonly boolean[] =>
    Array.from({ length: choices(space) }, (_, c) => (age + c) % 3 !== 0)

/**
 * A walk with any actions, whose starts, steps and ends are drawn from the keys: 1 in 8 steps ends
 * it, 1 in 8 cuts it off. It pays the actions' numbers, as far as they lie in ±3, and its place.
 *
 * @param told hears of every action and the state in which it was taken, in order
 */
export const walk = (
  space: Space,
  actionMask?: (state: Walk) => readonly boolean[],
  told: (action: unknown, state: Walk) => void = () => {},
): Environment<Walk> => ({
  name: 'walk',
  observationSpace: box(2, [-Infinity, 0], [Infinity, Infinity]),
  actionSpace: space,
  init: (key) => ({ place: item(uniform(key, ['draw'], [1], 'f64')), age: 0 }),
  step: (action, key) => {
    const u = item(uniform(key, ['draw'], [1], 'f64'))
    const pay = numbersIn(action).reduce((sum, x) => sum + Math.max(-3, Math.min(x, 3)), 0)
    return (state) => {
      told(action, state)
      return [
        { reward: state.place + pay / 4, terminated: u < 0.125, truncated: u > 0.875 },
        { place: state.place / 2 + u * (pay - 1) * 0.3, age: state.age + 1 },
      ]
    }
  },
  observe: ({ place, age }) => [place, Math.min(age, 8) / 4],
  ...(actionMask === undefined ? {} : { actionMask }),
})

/** What a config must say for a policy to act and value what it did. */
export type ActingConfig = AgentConfig & TargetConfig

/** A policy that has just acted from a seed, its environment, and what it lived through as samples. */
export const acted = <S>(
  env: Environment<S>,
  config: ActingConfig,
  seed: number,
  machine: Machine = js.f64,
) => {
  const [paramsKey, worldKey, actKey] = split(key(seed), 3)
  const agent = agentFor(config, env, machine)
  const params = agent.policy.init(paramsKey)
  const [rollout, world] = agent.rollout(params, actKey)(agent.env.init(worldKey))
  const samples: Samples = estimateTargets(config)(rollout.trajectory)
  return { ...agent, params, rolled: rollout, world, samples }
}
