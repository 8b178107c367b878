import { expectCount } from '../tensor/argument.ts'
import type { Sequence } from './encode.ts'

/**
 * Distinct-n: how many different n-grams there are in all responses together, as a share of all their
 * n-grams: 1 where no two are the same, towards 0 where a policy repeats itself; NaN where no response has n
 * tokens. EOS does not count. Li et al. 2016, arXiv:1510.03055. The value falls with the number of responses,
 * so compare equal numbers of them.
 *
 * @throws RangeError unless n is a whole number >= 1
 */
export const distinct = (n: number, responses: readonly Sequence[]): number => {
  expectCount('n', n)
  const seen = new Set<string>()
  let count = 0
  for (const response of responses)
    for (let at = 0; at + n <= response.length; at++) {
      seen.add(response.slice(at, at + n).join())
      count++
    }
  return seen.size / count
}
