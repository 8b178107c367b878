import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { canonicalJson } from '../../format/json.ts'
import * as safetensors from '../../format/safetensors.ts'
import type { Sequence } from '../../rlhf/encode.ts'
import type { Vocabulary } from '../../rlhf/vocabulary.ts'
import type { Digest } from '../hash.ts'
import { sha256Hex } from '../hash.ts'
import { bytesToHex } from '@noble/hashes/utils.js'
import { version } from '../version.ts'
import { evaluationStage } from './evaluationStage.ts'
import { rewardStage, sftStage } from './fitStages.ts'
import { linked, type Body, type ChainLine, type StepBody } from './lines.ts'
import type { PipelineConfig } from './pipelineConfig.ts'
import { ppoStage } from './ppoStage.ts'
import type { PipelineSource } from './source.ts'
import type { Engines, Given, Opened, Outputs, Stage, StageName, StoredState } from './stage.ts'
import { comparisonsStage, corpusStage, samplesStage } from './textStages.ts'

const ALL = {
  corpus: corpusStage,
  sft: sftStage,
  samples: samplesStage,
  comparisons: comparisonsStage,
  reward: rewardStage,
  ppo: ppoStage,
  evaluation: evaluationStage,
} as const

/** The names of all stages, in order. */
export const STAGES = Object.keys(ALL) as readonly StageName[]

/** The file of a stage's output. */
export const fileOf = (name: StageName): string => ALL[name].file

/** The stages of a run: a function that scores takes the place of comparisons and reward model. */
export const stagesOf = ({ score }: Pick<PipelineConfig, 'score'>): readonly StageName[] =>
  score === null ? STAGES : STAGES.filter((name) => name !== 'comparisons' && name !== 'reward')

/** The link before the first line of a run. */
export const firstLinkOf = (config: PipelineConfig): string =>
  sha256Hex(new TextEncoder().encode(canonicalJson(config)))

/**
 * The samples of a run that are there to be compared, out of the outputs of its stages.
 *
 * @param outputOf the file of a stage's output
 */
export const readSamples = (
  config: PipelineConfig,
  source: Omit<PipelineSource, 'score'>,
  outputOf: (stage: 'corpus' | 'samples') => Uint8Array,
): E.Either<string, { readonly vocabulary: Vocabulary; readonly samples: readonly Sequence[] }> => {
  const given = { config, source: { ...source, score: null } }
  return pipe(
    corpusStage.decode(outputOf('corpus'), { ...given, outputs: {} }),
    E.bindTo('corpus'),
    E.bind('samples', ({ corpus }) =>
      samplesStage.decode(outputOf('samples'), { ...given, outputs: { corpus } }),
    ),
    E.map(({ corpus: { vocabulary }, samples }) => ({
      vocabulary,
      samples: samples.map(({ tokens }) => tokens),
    })),
  )
}

/** Stages that were done before, which are taken where their inputs are the same. */
export interface PastStages {
  /** the entries and the output of a stage with that input hash */
  readonly finished: (
    stage: StageName,
    input: string,
  ) => { readonly steps: readonly StepBody[]; readonly bytes: Uint8Array } | null
  /** the entries up to a state that was kept, and the file of that state */
  readonly begun: (
    stage: StageName,
    input: string,
  ) => { readonly steps: readonly StepBody[]; readonly bytes: Uint8Array } | null
}

export const noPastStages: PastStages = { finished: () => null, begun: () => null }

/** What happens in a run of the stages. */
export type PipelineEvent =
  /** a stage begins, or is taken as it was; with so many units of work, some of which are done */
  | {
      readonly kind: 'stage'
      readonly stage: StageName
      readonly of: number
      readonly unit: string
      readonly isKept: boolean
    }
  | { readonly kind: 'progress'; readonly stage: StageName; readonly done: number }
  /** a line of the chain; with the file of the state after it, or of the stage's output */
  | {
      readonly kind: 'line'
      readonly line: ChainLine
      readonly isKept: boolean
      readonly bytes: (() => Uint8Array) | null
    }

/** What a whole run has come to. */
export interface PipelineEnd {
  readonly outputs: Outputs
  /** the last link of the chain */
  readonly hash: string
}

const finite = (
  metrics: Readonly<Record<string, number>>,
): Readonly<Record<string, number | null>> =>
  Object.fromEntries(
    Object.entries(metrics).map(([name, x]) => [name, Number.isFinite(x) ? x : null]),
  )

