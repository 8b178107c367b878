import { isSame } from '../../rlhf/comparison.ts'
import { isEnd } from '../../run/rlhf/lines.ts'
import type { PipelineEnd } from '../../run/rlhf/runPipeline.ts'
import type { Measured } from '../../run/rlhf/stage.ts'
import { PIPELINE_FILES } from '../../run/rlhf/pipelineFolder.ts'
import * as file from '../../run/disk/file.ts'
import { excerpt } from '../../tensor/printable.ts'
import type { Console } from '../console.ts'
import type { StagesResult, StartedPipeline } from './stageLoop.ts'

/** Samples that are shown, and characters of each. */
const [SHOWN, LONGEST] = [10, 60]

/** Two digits, in nine columns; what rounds to zero has no sign, and what is not finite is a dash. */
const cell = (x: number): string =>
  (Number.isFinite(x) ? x.toFixed(2).replace(/^-(?=0\.00$)/, '') : '–').padStart(9)

const row = (
  name: string,
  of: (measured: Measured) => number | null,
  { before, after }: PipelineEnd['outputs']['evaluation'],
): readonly string[] => {
  const [x, y] = [of(before), of(after)]
  return x === null || y === null ? [] : [`${name.padEnd(28)}${cell(x)}${cell(y)}`]
}

/** What is measured of the model before and after PPO, a line each. */
const table = ({ outputs: { evaluation } }: PipelineEnd, isOwn: boolean): readonly string[] => [
  `${''.padEnd(28)}${'before'.padStart(9)}${'after'.padStart(9)}`,
  ...row(isOwn ? 'score, in its own units' : '', ({ own }) => own, evaluation),
  ...row(isOwn ? 'score, in sd' : 'reward model (proxy), in sd', ({ score }) => score, evaluation),
  ...row('hidden score (gold), in sd', ({ gold }) => gold, evaluation),
  ...row('KL, nats per response', ({ kl }) => kl, evaluation),
  ...row('perplexity, held-out', ({ perplexity }) => perplexity, evaluation),
  ...row('length, tokens', ({ length }) => length, evaluation),
  ...row('distinct bigrams', ({ distinct2 }) => distinct2, evaluation),
]

/** Responses before and after, side by side. */
const sampleLines = ({ outputs: { evaluation } }: PipelineEnd): readonly string[] => {
  const shown = evaluation.samples
    .slice(0, SHOWN)
    .map(({ before, after }) => [excerpt(before, LONGEST), excerpt(after, LONGEST)] as const)
  const width = Math.max(6, ...shown.map(([before]) => before.length))
  return [['before', 'after'] as const, ...shown].map(
    ([before, after]) => `  ${before.padEnd(width)}   ${after}`,
  )
}

/** How many comparisons are of texts that the model did not write in this run. */
const foreign = ({ outputs: { comparisons, samples } }: PipelineEnd): number =>
  comparisons.filter(
    ({ ranked }) =>
      !ranked.every((response) => samples.some(({ tokens }) => isSame(tokens, response))),
  ).length

/** Nats a token on held-out texts after fine-tuning; null where none are held out. */
const natsOf = ({ lines }: StagesResult): number | null =>
  lines
    .flatMap((line) => (line.stage === 'sft' && !isEnd(line) ? [line.metrics['nats'] ?? null] : []))
    .at(-1) ?? null

/** Prints what a run has come to, for a person and for a machine. */
export const printStages = (
  { config, folder }: StartedPipeline,
  result: StagesResult,
  end: PipelineEnd,
  screen: Console,
): void => {
  const { evaluation } = end.outputs
  const nats = natsOf(result)
  const total = Object.values(result.seconds).reduce((sum, x) => sum + x, 0)
  screen.block('')
  for (const line of sampleLines(end)) screen.say(line)
  screen.block('')
  for (const line of table(end, config.score !== null)) screen.say(line)
  screen.block('')
  if (nats !== null) screen.say(`fine-tuned to ${nats.toFixed(3)} nats per token on held-out texts`)
  if (config.score === null) {
    const count = end.outputs.comparisons.length
    const others = config.comparisons === null ? 0 : foreign(end)
    screen.say(
      `reward model of ${count} ${count === 1 ? 'comparison' : 'comparisons'}${evaluation.accuracy === null ? '' : `, agrees with the hidden score on ${(100 * evaluation.accuracy).toFixed(0)} % of new pairs`}`,
    )
    if (others > 0)
      screen.say(`${others} of the comparisons use texts that this run did not sample`)
  }
  screen.say(`${total.toFixed(1)} s, hash ${end.hash}`)
  screen.say(`run in ${folder}, report in ${file.join(folder, PIPELINE_FILES.report)}`)
  screen.result(() => ({
    run: folder,
    hash: end.hash,
    seconds: Number(total.toFixed(3)),
    stages: result.seconds,
    nats,
    comparisons: config.score === null ? end.outputs.comparisons.length : null,
    accuracy: evaluation.accuracy,
    before: evaluation.before,
    after: evaluation.after,
    samples: evaluation.samples,
  }))
}
