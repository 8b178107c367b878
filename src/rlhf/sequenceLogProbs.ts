import { chosenBackend, type BackendChoice } from '../algo/agent.ts'
import { categorical } from '../distribution/categorical.ts'
import { buildAlone } from '../engine/runtime.ts'
import { f64 } from '../math/real.ts'
import { withFlat } from '../tensor/params.ts'
import { data, own, type Floats } from '../tensor/tensor.ts'
import { writeContext } from './context.ts'
import type { Sequence } from './encode.ts'
import type { LanguageModel, LanguageParams } from './languageModel.ts'
import { tokenIds } from './vocabulary.ts'

/** Rows of a forward pass. */
const ROWS = 256

/** log p(token | tokens before it) of each token of a sequence, and of EOS at its end, in nats. */
export type LogProbs = readonly number[]

/**
 * The log-probabilities of sequences under a language model, one for each token and one for EOS.
 *
 * @param temperature τ, which divides the logits
 * @returns a function of parameters and sequences; it is recorded once, so keep it
 */
export const sequenceLogProbs = (
  { logits, network, vocabulary, config: { window } }: LanguageModel,
  temperature = 1,
  how: BackendChoice = 'auto',
): ((params: LanguageParams, sequences: readonly Sequence[]) => readonly LogProbs[]) => {
  const backend = chosenBackend(how)
  const ids = tokenIds(vocabulary)
  const like = network.init({ words: [0, 0] }, backend.dtype)
  const { flat, context, next, score } = buildAlone(backend, (runtime) => {
    const flat = runtime.own.floats(network.paramCount)
    const context = runtime.own.integers(ROWS * window)
    const next = runtime.own.integers(ROWS)
    const score = runtime.record((machine) => {
      const rows = own(['sample', 'feature'], [ROWS, window], context)
      const [param] = logits(machine, withFlat(like, flat).tree, rows)
      const x = data(param) as Floats
      if (temperature !== 1) machine.vector.scale(x, x, 1 / temperature)
      return data(categorical.at(param, null, machine).logProb(own(['sample'], [ROWS], next)))
    })
    return { flat, context, next, score }
  })
  return (params, sequences) => {
    flat.set(data(params.flat))
    const out: number[][] = sequences.map(() => [])
    const owners = new Int32Array(ROWS)
    let filled = 0
    const flush = (): void => {
      const logProb = score.run()
      for (let row = 0; row < filled; row++) out[owners[row]!]!.push(logProb[row]!)
      filled = 0
    }
    sequences.forEach((sequence, owner) => {
      for (let at = 0; at <= sequence.length; at++) {
        writeContext(context, filled * window, sequence, at, window, ids)
        next[filled] = sequence[at] ?? ids.eos
        owners[filled++] = owner
        if (filled === ROWS) flush()
      }
    })
    // Rows beyond those that are filled hold what they held.
    if (filled > 0) flush()
    return out
  }
}

export interface CrossEntropy {
  /** mean of −log p over tokens, EOS among them: of characters, nats per character */
  readonly nats: number
  /** e^nats */
  readonly perplexity: number
  /** what the mean is over */
  readonly tokens: number
}

/**
 * The mean of −log p over all tokens.
 *
 * @throws RangeError where there are none
 */
export const crossEntropy = (logProbs: readonly LogProbs[]): CrossEntropy => {
  let [sum, tokens] = [0, 0]
  for (const sequence of logProbs)
    for (const logProb of sequence) {
      sum -= logProb
      tokens++
    }
  if (tokens === 0) throw new RangeError('logProbs: expected at least one, got none')
  return { nats: sum / tokens, perplexity: f64.exp(sum / tokens), tokens }
}
