import { split, type Key } from '../../random/key.ts'
import { expectOneOf } from '../../tensor/argument.ts'
import type { AnyEnvironment, AsyncEnvironment, Environment } from '../environment.ts'
import { choices, type Space } from '../space.ts'
import { andThen, type Later } from '../../engine/task.ts'
import { around, type Wrappable } from './around.ts'

const MODES = ['sameStep', 'nextStep'] as const

/**
 * When an environment that resets itself starts the next episode: in the step that ends the last
 * one, or in the step after it.
 */
export type AutoResetMode = (typeof MODES)[number]

/**
 * The state of an environment that resets itself: the state of its episode, and the key of the next
 * ones.
 */
export interface AutoReset<S> {
  /** The key of future initial states. */
  readonly key: Key
  readonly state: S
  /** Whether the step that led here ended an episode. */
  readonly over: boolean
  /** The last state of that episode; null where none ended. */
  readonly final: S | null
}

/** Wraps an environment; the result is synchronous or asynchronous like the environment. */
type AutoResetting = <E extends Wrappable>(
  env: E,
) => E extends AsyncEnvironment<infer S, infer A>
  ? AsyncEnvironment<AutoReset<S>, A>
  : E extends Environment<infer S, infer A>
    ? Environment<AutoReset<S>, A>
    : never

const begin = <S, A extends Space>(env: AnyEnvironment<S, A>, key: Key): Later<AutoReset<S>> => {
  const [initKey, next] = split(key, 2)
  return andThen(env.init(initKey), (state) => ({ key: next, state, over: false, final: null }))
}

const resetting = <S, A extends Space>(
  mode: AutoResetMode,
  env: AnyEnvironment<S, A>,
): AnyEnvironment<AutoReset<S>, A> => {
  const { actionMask } = env
  const isResetDue = (over: boolean): boolean => mode === 'nextStep' && over
  return {
    ...around<S, A, AutoReset<S>>(env, {
      init: (key) => begin(env, key),
      step:
        (action, key) =>
        ({ key: starts, state, over }) => {
          if (isResetDue(over)) {
            env.release?.(state)
            return andThen(begin(env, starts), (first) => [
              { reward: 0, terminated: false, truncated: false },
              first,
            ])
          }
          return andThen(env.step(action, key)(state), ([outcome, next]) => {
            if (!outcome.terminated && !outcome.truncated)
              return [outcome, { key: starts, state: next, over: false, final: null }]
            if (mode === 'nextStep')
              return [outcome, { key: starts, state: next, over: true, final: next }]
            env.release?.(next)
            return andThen(begin(env, starts), (first) => [
              outcome,
              { ...first, over: true, final: next },
            ])
          })
        },
    }),
    autoReset: mode,
    ...(actionMask === undefined
      ? {}
      : {
          actionMask: ({ state, over }) =>
            isResetDue(over)
              ? Array.from({ length: choices(env.actionSpace) }, () => true)
              : actionMask(state),
        }),
  }
}

/**
 * An environment that never ends, for programs that step it themselves: after each episode, the next one
 * begins.
 *
 * - `sameStep`: the step that ends an episode brings its outcome, and already the first state of the
 *   next one; the last state of the ended one is `final`.
 * - `nextStep`: the state stays the last one. The step after that takes no notice of its action
 *   (all choices are open) and brings the first state, reward 0 and no end.
 *
 * These are the two modes of Gymnasium's AutoresetMode (1.1) that reset automatically. In `nextStep`, one
 * sample per episode is not a step of the environment: exclude it from learning.
 *
 * Training resets episodes by itself, and refuses an environment with `sameStep`, which hides the last
 * states of episodes.
 *
 * @throws RangeError when the mode is unknown
 */
export const autoReset = (mode: AutoResetMode): AutoResetting => {
  expectOneOf('mode', mode, MODES)
  const wrap = <S, A extends Space>(env: AnyEnvironment<S, A>) => resetting(mode, env)
  return wrap as unknown as AutoResetting
}
