import * as E from 'fp-ts/lib/Either.js'
import { addressOf } from '../tensor/check.ts'
import { isThreadLost } from '../engine/signals.ts'

/**
 * Why a run cannot continue, and where: an environment broke its contract, a number is not finite,
 * or a thread is lost. A field is null where it is not known or has no meaning.
 */
export interface Fault {
  /** the whole address and what was expected, in a line */
  readonly message: string
  /** its name */
  readonly environment: string | null
  /** which of the environments */
  readonly env: number | null
  /** counted from 1 */
  readonly update: number | null
  /** of the update, counted from 0 */
  readonly step: number | null
  /** what was wrong: `reward`, `observation`, `step` where the environment itself threw … */
  readonly field: string
  readonly cause: Error
}

const isThread = (error: unknown): boolean => {
  try {
    return isThreadLost(error)
  } catch {
    return false
  }
}

/**
 * The fault behind an error, or null for any other error, such as a wrong argument. Never throws.
 */
export const faultOf = (error: unknown): Fault | null => {
  const address = addressOf(error)
  if (address['field'] === undefined && !isThread(error)) return null
  const cause = error as Error
  const number = (name: string): number | null => {
    const found = address[name]
    return typeof found === 'number' ? found : null
  }
  const { environment = null, field = 'thread' } = address
  return {
    message: cause.message,
    environment: environment === null ? null : String(environment),
    env: number('env'),
    update: number('update'),
    step: number('step') ?? number('time'),
    field: String(field),
    cause,
  }
}

/**
 * Makes a function of a state return its faults as values. A fault loses nothing: the state that
 * went in holds everything learned until then.
 *
 * @throws errors that are not faults, such as those of arguments
 */
export const attempt =
  <A, B>(step: (state: A) => B) =>
  (state: A): E.Either<Fault, B> => {
    try {
      return E.right(step(state))
    } catch (error) {
      const fault = faultOf(error)
      if (fault === null) throw error
      return E.left(fault)
    }
  }
