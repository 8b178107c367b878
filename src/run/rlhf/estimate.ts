import { tokenIds, tokensOf } from '../../rlhf/vocabulary.ts'
import type { Budget } from '../budget.ts'
import type { PipelineConfig } from './pipelineConfig.ts'
import type { SourceText } from './source.ts'

/** Floating-point operations a second of an ordinary laptop, on one core. */
const SPEED = 4e9
/** Bytes that a process has anyway. */
const BASE = 100 * 1024 * 1024

const weights = (
  { window, embedding, hidden }: PipelineConfig['model'],
  outputs: number,
): number => {
  const sizes = [window * embedding, ...hidden, outputs]
  return sizes.slice(1).reduce((sum, to, i) => sum + sizes[i]! * to, 0)
}

/**
 * About what a run costs, from its config and texts, in time that does not depend on what they ask for: 2
 * operations for each weight and token forward, 4 back.
 */
export const estimatePipeline = (
  { model, fineTune, samples, gold, reward, ppo, evaluation, corpus }: PipelineConfig,
  texts: readonly SourceText[],
): Budget => {
  const all = new Set<string>()
  let tokens = 0
  for (const { text } of texts) {
    const cut = tokensOf(corpus.tokens, text)
    tokens += cut.length + 1
    for (const token of cut) all.add(token)
  }
  const { written, read } = tokenIds({ tokens: [...all] })
  const language = weights(model, written)
  const scalar = weights(reward.model, 1)
  const pairs = gold?.pairs ?? 1000
  const steps = ppo.updates * ppo.envs * ppo.steps
  const flops =
    6 * language * tokens * fineTune.epochs +
    2 * language * samples.longest * (samples.count + 2 * evaluation.count) +
    12 * scalar * (samples.longest + 1) * Math.max(pairs, reward.fit.steps * reward.fit.batch) +
    steps * (6 * ppo.epochs * (language + weights(model, 1)) + 6 * language)
  const parameters = language + read * (model.embedding + reward.model.embedding) + scalar
  const rows = Math.max(
    fineTune.batch,
    samples.count,
    (ppo.envs * ppo.steps) / ppo.minibatches,
    2 * reward.fit.batch * (samples.longest + 1),
  )
  const width = Math.max(
    written,
    model.window * model.embedding,
    ...model.hidden,
    ...reward.model.hidden,
  )
  return {
    seconds: flops / SPEED,
    bytes:
      BASE +
      4 *
        (12 * parameters +
          tokens * (model.window + 3) +
          8 * rows * width * (1 + model.hidden.length)),
  }
}
