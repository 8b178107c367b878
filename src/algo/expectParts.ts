import { shown } from '../tensor/shown.ts'

const isObject = (u: unknown): u is object => typeof u === 'object' && u !== null

/** Returns the parts of an algorithm, and throws if it is anything else. */
export const expectParts = <P>(algorithm: string, parts: P): P => {
  if (isObject(parts) && 'config' in parts && 'policy' in parts) return parts
  throw new RangeError(
    `parts: expected the parts of an algorithm, got ${shown(parts)}: make them with ${algorithm}.parts(config, env)`,
  )
}

/** Returns the state of a run, and throws if it is anything else. */
export const expectState = <S>(algorithm: string, state: S): S => {
  if (isObject(state) && 'update' in state && 'learner' in state) return state
  throw new RangeError(
    `state: expected the state of a run, got ${shown(state)}: make one with ${algorithm}.init(parts)(random.key(1))`,
  )
}
