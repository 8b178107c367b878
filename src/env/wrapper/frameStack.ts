import { expectCount } from '../../tensor/argument.ts'
import type { Environment } from '../environment.ts'
import { box, type Space } from '../space.ts'

/** The k − 1 states before the present one, oldest first. */
export interface Stacked<S> {
  readonly past: readonly S[]
  readonly state: S
}

const NOTHING: readonly number[] = []

const repeat = (k: number, bounds: readonly number[]): readonly number[] =>
  Array.from({ length: k }, () => bounds).flat()

/**
 * Shows the last k observations one after another, oldest first, so that what one frame cannot show
 * (speed, in pixels) can be seen; before step k − 1 the first takes the place of those that never
 * were. It is states that are kept, which are leaner than what is seen of them: a step observes
 * nothing.
 *
 * @throws RangeError unless k is a whole number >= 1
 */
export const frameStack = (k: number) => {
  expectCount('k', k)
  return <S, A extends Space>({
    actionMask,
    ...env
  }: Environment<S, A>): Environment<Stacked<S>, A> => {
    const { size, low, high } = env.observationSpace
    return {
      ...env,
      observationSpace: box(k * size, repeat(k, low), repeat(k, high)),
      init: (key) => {
        const state = env.init(key)
        return { past: Array.from({ length: k - 1 }, () => state), state }
      },
      step: (action, key) => {
        const step = env.step(action, key)
        return ({ past, state }) => {
          const [outcome, next] = step(state)
          return [outcome, { past: [...past, state].slice(1), state: next }]
        }
      },
      observe: ({ past, state }) =>
        NOTHING.concat(...past.map((before) => env.observe(before)), env.observe(state)),
      ...(actionMask === undefined ? {} : { actionMask: ({ state }) => actionMask(state) }),
    }
  }
}
