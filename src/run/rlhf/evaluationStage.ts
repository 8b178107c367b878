import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { isObject, parseJson } from '../../format/json.ts'
import { groupsOf } from '../../rlhf/comparison.ts'
import { decode } from '../../rlhf/encode.ts'
import { generate, type Generated } from '../../rlhf/generate.ts'
import { languageModel, type LanguageParams } from '../../rlhf/languageModel.ts'
import { accuracy } from '../../rlhf/preferenceMetrics.ts'
import type { Score } from '../../rlhf/score.ts'
import { distinct } from '../../rlhf/distinct.ts'
import { sequenceKls } from '../../rlhf/sequenceKl.ts'
import { crossEntropy, sequenceLogProbs } from '../../rlhf/sequenceLogProbs.ts'
import { goldOf, proxyOf } from './judges.ts'
import { keyFor, outputOf, type Measured, type PipelineEvaluation, type Stage } from './stage.ts'
import { atOnce } from './textStages.ts'

/** Pairs of responses that are kept. */
const SHOWN = 20

const mean = (of: readonly number[]): number => of.reduce((sum, x) => sum + x, 0) / of.length

/** How often two scores prefer the same of two responses. */
const agreement = (a: Score, b: Score, responses: readonly Generated[]): number =>
  accuracy(
    groupsOf(
      2,
      responses.map(({ tokens }) => tokens),
    ).flatMap(([x, y]) => {
      const sign = Math.sign(b(x!) - b(y!))
      return sign === 0 ? [] : [sign * (a(x!) - a(y!))]
    }),
  )

const numberOrNull = (x: number): number | null => (Number.isFinite(x) ? x : null)

/** Compares the policy with the model before, on new responses to the same random numbers. */
export const evaluationStage: Stage<'evaluation'> = {
  name: 'evaluation',
  file: 'evaluation.json',
  uses: ['corpus', 'sft', 'samples', 'reward', 'ppo'],
  settings: ({ evaluation, samples, score, gold }) => ({ evaluation, samples, score, gold }),
  open: (given) => {
    const { config, engines } = given
    const { vocabulary, heldOut } = outputOf(given, 'corpus')
    const [reference, policy] = [outputOf(given, 'sft'), outputOf(given, 'ppo')]
    const model = languageModel(vocabulary, config.model)
    const { longest } = config.samples
    return Promise.resolve(
      pipe(
        E.Do,
        E.bind('proxy', () => proxyOf(given)),
        E.bind('gold', () => (config.gold === null ? E.right(null) : goldOf(given))),
        E.map(({ proxy, gold }) =>
          atOnce((): PipelineEvaluation => {
            const write = generate(model, { count: config.evaluation.count, longest }, engines.how)
            const logProbs = sequenceLogProbs(model, 1, engines.how)
            const kls = sequenceKls(model, engines.how)
            const key = keyFor(given, 'evaluation')
            const measure = (params: LanguageParams, written: readonly Generated[]): Measured => {
              const responses = written.map(({ tokens }) => tokens)
              const scores = responses.map(proxy.score)
              const { mean: shift, deviation } = proxy.scale
              return {
                score: mean(scores),
                gold: gold === null ? null : mean(responses.map(gold.score)),
                own: config.score === null ? null : shift + deviation * mean(scores),
                kl: mean(kls(params, reference, written)),
                perplexity:
                  heldOut.length === 0 ? null : crossEntropy(logProbs(params, heldOut)).perplexity,
                length: mean(responses.map(({ length }) => length)),
                distinct1: distinct(1, responses),
                distinct2: distinct(2, responses),
              }
            }
            const [before, after] = [write(reference, key), write(policy, key)]
            const text = decode(vocabulary)
            return {
              before: measure(reference, before),
              after: measure(policy, after),
              accuracy:
                gold === null ? null : numberOrNull(agreement(proxy.score, gold.score, before)),
              samples: before.slice(0, SHOWN).map(({ tokens }, i) => ({
                before: text(tokens),
                after: text(after[i]!.tokens),
              })),
            }
          }),
        ),
      ),
    )
  },
  encode: (evaluation) =>
    new TextEncoder().encode(
      `${JSON.stringify(evaluation, (_, value: unknown) => (typeof value === 'number' ? numberOrNull(value) : value), 2)}\n`,
    ),
  decode: (bytes) => decodeEvaluation(bytes),
}

const MEASURES = ['score', 'kl', 'length', 'distinct1', 'distinct2'] as const
const MAYBE = ['gold', 'own', 'perplexity'] as const

const readMeasured = (u: unknown): Measured | null => {
  if (!isObject(u)) return null
  const read = (name: string): number | null => (typeof u[name] === 'number' ? u[name] : null)
  return {
    ...(Object.fromEntries(MEASURES.map((name) => [name, read(name) ?? NaN])) as Pick<
      Measured,
      (typeof MEASURES)[number]
    >),
    ...(Object.fromEntries(MAYBE.map((name) => [name, read(name)])) as Pick<
      Measured,
      (typeof MAYBE)[number]
    >),
  }
}

const isPair = (u: unknown): u is PipelineEvaluation['samples'][number] =>
  isObject(u) && typeof u['before'] === 'string' && typeof u['after'] === 'string'

const decodeEvaluation = (bytes: Uint8Array): E.Either<string, PipelineEvaluation> =>
  pipe(
    parseJson(bytes, 'expected JSON, got something else'),
    E.flatMap((json) => {
      const found = isObject(json) ? json : {}
      const [before, after] = [readMeasured(found['before']), readMeasured(found['after'])]
      const { accuracy: share, samples } = found
      return before !== null && after !== null && Array.isArray(samples) && samples.every(isPair)
        ? E.right({ before, after, accuracy: typeof share === 'number' ? share : null, samples })
        : E.left('expected measurements before and after, and samples, got something else')
    }),
  )
