import type { AnyLearner } from '../algo/algorithm.ts'
import { learnerHash, sha256Hex } from '../run/hash.ts'
import { data, type Tensor } from '../tensor/tensor.ts'

/** What identifies a session of teaching: what the visitor did, the learner, and all other parameters. */
export const sessionHash = (
  events: string,
  learner: AnyLearner,
  params: readonly Tensor[],
): string => {
  const hashes = params.map((one) => sha256Hex(new Uint8Array(Float32Array.from(data(one)).buffer)))
  return sha256Hex(new TextEncoder().encode([events, learnerHash(learner), ...hashes].join('\n')))
}
