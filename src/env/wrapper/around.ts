import type { Key } from '../../random/key.ts'
import type { AnyEnvironment, AsyncEnvironment, Environment, WorldSpec } from '../environment.ts'
import type { Box, Space } from '../space.ts'

/**
 * What an environment of either kind has. Wrappers are generic in the whole type of theirs, and not
 * overloaded, so that functions like pipe can infer what comes out.
 */
export interface Wrappable<A extends Space = Space, O extends Space = Box> extends WorldSpec<A, O> {
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

/** Makes an environment of another, of the same kind: one that answers at once, or promises to. */
export type Wrapper<A extends Space = Space> = <E extends Wrappable<A>>(env: E) => SameStates<E>

/** A wrapper whose states are those of the environment. */
export const wrapper = <Actions extends Space = Space>(
  wrap: <S, A extends Actions>(env: AnyEnvironment<S, A>) => AnyEnvironment<S, A>,
): Wrapper<Actions> => wrap as unknown as Wrapper<Actions>

/** An environment whose states hold one of another, which it shows. */
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
