import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { wasm } from '../../src/kernel/wasm/wasm.ts'
import { f64 } from '../../src/math/real.ts'
import type { TokenMlp } from '../../src/nn/tokenMlp.ts'
import { key } from '../../src/random/key.ts'
import { countTokens, tokenSamples, type TokenSamples } from '../../src/rlhf/context.ts'
import { corpus } from '../../src/rlhf/corpus.ts'
import { decode, encode } from '../../src/rlhf/encode.ts'
import { fineTune, fineTuneConfig } from '../../src/rlhf/fineTune.ts'
import { generate } from '../../src/rlhf/generate.ts'
import { languageModel, type LanguageParams } from '../../src/rlhf/languageModel.ts'
import { nextTokenLoss } from '../../src/rlhf/nextTokenLoss.ts'
import { crossEntropy, sequenceLogProbs } from '../../src/rlhf/sequenceLogProbs.ts'
import { vocabulary } from '../../src/rlhf/vocabulary.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { data, toArray, type Floats } from '../../src/tensor/tensor.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { right } from '../support/either.ts'

const abc = right(vocabulary('characters', ['a', 'b', 'c']))
const small = languageModel(abc, { window: 3, embedding: 2, hidden: [5, 4] })

const sequence = fc.array(fc.nat(2), { maxLength: 5 })
const sequences = fc.array(sequence, { minLength: 1, maxLength: 4 })

/** Mean of w · −log p over samples, and its gradient, in f64. */
const lossOf = (tree: TokenMlp, samples: TokenSamples, n: number) => {
  const { loss, backward } = nextTokenLoss(small)(js.f64, tree, samples, n)
  const grads = withFlat(tree, new Float64Array(small.network.paramCount).fill(NaN))
  backward(js.f64, [{ from: 0, to: samples.next.shape[0], grads: grads.tree }])
  return { loss: toArray(loss).reduce((a, b) => a + b, 0) / n, grad: data(grads.flat) }
}

const moved = ({ flat, tree }: LanguageParams, by: number): LanguageParams =>
  withFlat(
    tree,
    Float64Array.from(toArray(flat), (x, i) => x + by * f64.sin(i)),
  )

describe('contexts', () => {
  test('are the tokens before, after BOS, after PAD; the last one is followed by EOS', () => {
    const { context, next, weight } = tokenSamples(abc, 3, [[0, 1, 2, 0], []])
    const [eos, bos, pad] = [3, 4, 5]
    expect(toArray(context)).toStrictEqual(
      [
        [pad, pad, bos],
        [pad, bos, 0],
        [bos, 0, 1],
        [0, 1, 2],
        [1, 2, 0],
        [pad, pad, bos],
      ].flat(),
    )
    expect(toArray(next)).toStrictEqual([0, 1, 2, 0, eos, eos])
    expect(toArray(weight)).toStrictEqual([1, 1, 1, 1, 1, 1])
  })

  test.prop({ sequences, batch: fc.integer({ min: 1, max: 7 }) })(
    'fill whole batches, with weights that leave the mean over tokens as it is',
    ({ sequences, batch }) => {
      const count = countTokens(sequences)
      const { next, weight } = tokenSamples(abc, 3, sequences, batch, 'f64')
      const n = next.shape[0]
      expect(n % batch).toBe(0)
      expect(n - count).toBeLessThan(batch)
      const w = toArray(weight)
      expectClose(w.slice(0, count), w.slice(0, count).fill(n / count), 1e-12, 0)
      expect(w.slice(count).every((x) => x === 0)).toBe(true)
    },
  )
})

describe('the loss of a language model', () => {
  test.prop({ sequences, seed: fc.nat(), batch: fc.integer({ min: 1, max: 4 }) }, { numRuns: 5 })(
    'has the gradient of central differences, masked samples included',
    ({ sequences, seed, batch }) => {
      const params = moved(small.init(key(seed), 'f64'), 0.3)
      const samples = tokenSamples(abc, 3, sequences, batch, 'f64')
      const n = samples.next.shape[0]
      const { grad } = lossOf(params.tree, samples, n)
      const numeric = numericGrad(
        (x) => lossOf(withFlat(params.tree, x).tree, samples, n).loss,
        toArray(params.flat),
      )
      expectClose(grad, numeric, 1e-6, 1e-10)
    },
  )

  test.prop({ sequences, seed: fc.nat() })(
    'is the mean over tokens of −log p, in any batch',
    ({ sequences, seed }) => {
      const params = moved(small.init(key(seed), 'f64'), 0.3)
      const { nats, perplexity, tokens } = crossEntropy(
        sequenceLogProbs(small, 1, js.f64)(params, sequences),
      )
      const samples = tokenSamples(abc, 3, sequences, 4, 'f64')
      expectClose(lossOf(params.tree, samples, samples.next.shape[0]).loss, nats, 1e-12, 0)
      expectClose(perplexity, Math.exp(nats), 1e-12, 0)
      expect(tokens).toBe(countTokens(sequences))
    },
  )

  test('starts near that of a guess', () => {
    const { nats } = crossEntropy(sequenceLogProbs(small)(small.init(key(1)), [[0, 1, 2]]))
    expect(Math.abs(nats - Math.log(4))).toBeLessThan(0.1)
  })
})

