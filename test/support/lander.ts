import { uniform } from '../../src/random/uniform.ts'
import type { Environment } from '../../src/env/environment.ts'
import { box, type Box } from '../../src/env/space.ts'
import { timeLimit, type Timed } from '../../src/env/wrapper/timeLimit.ts'
import { toArray } from '../../src/tensor/tensor.ts'

/** Metres and metres a second; the pad is at x = 0, y = 0. */
export interface LanderState {
  readonly x: number
  readonly y: number
  readonly vx: number
  readonly vy: number
}

const [GRAVITY, MAIN, SIDE, TAU] = [1.6, 4, 2, 0.1]
const [WALL, CEILING] = [20, 40]

/** Less is better: the distance from the pad and the speed. */
const potential = ({ x, y, vx, vy }: LanderState): number =>
  -2 * Math.sqrt(x * x + y * y) - 4 * Math.sqrt(vx * vx + vy * vy)

const isSoft = ({ x, vx, vy }: LanderState): boolean =>
  Math.abs(x) < 3 && Math.abs(vx) < 1 && Math.abs(vy) < 1.5

const untimed: Environment<LanderState, Box<2>> = {
  name: 'lander',
  observationSpace: box(4, -Infinity, Infinity),
  actionSpace: box(2, -1, 1),

  init: (key) => {
    const [x, y, vx, vy] = toArray(uniform(key, ['state'], [4], 'f64')) as [
      number,
      number,
      number,
      number,
    ]
    return { x: 20 * x - 10, y: 20 + 5 * y, vx: 4 * vx - 2, vy: 2 * vy - 2 }
  },

  step:
    ([main, side]) =>
    (state) => {
      const up = main! > 0 ? 0.5 + 0.5 * main! : 0
      const vx = state.vx + TAU * SIDE * side!
      const vy = state.vy + TAU * (MAIN * up - GRAVITY)
      const next = { x: state.x + TAU * vx, y: Math.max(0, state.y + TAU * vy), vx, vy }
      const isAway = Math.abs(next.x) > WALL || next.y > CEILING
      const terminated = next.y === 0 || isAway
      const end = terminated ? (!isAway && isSoft(next) ? 100 : -100) : 0
      const fuel = 0.1 * up + 0.03 * Math.abs(side!)
      const reward = potential(next) - potential(state) - fuel + end
      return [{ reward, terminated, truncated: false }, next]
    },

  observe: ({ x, y, vx, vy }) => [x, y, vx, vy],
}

/**
 * A point mass under gravity with a main engine, which only pushes up, and a side engine. Pays the
 * change of the potential, less the fuel; 100 for a soft landing on the pad, and −100 for a crash or for
 * flying away.
 */
export const lander: Environment<Timed<LanderState>, Box<2>> = timeLimit(300)(untimed)
