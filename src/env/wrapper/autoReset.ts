import { split, type Key } from '../../random/key.ts'
import { expectOneOf } from '../../tensor/argument.ts'
import type { Environment } from '../environment.ts'
import { choices, type Space } from '../space.ts'

const MODES = ['sameStep', 'nextStep'] as const

export type AutoResetMode = (typeof MODES)[number]

export interface AutoReset<S> {
  /** Where the starts to come are drawn from. */
  readonly key: Key
  readonly state: S
  /** The step that led here ended an episode. */
  readonly over: boolean
  /** The last state of that episode; null where none ended. */
  readonly final: S | null
}

const begin = <S>(env: Environment<S>, key: Key): AutoReset<S> => {
  const [initKey, next] = split(key, 2)
  return { key: next, state: env.init(initKey), over: false, final: null }
}

/**
 * A world without end, for who drives one by hand: after an episode comes the next, by itself.
 *
 * - `sameStep`: the step that ends an episode brings its outcome, and already the first state of the
 *   next one; the last state of the ended one is `final`.
 * - `nextStep`: the state stays the last one. The step after that takes no notice of its action
 *   (all choices are open) and brings the first state, reward 0 and no end.
 *
 * The two of Gymnasium's AutoresetMode (1.1) that start anew by themselves. In `nextStep` one
 * sample an episode is no step of the world: leave it out of what is learnt from.
 *
 * @throws RangeError when the mode is unknown
 */
export const autoReset = (mode: AutoResetMode) => {
  expectOneOf('mode', mode, MODES)
  return <S, A extends Space>({
    actionMask,
    ...env
  }: Environment<S, A>): Environment<AutoReset<S>, A> => ({
    ...env,
    init: (key) => begin(env, key),
    step:
      (action, key) =>
      ({ key: starts, state, over }) => {
        if (mode === 'nextStep' && over)
          return [{ reward: 0, terminated: false, truncated: false }, begin(env, starts)]
        const [outcome, next] = env.step(action, key)(state)
        if (!outcome.terminated && !outcome.truncated)
          return [outcome, { key: starts, state: next, over: false, final: null }]
        const after = mode === 'sameStep' ? begin(env, starts) : { key: starts, state: next }
        return [outcome, { ...after, over: true, final: next }]
      },
    observe: ({ state }) => env.observe(state),
    ...(actionMask === undefined
      ? {}
      : {
          actionMask: ({ state, over }) =>
            mode === 'nextStep' && over
              ? Array.from({ length: choices(env.actionSpace) }, () => true)
              : actionMask(state),
        }),
  })
}
