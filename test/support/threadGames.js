/** An environment of games as a program would keep it, in a module that threads import. */
import { env } from '../../.build/tested/dist/index.js'

export const walk = env.fromGym('walk', () => {
  let place = 0
  let steps = 0
  return {
    observationSpace: env.box(1, [-40], [40]),
    actionSpace: env.discrete(2),
    reset({ seed }) {
      place = seed % 7
      steps = 0
      return [place]
    },
    step(action) {
      place += action === 1 ? 1 : -1
      steps += 1
      return [[place], -Math.abs(place) / 10, place === -3, steps === 30, {}]
    },
  }
})
