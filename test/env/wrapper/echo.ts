import { box, type Environment } from '../../../src/env/index.ts'
import type { Boxes } from '../../../src/env/wrapper/boxes.ts'

/** An environment whose next state is the action that it saw. */
export const echo = <A extends Boxes>(actionSpace: A): Environment<unknown, A> => ({
  name: 'echo',
  observationSpace: box(1, [0], [0]),
  actionSpace,
  init: () => null,
  step: (action) => () => [{ reward: 0, terminated: false, truncated: false }, action],
  observe: () => [0],
})
