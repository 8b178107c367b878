import type { Key } from '../../random/key.ts'
import type { AnyEnvironment, AsyncEnvironment, Environment, EnvSpec } from '../environment.ts'
import type { Box, Space } from '../space.ts'

/**
 * What synchronous and asynchronous environments have in common. Wrappers are generic in the whole
 * environment type instead of overloaded, so that `pipe` can infer their results.
 */
export interface Wrappable<A extends Space = Space, O extends Space = Box> extends EnvSpec<A, O> {
  readonly init: (key: Key) => unknown
  step(action: never, key: Key): (state: never) => unknown
  observe(state: never): unknown
}

type SameStates<E> =
  E extends AsyncEnvironment<infer S, infer A>
    ? AsyncEnvironment<S, A>
    : E extends Environment<infer S, infer A>
      ? Environment<S, A>
      : never

/** Wraps an environment; the result is synchronous or asynchronous like the environment. */
export type Wrapper<A extends Space = Space> = <E extends Wrappable<A>>(env: E) => SameStates<E>

/** Makes a wrapper that keeps the environment's states. */
export const wrapper = <Actions extends Space = Space>(
  wrap: <S, A extends Actions>(env: AnyEnvironment<S, A>) => AnyEnvironment<S, A>,
): Wrapper<Actions> => wrap as unknown as Wrapper<Actions>

/** An environment whose state contains the state of another one, and delegates to it. */
export const around = <S, A extends Space, T extends { readonly state: S }>(
  { actionMask, release, ...env }: AnyEnvironment<S, A>,
  parts: Pick<AnyEnvironment<T, A>, 'init' | 'step'>,
): AnyEnvironment<T, A> => ({
  ...env,
  observe: ({ state }) => env.observe(state),
  ...(actionMask === undefined ? {} : { actionMask: ({ state }) => actionMask(state) }),
  ...(release === undefined ? {} : { release: ({ state }) => release(state) }),
  ...parts,
})
