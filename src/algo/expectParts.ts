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

/** Returns what a run has learned after `update` updates, and throws if either is anything else. */
export const expectLearner = <L>(learner: L, update: number): L => {
  if (!(Number.isInteger(update) && update >= 0))
    throw new RangeError(
      `update: expected how many updates are done, a whole number >= 0, got ${shown(update)}: pass that of the state`,
    )
  if (isObject(learner) && 'params' in learner && 'adaptive' in learner) return learner
  throw new RangeError(
    `learner: expected what a run has learned, got ${shown(learner)}: pass that of the state`,
  )
}

/** The error of a function that returns at once and is given parts that return promises. */
export const promisedParts = (): RangeError =>
  new RangeError(
    'parts: expected those of `parts` or `threadedParts`, got ones that return promises: call trainAsync, runAsync or iterateAsync',
  )
