import * as E from 'fp-ts/lib/Either.js'
import * as safetensors from '../../format/safetensors.ts'
import { isEnd, type ChainLine, type StepBody } from './lines.ts'
import type { PastStages } from './runPipeline.ts'
import type { StageName } from './stage.ts'

const stepsOf = (lines: readonly ChainLine[], stage: StageName): readonly StepBody[] =>
  lines.flatMap((line) => (line.stage === stage && !isEnd(line) ? [line] : []))

/**
 * What the lines of a chain and the files beside it have of a run. A file counts only where the chain has
 * its hash.
 *
 * @param outputOf the file of a stage's output, or null
 * @param checkpoint the file of the last state that was kept, or null
 */
export const pastStages = (
  lines: readonly ChainLine[],
  outputOf: (stage: StageName) => Uint8Array | null,
  checkpoint: Uint8Array | null,
  hash: (bytes: Uint8Array) => string,
): PastStages => ({
  finished: (stage, input) => {
    const end = lines.find((line) => line.stage === stage && isEnd(line))
    if (end === undefined || !isEnd(end) || end.input !== input) return null
    const bytes = outputOf(stage)
    return bytes !== null && hash(bytes) === end.output
      ? { steps: stepsOf(lines, stage), bytes }
      : null
  },
  begun: (stage, input) => {
    if (checkpoint === null) return null
    const opened = safetensors.open(checkpoint)
    if (E.isLeft(opened)) return null
    const { metadata } = opened.right
    if (metadata['stage'] !== stage || metadata['input'] !== input) return null
    const state = hash(checkpoint)
    const steps = stepsOf(lines, stage)
    const at = steps.findIndex((step) => step.state === state)
    return at < 0 || steps[at]!.step !== Number(metadata['step'])
      ? null
      : { steps: steps.slice(0, at + 1), bytes: checkpoint }
  },
})
