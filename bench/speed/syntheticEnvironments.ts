/** Environments of four numbers whose steps cost next to nothing, one for each space of actions. */
import { env } from '../../src/index.ts'

type State = readonly [number, number, number, number]

/** An episode takes so many steps. */
const LENGTH = 50

const start: State = [1, 0, 0, 0]

/** Turns a point on a circle, and counts its steps. */
const turned = ([x, y, vx, steps]: State, action: unknown): State => {
  const push = typeof action === 'number' ? 0.01 * (action % 2) : 0.005
  return [x - 0.1 * y, y + 0.1 * x, 0.9 * vx + push, steps + 1]
}

const synthetic = <const A extends env.Space>(
  actionSpace: A,
  actionMask?: (state: State) => readonly boolean[],
): env.Environment<State, A> => ({
  name: 'synthetic',
  observationSpace: env.box(4, -Infinity, Infinity),
  actionSpace,
  init: () => start,
  observe: (state) => state,
  step: (action) => (state) => {
    const next = turned(state, action)
    return [{ reward: next[2], terminated: next[3] >= LENGTH, truncated: false }, next]
  },
  ...(actionMask === undefined ? {} : { actionMask }),
})

/** Masks of n choices that close every third one, each time another third. */
const thirds = (n: number): ((state: State) => readonly boolean[]) => {
  const masks = [0, 1, 2].map((phase) => Array.from({ length: n }, (_, i) => i % 3 !== phase))
  return ([, , , steps]) => masks[steps % 3]!
}

const stick = env.box(2, -1, 1)

export const discrete = synthetic(env.discrete(2))
export const masked = synthetic(env.discrete(4), thirds(4))
export const multiDiscrete = synthetic(env.multiDiscrete([3, 2]))
export const bernoulli = synthetic(env.multiBinary(3))
export const hybrid = synthetic(env.product({ stick, button: env.discrete(2) }))
export const continuous = synthetic(stick)
export const wide = synthetic(env.discrete(4096))
export const wideMasked = synthetic(env.discrete(4096), thirds(4096))
export { cartPole } from '../../src/env/cartPole.ts'
