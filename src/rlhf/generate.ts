import { chosenBackend, type BackendChoice } from '../algo/agent.ts'
import { categorical } from '../distribution/categorical.ts'
import { buildAlone } from '../engine/runtime.ts'
import { foldIn, type Key } from '../random/key.ts'
import { expectAbove, expectCount } from '../tensor/argument.ts'
import { withFlat } from '../tensor/params.ts'
import { data, own, type Floats } from '../tensor/tensor.ts'
import { writeContext } from './context.ts'
import { expectSequence, type Sequence } from './encode.ts'
import type { LanguageModel, LanguageParams } from './languageModel.ts'
import { tokenIds } from './vocabulary.ts'

/** How many sequences a language model generates, and how. */
export interface GenerateConfig {
  /** sequences at a time */
  readonly count: number
  /** maximum tokens of a sequence, without EOS */
  readonly longest: number
  /** τ, which divides the logits; 1 by default */
  readonly temperature?: number
  /** the tokens that every sequence continues from; none by default */
  readonly prompt?: Sequence
}

/** What a language model wrote. */
export interface Generated {
  /** without the prompt and without EOS */
  readonly tokens: Sequence
  /** whether the sequence ended with EOS; false if it was cut off at the maximum length */
  readonly isEnded: boolean
}

/**
 * Writes sequences: token t of all of them is drawn with child t of the key, row i for sequence i, so that
 * what comes first does not depend on `longest`.
 *
 * @returns a function of parameters and a key; it is recorded once, so keep it
 * @throws RangeError unless count and length are whole numbers >= 1, the temperature is above 0, and the
 * prompt is made of tokens
 */
export const generate = (
  { logits, network, vocabulary, config: { window } }: LanguageModel,
  { count, longest, temperature = 1, prompt = [] }: GenerateConfig,
  how: BackendChoice = 'auto',
): ((params: LanguageParams, key: Key) => readonly Generated[]) => {
  expectCount('count', count)
  expectCount('longest', longest)
  expectAbove('temperature', temperature, 0)
  expectSequence('prompt', vocabulary, prompt)
  const backend = chosenBackend(how)
  const ids = tokenIds(vocabulary)
  const like = network.init({ words: [0, 0] }, backend.dtype)
  const live: { words: Key['words'] } = { words: [0, 0] }
  const { flat, context, next } = buildAlone(backend, (runtime) => {
    const flat = runtime.own.floats(network.paramCount)
    const context = runtime.own.integers(count * window)
    const next = runtime.record((machine) => {
      const rows = own(['sample', 'feature'], [count, window], context)
      const [param] = logits(machine, withFlat(like, flat).tree, rows)
      const x = data(param) as Floats
      if (temperature !== 1) machine.vector.scale(x, x, 1 / temperature)
      return data(categorical.at(param, null, machine).sample(live))
    })
    return { flat, context, next }
  })
  return (params, key) => {
    flat.set(data(params.flat))
    const written: number[][] = Array.from({ length: count }, () => [...prompt])
    const isEnded = written.map(() => false)
    for (let t = 0; t < longest && isEnded.includes(false); t++) {
      written.forEach((tokens, i) =>
        writeContext(context, i * window, tokens, tokens.length, window, ids),
      )
      live.words = foldIn(key, t).words
      const drawn = next.run()
      for (let i = 0; i < count; i++)
        if (isEnded[i] === false)
          if (drawn[i] === ids.eos) isEnded[i] = true
          else written[i]!.push(drawn[i]!)
    }
    return written.map((tokens, i) => ({
      tokens: tokens.slice(prompt.length),
      isEnded: isEnded[i]!,
    }))
  }
}
