import { box, discrete, type Box, type Discrete, type Environment } from '../../src/env/index.ts'
import { uniform } from '../../src/random/index.ts'
import { item } from '../../src/tensor/index.ts'

/** One step long: action 1 pays 1, action 0 nothing. V = p(1). */
export const bandit: Environment<null, Discrete<2>> = {
  name: 'bandit',
  observationSpace: box(1, [1], [1]),
  actionSpace: discrete(2),
  init: () => null,
  step: (action) => () => [{ reward: action, terminated: true, truncated: false }, null],
  observe: () => [1],
}

/**
 * Two states in a row whatever is done: from the first to the second for nothing, from the second
 * to the end for 1. V(second) = 1 and V(first) = γ.
 */
export const corridor: Environment<0 | 1, Discrete<2>> = {
  name: 'corridor',
  observationSpace: box(2, [0, 0], [1, 1]),
  actionSpace: discrete(2),
  init: () => 0,
  step: () => (state) =>
    state === 0
      ? [{ reward: 0, terminated: false, truncated: false }, 1]
      : [{ reward: 1, terminated: true, truncated: false }, 1],
  observe: (state) => (state === 0 ? [1, 0] : [0, 1]),
}

/** 1 a step for ever: V = 1 / (1 − γ), as long as being cut off is no end. */
export const pension: Environment<null, Discrete<2>> = {
  name: 'pension',
  observationSpace: box(1, [1], [1]),
  actionSpace: discrete(2),
  init: () => null,
  step: () => () => [{ reward: 1, terminated: false, truncated: false }, null],
  observe: () => [1],
}

/**
 * 1 now by action 0, or `later` one step after action 1: what is better depends on γ, and the first
 * V is the larger of 1 and γ · later.
 */
export const patience = (later: number): Environment<0 | 1, Discrete<2>> => ({
  name: 'patience',
  observationSpace: box(1, [0], [1]),
  actionSpace: discrete(2),
  init: () => 0,
  step: (action) => (state) =>
    state === 0 && action === 1
      ? [{ reward: 0, terminated: false, truncated: false }, 1]
      : [{ reward: state === 0 ? 1 : later, terminated: true, truncated: false }, state],
  observe: (state) => [state],
})

export interface Dice {
  readonly place: number
  readonly age: number
}

/**
 * A walk whose starts, steps and ends are drawn from the keys: 1 in 4 steps ends it, 1 in 4 cuts
 * it off. Rewards and observations tell states apart.
 */
export const dice: Environment<Dice, Discrete<3>> = {
  name: 'dice',
  observationSpace: box(2, [-100, 0], [100, 100]),
  actionSpace: discrete(3),
  init: (key) => ({ place: item(uniform(key, ['draw'], [1], 'f64')), age: 0 }),
  step: (action, key) => {
    const u = item(uniform(key, ['draw'], [1], 'f64'))
    return ({ place, age }) => [
      { reward: place + action, terminated: u < 0.25, truncated: u > 0.75 },
      { place: place / 2 + u * (action - 1), age: age + 1 },
    ]
  },
  observe: ({ place, age }) => [place, age],
}

/** The same walk by two numbers, the first pushed by what is done, each within its own bounds. */
export const darts: Environment<Dice, Box<2>> = {
  name: 'darts',
  observationSpace: dice.observationSpace,
  actionSpace: box(2, [-1, -0.25], [1, 0.5]),
  init: dice.init,
  observe: dice.observe,
  step: ([x = 0, y = 0], key) => {
    const u = item(uniform(key, ['draw'], [1], 'f64'))
    return ({ place, age }) => [
      { reward: place * x - y, terminated: u < 0.25, truncated: u > 0.75 },
      { place: place / 2 + u * x, age: age + 1 },
    ]
  },
}
