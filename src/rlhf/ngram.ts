import { f64 } from '../math/real.ts'
import { expectAbove } from '../tensor/argument.ts'
import type { Sequence } from './encode.ts'
import type { LogProbs } from './sequenceLogProbs.ts'
import { tokenIds, type Vocabulary } from './vocabulary.ts'

/**
 * Weights of the uniform distribution, of token frequencies, of frequencies after the last token,
 * after the last two, and so on: one more than the order.
 */
export type NgramWeights = readonly number[]

/** Of a trigram. */
export const trigramWeights: NgramWeights = [0.01, 0.09, 0.3, 0.6]

/**
 * An interpolated n-gram model of sequences: p(x | h) = Σₙ wₙ cₙ(h, x) / cₙ(h), with cₙ the counts after
 * the last n − 1 tokens of h, and BOS before the first. Histories that never came give their weight
 * to shorter ones. Jelinek and Mercer 1980, "Interpolated estimation of Markov source parameters".
 *
 * @returns log p of each token of a sequence and of EOS, in nats
 * @throws RangeError unless each weight is above 0 and there are at least two
 */
export const ngram = (
  vocabulary: Pick<Vocabulary, 'tokens'>,
  sequences: readonly Sequence[],
  weights: NgramWeights = trigramWeights,
): ((sequence: Sequence) => LogProbs) => {
  if (weights.length < 2)
    throw new RangeError(`weights: expected at least two, got ${weights.length}`)
  weights.forEach((weight, i) => expectAbove(`weights[${i}]`, weight, 0))
  const { bos, eos, written } = tokenIds(vocabulary)
  const order = weights.length - 1
  const counts = new Map<string, number>()
  const totals = new Map<string, number>()
  const placesOf = (
    sequence: Sequence,
  ): ReadonlyArray<readonly [history: Sequence, next: number]> => {
    const all = [...Array.from({ length: order - 1 }, () => bos), ...sequence, eos]
    return all.slice(order - 1).map((next, at) => [all.slice(at, at + order - 1), next] as const)
  }
  const add = (to: Map<string, number>, name: string): void => {
    to.set(name, (to.get(name) ?? 0) + 1)
  }
  for (const sequence of sequences)
    for (const [history, next] of placesOf(sequence))
      for (let n = 1; n <= order; n++) {
        const seen = history.slice(order - n).join()
        add(totals, `${n}:${seen}`)
        add(counts, `${n}:${seen}:${next}`)
      }
  return (sequence) =>
    placesOf(sequence).map(([history, next]) => {
      let p = weights[0]! / written
      let used = weights[0]!
      for (let n = 1; n <= order; n++) {
        const seen = history.slice(order - n).join()
        const total = totals.get(`${n}:${seen}`)
        if (total === undefined) break
        p += (weights[n]! * (counts.get(`${n}:${seen}:${next}`) ?? 0)) / total
        used += weights[n]!
      }
      return f64.log(p / used)
    })
}
