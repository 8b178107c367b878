import { showThrown } from '../../../env/show.ts'
import { errorAt } from '../../../tensor/check.ts'

/**
 * Sends states to another thread. What cannot be cloned is the fault of their environment.
 *
 * @returns a function that throws a RangeError with an address, whatever the states are made of
 */
export const sending =
  (post: (value: unknown) => void) =>
  (value: unknown): void => {
    try {
      post(value)
    } catch (error) {
      throw errorAt(
        { field: 'state' },
        `state: expected plain data, which can be sent to other threads, got ${showThrown(error)}: leave out the source to act on one thread`,
        error,
      )
    }
  }
