import { showThrown } from '../../env/show.ts'
import { errorAt } from '../../tensor/check.ts'

/**
 * Wraps `post` so that a state which cannot be cloned is reported as a fault of its environment.
 *
 * @returns a function that throws a RangeError with an address
 */
export const sending =
  (post: (value: unknown) => void) =>
  (value: unknown): void => {
    try {
      post(value)
    } catch (error) {
      throw errorAt(
        { field: 'state' },
        `state: expected plain data that can be sent to other threads, got ${showThrown(error)}: leave out the source to act on one thread`,
        error,
      )
    }
  }
