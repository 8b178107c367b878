import { operation, type Machine } from '../kernel/machine.ts'
import { expectAbove } from '../tensor/argument.ts'
import type { Range } from '../tensor/params.ts'
import type { Floats } from '../tensor/tensor.ts'
import { globalNorm, type ClipState } from './clipByGlobalNorm.ts'
import { transform, type Transform } from './transform.ts'

const checkRanges = (ranges: readonly Range[], n: number): void => {
  let end = 0
  for (const [i, [from, to]] of ranges.entries()) {
    if (!(from >= end && to >= from && to <= n))
      throw new RangeError(
        `ranges[${i}]: expected ${end} <= from <= to <= ${n}, got [${from}, ${to}): pass ranges of the parameters in order`,
      )
    end = to
  }
}

const clipEach = operation(
  'clipByNormEach',
  (
    kernels,
    out: Floats,
    norm: Float64Array,
    grad: Floats,
    max: number,
    ranges: readonly Range[],
  ) => {
    norm[0] = globalNorm(kernels, grad)
    out.set(grad)
    for (const [from, to] of ranges) {
      const part = grad.subarray(from, to)
      const partNorm = globalNorm(kernels, part)
      if (partNorm > max) kernels.vector.scale(out.subarray(from, to), part, max / partNorm)
    }
  },
)

/**
 * Clips each part h of the gradient by its own norm: h · min(1, max / ‖h‖₂), as two optimisers do,
 * one for the policy and one for V. Elements outside every range stay unchanged.
 *
 * @param max > 0, Infinity for no clip
 * @param ranges parts of the flat vector in rising order (`partRanges` of the tree), or those of a
 * vector of n numbers
 * @throws RangeError when max is not > 0, and at use when ranges overlap, fall, or leave the vector
 */
export const clipByNormEach = (
  machine: Machine,
  max: number,
  ranges: readonly Range[] | ((n: number) => readonly Range[]),
): Transform<ClipState> => {
  expectAbove('max', max, 0)
  return transform(
    {
      init: () => ({ norm: 0 }),
      apply: ({ run }, step, grad, { norm }) => {
        const parts = typeof ranges === 'function' ? ranges(grad.length) : ranges
        checkRanges(parts, grad.length)
        run(clipEach, step, norm, grad as Floats, max, parts)
      },
    },
    machine,
  )
}
