import type { Kernels } from '../kernel/kernels.ts'
import { expectAbove } from '../tensor/argument.ts'
import type { Range } from '../tensor/params.ts'
import { data, size, type Floats } from '../tensor/tensor.ts'
import { globalNorm, type ClipState } from './clipByGlobalNorm.ts'
import { ownFlat, type Transform } from './transform.ts'

const checkRanges = (ranges: readonly Range[], n: number): void => {
  let end = 0
  for (const [i, [from, to]] of ranges.entries()) {
    if (!(from >= end && to >= from && to <= n))
      throw new RangeError(
        `ranges[${i}]: expected ${end} <= from <= to <= ${n}, got [${from}, ${to}): give parts of the parameters in their order`,
      )
    end = to
  }
}

/**
 * Every part h of the gradient by itself: h · min(1, max / ‖h‖₂), as two optimisers, one for the
 * policy and one for V, clip theirs. What lies in no range stays.
 *
 * @param max > 0, Infinity for no clip
 * @param ranges parts of the flat vector in rising order (`partRanges` of the tree)
 * @throws RangeError when max is not > 0, and at use when ranges overlap, fall, or leave the vector
 */
export const clipByNormEach = (
  kernels: Kernels,
  max: number,
  ranges: readonly Range[],
): Transform<ClipState> => {
  expectAbove('max', max, 0)
  return {
    init: () => ({ norm: 0 }),
    update: (grad) => {
      checkRanges(ranges, size(grad))
      const g = data(grad) as Floats
      const norm = globalNorm(kernels, grad)
      const out = kernels.alloc(g.length)
      out.set(g)
      for (const [from, to] of ranges) {
        const part = g.subarray(from, to)
        const partNorm = Math.sqrt(kernels.vector.sumSquares(part))
        if (partNorm > max) kernels.vector.scale(out.subarray(from, to), part, max / partNorm)
      }
      return [ownFlat(out), { norm }]
    },
  }
}
