import { seedOf } from '../../src/env/gym/game.ts'
import {
  box,
  discrete,
  timeLimit,
  untimedCartPole,
  type Box,
  type Discrete,
  type AsyncGym,
  type Environment,
  type Gym,
  type Space,
} from '../../src/env/index.ts'
import type { CartPoleState } from '../../src/env/cartPole.ts'
import { key } from '../../src/random/index.ts'

/** The next number of a linear congruential generator, from 0 to 2³² − 1. */
export const lcg = (x: number): number => (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0

const upTo = (x: number): number => x / 0x1_0000_0000

/** What games were asked to do, in order. */
export interface Log {
  readonly made: number[]
  readonly resets: number[]
  readonly steps: number[]
}

export const newLog = (): Log => ({ made: [], resets: [], steps: [] })

const startOf = (seed: number): CartPoleState => {
  const draws: number[] = []
  for (let i = 0, x = seed; i < 4; i++) {
    x = lcg(x)
    draws.push(0.1 * upTo(x) - 0.05)
  }
  const [x, xDot, theta, thetaDot] = draws as [number, number, number, number]
  return { x, xDot, theta, thetaDot }
}

/** CartPole as games are written, with one buffer for all that it shows; cut off after `limit`. */
export const cartPoleGame = (log: Log = newLog(), limit = 30): Gym<Discrete<2>> => {
  const { observationSpace, actionSpace } = untimedCartPole
  const number = log.made.length
  log.made.push(number)
  const shown = new Float64Array(4)
  let state = startOf(0)
  let steps = 0
  const show = (): Float64Array => {
    shown.set([state.x, state.xDot, state.theta, state.thetaDot])
    return shown
  }
  return {
    observationSpace,
    actionSpace,
    reset({ seed }) {
      log.resets.push(number)
      state = startOf(seed)
      steps = 0
      return [show(), {}]
    },
    step(action) {
      log.steps.push(number)
      const [{ reward, terminated }, next] = untimedCartPole.step(action, key(0))(state)
      state = next
      steps += 1
      return [show(), reward, terminated, steps === limit, {}]
    },
  }
}

/** The same environment as pure functions, by themselves. */
export const cartPoleTwin = timeLimit(30)({
  ...untimedCartPole,
  init: (k) => startOf(seedOf(k)),
})

/** What a gust does, how many steps it was, and what is drawn next. */
export interface Gust {
  readonly place: number
  readonly age: number
  readonly draw: number
}

const blown = ({ place, age, draw }: Gust, push: number) => {
  const next = { place: place / 2 + push + upTo(draw), age: age + 1, draw: lcg(draw) }
  return {
    next,
    outcome: { reward: push - place, terminated: draw >>> 28 === 0, truncated: draw >>> 28 === 1 },
  }
}

const GUSTS = box(2, [-10, 0], [10, 1000])
const PUSHES = box(1, [-1], [1])

/** Draws in every step, writes into the actions that it is handed, and makes snapshots if told to. */
export const windGame = (log: Log = newLog(), snapshots = false): Gym<Box<1>> => {
  const number = log.made.length
  log.made.push(number)
  let gust: Gust = { place: 0, age: 0, draw: 0 }
  const game: Gym<Box<1>> = {
    observationSpace: GUSTS,
    actionSpace: PUSHES,
    reset({ seed }) {
      log.resets.push(number)
      gust = { place: 0, age: 0, draw: lcg(seed) }
      return { observation: [gust.place, gust.age] }
    },
    step(action) {
      log.steps.push(number)
      const { next, outcome } = blown(gust, action[0]!)
      ;(action as number[])[0] = NaN
      gust = next
      return { ...outcome, observation: Float64Array.of(gust.place, gust.age) }
    },
  }
  return snapshots
    ? {
        ...game,
        snapshot: () => gust,
        restore: (snapshot) => {
          gust = snapshot as Gust
        },
      }
    : game
}

export const windTwin: Environment<Gust, Box<1>> = {
  name: 'wind',
  observationSpace: GUSTS,
  actionSpace: PUSHES,
  init: (k) => ({ place: 0, age: 0, draw: lcg(seedOf(k)) }),
  step: (action) => (state) => {
    const { next, outcome } = blown(state, action[0]!)
    return [outcome, next]
  },
  observe: ({ place, age }) => [place, age],
}

/** Counts to its limit, two numbers at a time. */
export const countGame = (change: Partial<Gym<Discrete<3>>> = {}): Gym<Discrete<3>> => {
  let count = 0
  return {
    observationSpace: box(2, [0, 0], [9, 9]),
    actionSpace: discrete(3),
    reset: () => {
      count = 0
      return [0, 0]
    },
    step: () => {
      count += 1
      return [[count, 0], 1, count === 9, false, {}]
    },
    ...change,
  }
}

/** The same game, far away: all its answers are promises. */
export const far = <A extends Space>(game: Gym<A>): AsyncGym<A> => ({
  observationSpace: game.observationSpace,
  actionSpace: game.actionSpace,
  reset: async (options) => game.reset(options),
  step: async (action) => {
    await Promise.resolve()
    return game.step(action)
  },
  ...(game.actionMask && { actionMask: async () => game.actionMask?.() ?? [] }),
  ...(game.snapshot && { snapshot: async () => game.snapshot?.() }),
  ...(game.restore && { restore: async (from: unknown) => game.restore?.(from) }),
})
