import type { AnyEnvironment, AsyncEnvironment, Environment } from '../environment.ts'
import type { Space } from '../space.ts'

/** Makes an environment of another, of the same kind: one that answers at once, or promises to. */
export interface Wrapper<Actions extends Space = Space> {
  <S, A extends Actions>(env: AsyncEnvironment<S, A>): AsyncEnvironment<S, A>
  <S, A extends Actions>(env: Environment<S, A>): Environment<S, A>
}

/** A wrapper whose states are those of the environment. */
export const wrapper = <Actions extends Space = Space>(
  wrap: <S, A extends Actions>(env: AnyEnvironment<S, A>) => AnyEnvironment<S, A>,
): Wrapper<Actions> => wrap as Wrapper<Actions>

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
