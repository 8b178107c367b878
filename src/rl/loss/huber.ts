import { expectAbove } from '../../tensor/argument.ts'

/** A loss of one error x, and its derivative. */
export interface ErrorTerm {
  readonly value: (x: number) => number
  readonly grad: (x: number) => number
}

/** ½x² */
export const halfSquare: ErrorTerm = {
  value: (x) => (x * x) / 2,
  grad: (x) => x,
}

/**
 * ½x² where |x| <= δ and δ (|x| − ½δ) beyond, which goes on at the slope that it has reached: x,
 * held within ±δ. Huber 1964, "Robust estimation of a location parameter".
 *
 * @throws RangeError when δ <= 0
 */
export const huber = (delta: number): ErrorTerm => {
  expectAbove('huber', delta, 0)
  return {
    value: (x) => (Math.abs(x) <= delta ? (x * x) / 2 : delta * (Math.abs(x) - delta / 2)),
    grad: (x) => Math.min(Math.max(x, -delta), delta),
  }
}