/** The step and the tensors of a kept state, or Left. */
const readState = (bytes: Uint8Array): E.Either<string, StoredState> => {
  const opened = safetensors.open(bytes)
  if (E.isLeft(opened)) return opened
  const step = Number(opened.right.metadata['step'])
  return Number.isSafeInteger(step) && step > 0
    ? E.right({ step, tensors: opened.right.tensors })
    : E.left('step: expected a whole number >= 1')
}

/**
 * Runs the stages, each of which is a function of the config and of the outputs of earlier ones: corpus,
 * fine-tuning (`sft`), samples, comparisons, reward model, PPO, evaluation. The lines of its hash chain, and
 * all outputs, are the same on all kernels and threads, and whether or not stages are taken from the past.
 *
 * @param digest a fast SHA-256
 * @returns events as they happen, and at last Left where the source cannot be used, with the stage's name
 * @throws what the user's score or a diverging fit throws in the middle of a stage
 */
export async function* runPipeline(
  config: PipelineConfig,
  source: PipelineSource,
  engines: Engines,
  past: PastStages,
  digest: Digest,
): AsyncGenerator<PipelineEvent, E.Either<string, PipelineEnd>> {
  const outputs: Partial<Outputs> = {}
  const hashes: { [name: string]: string } = {}
  const given: Given = { config, source, engines, outputs }
  const hash = (bytes: Uint8Array): string => bytesToHex(digest(bytes))
  let link = firstLinkOf(config)

  const lineOf = (body: Body, isKept: boolean, bytes: (() => Uint8Array) | null): PipelineEvent => {
    const line = linked(link, body)
    ;({ link } = line)
    return { kind: 'line', line, isKept, bytes }
  }

  for (const name of stagesOf(config)) {
    const stage = ALL[name] as Stage
    const inputs = Object.fromEntries(
      stage.uses.filter((used) => used in hashes).map((used) => [used, hashes[used]]),
    )
    const { seed } = config
    const input = sha256Hex(
      new TextEncoder().encode(
        canonicalJson({ stage: name, version, seed, settings: stage.settings(config), inputs }),
      ),
    )
    const finish = (made: unknown, bytes: Uint8Array, isKept: boolean): PipelineEvent => {
      Object.assign(outputs, { [name]: made })
      const output = hash(bytes)
      hashes[name] = output
      return lineOf({ stage: name, input, output }, isKept, () => bytes)
    }

    const finished = past.finished(name, input)
    const kept = finished === null ? null : stage.decode(finished.bytes, given)
    if (finished !== null && kept !== null && E.isRight(kept)) {
      yield { kind: 'stage', stage: name, of: 0, unit: '', isKept: true }
      for (const step of finished.steps) yield lineOf(step, true, null)
      yield finish(kept.right, finished.bytes, true)
      continue
    }

    const opened: E.Either<string, Opened<Outputs[StageName]>> = await stage.open(given)
    if (E.isLeft(opened)) return E.left(`${name}: ${opened.left}`)
    const { of, unit, run, stop } = opened.right
    try {
      yield { kind: 'stage', stage: name, of, unit, isKept: false }
      const begun = past.begun(name, input)
      const restored = begun === null ? null : readState(begun.bytes)
      const goingOn = restored !== null && E.isRight(restored) ? run(restored.right) : null
      const isOn = goingOn !== null && E.isRight(goingOn)
      const work = isOn ? goingOn : run(null)
      if (E.isLeft(work)) return E.left(`${name}: ${work.left}`)
      let step = 0
      for (const body of isOn ? begun!.steps : []) {
        step = body.step
        yield lineOf(body, true, null)
      }
      for (;;) {
        const { done: isDone, value } = work.right.next()
        if (isDone === true) {
          yield finish(value, stage.encode(value, given), false)
          break
        }
        const { done, entry } = value
        if (entry !== null) {
          step++
          const bytes = safetensors.encode(entry.tensors(), {
            stage: name,
            input,
            step: String(step),
          })
          const body = { stage: name, step, metrics: finite(entry.metrics), state: hash(bytes) }
          yield lineOf(body, false, () => bytes)
        }
        yield { kind: 'progress', stage: name, done }
      }
    } finally {
      await stop()
    }
  }
  return E.right({ outputs: outputs as Outputs, hash: link })
}
