import { f64 } from '../../src/math/real.ts'
import { uniform } from '../../src/random/uniform.ts'
import { split } from '../../src/random/key.ts'
import type { Environment } from '../../src/env/environment.ts'
import { box, discrete, type Discrete } from '../../src/env/space.ts'
import { timeLimit, type Timed } from '../../src/env/wrapper/timeLimit.ts'
import { toArray } from '../../src/tensor/tensor.ts'
import type { Key } from '../../src/random/key.ts'

export interface AutoscalerState {
  /** of five minutes each, since midnight */
  readonly time: number
  /** requests a second that the day is busy by, 1 on average */
  readonly busy: number
  readonly load: number
  readonly servers: number
  readonly waiting: number
}

const [DAY, PER_SERVER, MOST] = [288, 100, 60]
/** How many servers each action adds. */
export const CHANGES = [-5, -1, 0, 1, 5] as const

const draw = (key: Key): number => toArray(uniform(key, ['draw'], [1], 'f64'))[0]!

const loadAt = (time: number, busy: number, noise: number): number =>
  busy * (2000 - 1500 * f64.cos((2 * Math.PI * time) / DAY)) * (0.9 + 0.2 * noise)

const untimed: Environment<AutoscalerState, Discrete<5>> = {
  name: 'autoscaler',
  observationSpace: box(4, 0, Infinity),
  actionSpace: discrete(5),

  init: (key) => {
    const [busyKey, timeKey, noiseKey] = split(key, 3)
    const busy = 0.7 + 0.6 * draw(busyKey)
    const time = Math.floor(DAY * draw(timeKey))
    return { time, busy, load: loadAt(time, busy, draw(noiseKey)), servers: 20, waiting: 0 }
  },

  step:
    (action, key) =>
    ({ time, busy, load, servers: before, waiting }) => {
      const servers = Math.min(MOST, Math.max(1, before + CHANGES[action]))
      const left = Math.min(10_000, Math.max(0, waiting + load - PER_SERVER * servers))
      const next = (time + 1) % DAY
      const state = {
        time: next,
        busy,
        load: loadAt(next, busy, draw(key)),
        servers,
        waiting: left,
      }
      return [{ reward: -50 * servers - 5 * left, terminated: false, truncated: false }, state]
    },

  observe: ({ time, load, servers, waiting }) => [time, load, servers, waiting],
}

/**
 * A service that is scaled every five minutes of a day. A server costs 50 a step, and a request that
 * waits costs 5, so that rewards are in the thousands.
 */
export const autoscaler: Environment<Timed<AutoscalerState>, Discrete<5>> = timeLimit(DAY)(untimed)