describe('probabilities', () => {
  test('of all sequences of one token, of none, and of more sum to 1', () => {
    const params = moved(small.init(key(3), 'f64'), 0.3)
    const one = [[], [0], [1], [2]]
    const logProbs = sequenceLogProbs(small, 1, js.f64)(params, one)
    const first = logProbs.map(([logProb]) => f64.exp(logProb!))
    expectClose(
      first.reduce((a, b) => a + b, 0),
      1,
      1e-12,
      0,
    )
  })

  test.prop({ temperature: fc.double({ min: 0.2, max: 4, noNaN: true }), seed: fc.nat() })(
    'at a temperature are those of divided logits',
    ({ temperature, seed }) => {
      const params = moved(small.init(key(seed), 'f64'), 0.3)
      const divided = withFlat(params.tree, Float64Array.from(toArray(params.flat)))
      const { weight, bias } = divided.tree['layer3'] as { weight: never; bias: never }
      for (const leaf of [weight, bias]) {
        const x = data(leaf) as Floats
        for (let i = 0; i < x.length; i++) x[i]! /= temperature
      }
      const given = [[0, 2, 1], []]
      expectClose(
        sequenceLogProbs(small, temperature, js.f64)(params, given).flat(),
        sequenceLogProbs(small, 1, js.f64)(divided, given).flat(),
        1e-9,
        1e-12,
      )
    },
  )

  test('do not depend on what else is asked for: more rows than a pass, or few', () => {
    const params = small.init(key(4))
    const logProbs = sequenceLogProbs(small)
    const many = Array.from({ length: 150 }, (_, i) => [i % 3, (i >> 1) % 3])
    const all = logProbs(params, many)
    expect(all.slice(140)).toStrictEqual(logProbs(params, many.slice(140)))
    expect(all.every(({ length }) => length === 3)).toBe(true)
  })
})

describe('generating', () => {
  const params = small.init(key(5))

  test('is a function of the key, on js and wasm, and the beginning of longer ones', () => {
    const [a, b] = [js.f32, wasm.machine].map((how) =>
      generate(small, { count: 20, longest: 6 }, how)(params, key(1)),
    )
    expect(a).toStrictEqual(b)
    const shorter = generate(small, { count: 20, longest: 3 })(params, key(1))
    shorter.forEach(({ tokens, isEnded }, i) => {
      expect(tokens).toStrictEqual(a![i]!.tokens.slice(0, 3))
      if (isEnded) expect(a![i]!.isEnded).toBe(true)
    })
    expect(generate(small, { count: 20, longest: 6 })(params, key(2))).not.toStrictEqual(a)
  })

  test('writes each sequence with its probability', () => {
    const peaked = moved(params, 0.6)
    const f32 = withFlat(params.tree, Float32Array.from(toArray(peaked.flat)))
    const count = 4000
    const drawn = generate(small, { count, longest: 2, temperature: 0.7 })(f32, key(7))
    const logProbs = sequenceLogProbs(small, 0.7)
    for (const first of [[], [0], [1], [2]]) {
      const [logProb] = logProbs(f32, [first])[0]!
      const p = Math.exp(logProb!)
      const seen = drawn.filter(({ tokens, isEnded }) =>
        first.length === 0 ? tokens.length === 0 && isEnded : tokens[0] === first[0],
      ).length
      expect(Math.abs(seen / count - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / count))
    }
  })

  test('goes on from a prompt, which it does not repeat', () => {
    const prompt = [0, 1, 2, 0]
    const written = generate(small, { count: 50, longest: 4, prompt })(params, key(2))
    expect(Math.max(...written.map(({ tokens }) => tokens.length))).toBeLessThanOrEqual(4)
    expect(written).not.toStrictEqual(generate(small, { count: 50, longest: 4 })(params, key(2)))
  })

  test.each([
    [{ count: 0, longest: 1 }, 'count: expected a whole number >= 1, got 0'],
    [{ count: 1, longest: 1, temperature: 0 }, 'temperature: expected a number > 0, got 0'],
    [
      { count: 1, longest: 1, prompt: [3] },
      'prompt[0]: expected a whole number from 0 to 2, got 3',
    ],
  ])('refuses %j', (config, problem) => {
    expect(() => generate(small, config)).toThrow(problem)
  })
})

describe('fine-tuning', () => {
  const texts = ['abab', 'ababab', 'ab', 'cc']
  const own = right(corpus(texts))
  const model = languageModel(own.vocabulary, { window: 3, embedding: 4, hidden: [16] })
  const config = { ...fineTuneConfig, epochs: 60, batch: 8, learningRate: 0.02 }

  test('learns sequences by heart, and writes them', () => {
    const start = model.init(key(1))
    const { params, history } = fineTune(config, model)(start, own.sequences, key(2))
    expect(history.at(-1)!.loss).toBeLessThan(0.4 * history[0]!.loss)
    const written = generate(model, { count: 50, longest: 8 })(params, key(3))
    const known = written.filter(({ tokens }) =>
      /^(ab)+$|^cc$/.test(decode(own.vocabulary)(tokens)),
    )
    expect(known.length).toBeGreaterThan(40)
  })

  test('gives the same bits on js and wasm, and measures what is held out', () => {
    const [held] = right(encode(own.vocabulary)(['abc']))
    const [a, b] = (['js', 'wasm'] as const).map((how) =>
      fineTune({ ...config, epochs: 2 }, model, how)(model.init(key(1)), own.sequences, key(2), [
        held!,
      ]),
    )
    expect(data(a!.params.flat)).toStrictEqual(data(b!.params.flat))
    expect(a!.history).toStrictEqual(b!.history)
    const { nats } = crossEntropy(sequenceLogProbs(model, 1, 'js')(a!.params, [held!]))
    expectClose(a!.history.at(-1)!.validationLoss, nats, 1e-6, 0)
  })

  test('needs a sequence', () => {
    expect(() => fineTune(config, model)(model.init(key(1)), [], key(2))).toThrow(
      'sequences: expected at least one, got none',
    )
  })
})
