import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { languagePpo } from '../../rlhf/languageAgent.ts'
import { expectHeld, type Lock } from '../../run/folder/lock.ts'
import { nodeSha256 } from '../../run/nodeSha256.ts'
import { isEnd, type ChainLine } from '../../run/rlhf/lines.ts'
import type { PipelineConfig } from '../../run/rlhf/pipelineConfig.ts'
import { openPipelineJournal, type PipelineJournal } from '../../run/rlhf/pipelineJournal.ts'
import {
  runPipeline,
  type PastStages,
  type PipelineEnd,
  type PipelineEvent,
} from '../../run/rlhf/runPipeline.ts'
import type { PipelineSource } from '../../run/rlhf/source.ts'
import type { Engines, StageName } from '../../run/rlhf/stage.ts'
import { threadsOf, type BackendOptions } from '../backendOptions.ts'
import { progress, type Console, type Progress } from '../console.ts'
import { pauses } from '../pause.ts'
import { fromFile, messageOf, tried, type Problem } from '../problem.ts'
import { watchProcess } from '../watchProcess.ts'

/** A run of the stages, in its folder. */
export interface StartedPipeline {
  readonly folder: string
  readonly lock: Lock
  readonly config: PipelineConfig
  readonly source: PipelineSource
  readonly past: PastStages
  /** what the chain in the folder has already */
  readonly lines: readonly ChainLine[]
}

/** What a loop over the stages has come to. */
export interface StagesResult {
  /** null: it was interrupted */
  readonly end: PipelineEnd | null
  readonly lines: readonly ChainLine[]
  /** of the stages that were made now */
  readonly seconds: { readonly [S in StageName]?: number }
}

/** Milliseconds from one kept state to the next. */
const BETWEEN_STATES = 2000

/** Kernels and threads for the stages. */
export const enginesFor = async (options: BackendOptions): Promise<Engines> => {
  const threads = await threadsOf(options)
  return {
    how: options.kernels,
    languageParts: (config, env) =>
      languagePpo.threadedParts(config, env, { backend: options.kernels, threads }),
  }
}

const TITLES: { readonly [S in StageName]: string } = {
  corpus: 'corpus',
  sft: 'fine-tuning',
  samples: 'samples',
  comparisons: 'comparisons',
  reward: 'reward model',
  ppo: 'PPO',
  evaluation: 'evaluation',
}

/** What a person calls a stage. */
export const titleOf = (stage: StageName): string => TITLES[stage]

const SHOWN: ReadonlyArray<readonly [metric: string, name: string]> = [
  ['nats', 'nats'],
  ['objective/scores', 'score'],
  ['objective/kl', 'KL'],
  ['gold', 'gold'],
]

/** `score 1.23  KL 2.04`: the newest values that people look at. */
export const noteOf = (metrics: Readonly<Record<string, number | null>>): string => {
  const shown = SHOWN.flatMap(([metric, name]) => {
    const x = metrics[metric]
    return x === null || x === undefined ? [] : [`${name} ${x.toFixed(2)}`]
  })
  return shown.length === 0 && typeof metrics['loss'] === 'number'
    ? `loss ${metrics['loss'].toFixed(3)}`
    : shown.join('  ')
}

/** Shows the stages as they go. */
export const stageProgress = (screen: Console) => {
  let bar: Progress | null = null
  let note: Readonly<Record<string, number | null>> = {}
  const stop = (): void => {
    bar?.stop()
    bar = null
  }
  return {
    see: (event: PipelineEvent): void => {
      if (event.kind === 'stage') {
        stop()
        note = {}
        if (event.isKept) screen.say(`${titleOf(event.stage)}: reused`)
        else if (event.of > 1) bar = progress(screen, titleOf(event.stage), event.of, event.unit)
      } else if (event.kind === 'progress') bar?.update(event.done, () => noteOf(note))
      else if (isEnd(event.line)) stop()
      else note = { ...note, ...event.line.metrics }
    },
    stop,
  }
}

const write = (
  { lock }: StartedPipeline,
  journal: PipelineJournal,
  { line, bytes }: Extract<PipelineEvent, { readonly kind: 'line' }>,
): E.Either<Problem, void> =>
  fromFile(
    pipe(
      expectHeld(lock),
      E.flatMap(() => (isEnd(line) ? journal.finish(line, bytes!()) : journal.add(line))),
    ),
  )

/**
 * Runs the stages to their end, to an interrupt or to a failure, and keeps what there is.
 *
 * @returns Left with what went wrong, and where what was learned until then is
 */
export const stageLoop = async (
  run: StartedPipeline,
  engines: Engines,
  screen: Console,
): Promise<E.Either<Problem, StagesResult>> => {
  const { config, source, past, folder } = run
  const opened = fromFile(openPipelineJournal(folder, run.lines))
  if (E.isLeft(opened)) return opened
  const journal = opened.right
  const watch = watchProcess()
  const shown = stageProgress(screen)
  const pause = pauses()
  const lines: ChainLine[] = []
  const seconds: { [S in StageName]?: number } = {}
  let begun = performance.now()
  let kept = begun
  let state: (() => Uint8Array) | null = null
  let end: PipelineEnd | null = null
  let failure: Problem | null = null

  const keep = (): Problem | null => {
    const now = state
    state = null
    kept = performance.now()
    return now === null
      ? null
      : tried(() =>
          fromFile(
            pipe(
              expectHeld(run.lock),
              E.flatMap(() => journal.keep(now())),
            ),
          ),
        )
  }

  const stages = runPipeline(config, source, engines, past, nodeSha256)
  try {
    for (;;) {
      const { done, value } = await stages.next()
      if (done === true) {
        if (E.isLeft(value)) failure = value.left
        else end = value.right
        break
      }
      shown.see(value)
      if (value.kind === 'stage') begun = performance.now()
      if (value.kind === 'line') {
        failure = tried(() => write(run, journal, value))
        lines.push(value.line)
        if (isEnd(value.line)) {
          state = null
          if (!value.isKept) seconds[value.line.stage] = (performance.now() - begun) / 1000
        } else if (!value.isKept) state = value.bytes
      }
      if (failure === null && performance.now() - kept > BETWEEN_STATES) failure = keep()
      await pause()
      failure ??= watch.failure()
      if (watch.interrupted() || failure !== null) break
    }
  } catch (error) {
    failure = messageOf(error)
  }
  await stages.return(E.left('')).catch(() => undefined)
  failure ??= keep()
  const unclosed = tried(() => fromFile(journal.close()))
  shown.stop()
  watch.stop()
  failure ??= unclosed
  return failure === null
    ? E.right({ end, lines, seconds })
    : E.left(`${failure}; finished stages are in ${folder}`)
}
