import { own, type Floats, type Tensor } from '../tensor/tensor.ts'
import type { Comparison } from './comparison.ts'
import { writeContext } from './context.ts'
import type { RewardModel } from './rewardModel.ts'
import { tokenIds, type Vocabulary } from './vocabulary.ts'

/** Comparisons side by side: room for the most responses, and for the longest of them with its EOS. */
export type ComparisonSamples = {
  /** contexts that end with each token, i32 [sample, response, token, feature=window] */
  readonly context: Tensor<['sample', 'response', 'token', 'feature']>
  /** the weight of each token's scalar in the reward; 0 where there is no token */
  readonly counts: Tensor<['sample', 'response', 'token']>
  /** how many responses there are, i32 */
  readonly responses: Tensor<['sample']>
  /** weight in the loss */
  readonly weight: Tensor<['sample']>
}

/** How the tokens of responses are laid out. */
export interface ComparisonLayout {
  readonly vocabulary: Pick<Vocabulary, 'tokens'>
  readonly window: number
  /** whether the context of a token ends before it, or with it */
  readonly context: 'before' | 'with'
  /** the weight of token `at` of `length` ones, EOS included */
  readonly countOf: (at: number, length: number) => number
  readonly batch: number
  readonly dtype: 'f32' | 'f64'
}

/**
 * Lays comparisons out.
 *
 * @param visit called with each token and its place in [sample, response, token]
 */
export const layComparisons = (
  { vocabulary, window, context: kind, countOf, batch, dtype }: ComparisonLayout,
  comparisons: readonly Comparison[],
  visit: (
    place: number,
    token: number,
    sample: number,
    response: number,
    at: number,
  ) => void = () => undefined,
): ComparisonSamples => {
  const ids = tokenIds(vocabulary)
  const [most, longest] = layoutOf(comparisons)
  const count = comparisons.length
  const n = Math.ceil(count / batch) * batch
  const floats = (length: number): Floats =>
    dtype === 'f32' ? new Float32Array(length) : new Float64Array(length)
  const context = new Int32Array(n * most * longest * window).fill(ids.pad)
  const counts = floats(n * most * longest)
  const responses = new Int32Array(n)
  const weight = floats(n).fill(n / count, 0, count)
  const shift = kind === 'with' ? 1 : 0
  comparisons.forEach(({ ranked }, sample) => {
    responses[sample] = ranked.length
    ranked.forEach((response, k) => {
      const whole = [...response, ids.eos]
      for (let at = 0; at < whole.length; at++) {
        const place = (sample * most + k) * longest + at
        writeContext(context, place * window, whole, at + shift, window, ids)
        counts[place] = countOf(at, whole.length)
        visit(place, whole[at]!, sample, k, at)
      }
    })
  })
  return {
    context: own(['sample', 'response', 'token', 'feature'], [n, most, longest, window], context),
    counts: own(['sample', 'response', 'token'], [n, most, longest], counts),
    responses: own(['sample'], [n], responses),
    weight: own(['sample'], [n], weight),
  }
}

/** The most responses of a comparison, and the most tokens of a response, its EOS included. */
export const layoutOf = (
  comparisons: readonly Comparison[],
): readonly [most: number, longest: number] =>
  comparisons.reduce<readonly [number, number]>(
    ([most, longest], { ranked }) => [
      Math.max(most, ranked.length),
      ranked.reduce((all, { length }) => Math.max(all, length + 1), longest),
    ],
    [0, 1],
  )

/**
 * Arranges comparisons as samples for a reward model. A batch size that does not divide their
 * number adds samples of weight 0, as `tokenSamples` does.
 *
 * @param batch samples of a minibatch, a whole number >= 1
 */
export const comparisonSamples = (
  { vocabulary, config: { window, scalar } }: Pick<RewardModel, 'vocabulary' | 'config'>,
  comparisons: readonly Comparison[],
  batch = 1,
  dtype: 'f32' | 'f64' = 'f32',
): ComparisonSamples =>
  layComparisons(
    {
      vocabulary,
      window,
      context: 'with',
      countOf: (at, length) => (scalar === 'sum' || at === length - 1 ? 1 : 0),
      batch,
      dtype,
    },
    comparisons,
  )

/** @throws RangeError when there is no comparison, or one of fewer than two responses */
export const expectComparisons = (comparisons: readonly Comparison[]): void => {
  if (comparisons.length === 0) throw new RangeError('comparisons: expected at least one, got none')
  comparisons.forEach(({ ranked }, row) => {
    if (ranked.length < 2)
      throw new RangeError(
        `comparisons[${row}]: expected at least two responses, got ${ranked.length}`,
      )
  })
}
