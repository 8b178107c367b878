import type { Floats, ReadonlyNumbers } from '../tensor/strided.ts'
import { normalised } from './linear.ts'
import { isList, type NumberArray } from './numbers.ts'
import type { Box } from './space.ts'

/** What observations are normalised by: a number per feature, and the bound of the results. */
export interface ObservationScale {
  readonly mean: ReadonlyNumbers
  readonly deviation: ReadonlyNumbers
  readonly clip: number
}

/**
 * Makes the function that checks an observation and writes it into the input of a network, rounded to
 * the input's type and then, with a scale, normalised. It allocates nothing.
 *
 * @param show describes a value in an error
 * @returns a function that throws a RangeError for an observation outside the space
 */
export const observing = (
  { size, low, high }: Box,
  scale: ObservationScale | null,
  input: Floats,
  show: (got: unknown) => string,
): ((observation: NumberArray) => void) => {
  const lowest = low.map(Math.fround)
  const highest = high.map(Math.fround)
  return (observation) => {
    if (!isList(observation) || observation.length !== size)
      throw new RangeError(`observation: expected ${size} numbers, got ${show(observation)}`)
    for (let j = 0; j < size; j++) {
      const x: unknown = observation[j]
      // Rounding to f32 keeps order, so a number within its bounds stays within rounded bounds.
      const rounded = typeof x === 'number' ? Math.fround(x) : NaN
      if (!(Number.isFinite(rounded) && rounded >= lowest[j]! && rounded <= highest[j]!))
        throw new RangeError(
          `observation[${j}]: expected a finite number from ${low[j]} to ${high[j]}, as in the observationSpace, got ${show(x)}`,
        )
      input[j] = observation[j]!
      if (scale !== null)
        input[j] = normalised(input[j]!, scale.mean[j]!, scale.deviation[j]!, scale.clip)
    }
  }
}
