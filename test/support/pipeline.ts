import * as E from 'fp-ts/lib/Either.js'
import type { BackendName } from '../../src/kernel/backends.ts'
import { languagePpo } from '../../src/rlhf/languageAgent.ts'
import { sha256Hex } from '../../src/run/hash.ts'
import { nodeSha256 } from '../../src/run/nodeSha256.ts'
import { isEnd, type ChainLine } from '../../src/run/rlhf/lines.ts'
import { pipelineDefaults, type PipelineConfig } from '../../src/run/rlhf/pipelineConfig.ts'
import {
  noPastStages,
  runPipeline,
  type PastStages,
  type PipelineEnd,
} from '../../src/run/rlhf/runPipeline.ts'
import { createPipeline } from '../../src/run/rlhf/pipelineFolder.ts'
import { openPipelineJournal } from '../../src/run/rlhf/pipelineJournal.ts'
import { encodeTexts, likingShort, type PipelineSource } from '../../src/run/rlhf/source.ts'
import type { Engines } from '../../src/run/rlhf/stage.ts'
import { right } from './either.ts'
import { builtUrl } from './built.ts'

/** Texts of three letters, of which the shorter half is liked. */
export const tinyTexts = Array.from({ length: 60 }, (_, i) =>
  Array.from({ length: 1 + (i % 4) }, (_, j) => 'abc'[(i * (j + 2)) % 3]!).join(''),
)

const { texts } = likingShort('characters', tinyTexts)

export const tinySource: PipelineSource = { texts, comparisons: null, score: null }

/** Every stage, in a second. */
export const tinyConfig: PipelineConfig = {
  format: 'proximal rlhf 1',
  version: '0.1.0',
  seed: 3,
  corpus: {
    name: 'tiny',
    tokens: 'characters',
    sha256: sha256Hex(new TextEncoder().encode(encodeTexts(texts))),
    heldOut: 6,
  },
  model: { window: 3, embedding: 4, hidden: [8] },
  fineTune: { ...pipelineDefaults.fineTune, epochs: 3, batch: 32 },
  samples: { count: 60, longest: 5 },
  gold: { pairs: 20, noise: 1, length: 2, perToken: 0.5 },
  comparisons: null,
  score: null,
  reward: {
    model: { window: 3, embedding: 4, hidden: [8], scalar: 'sum' },
    fit: { ...pipelineDefaults.reward.fit, steps: 6, batch: 10 },
  },
  ppo: { ...pipelineDefaults.ppo, updates: 6, envs: 8, steps: 4 },
  evaluation: { count: 20 },
}

const worker = new URL(builtUrl('algo/thread/worker.js'))

export const enginesOn = (backend: BackendName, threads = 1): Engines => ({
  how: backend,
  languageParts: (config, env) =>
    languagePpo.threadedParts(config, env, { backend, threads, worker }),
})

/** A run of the stages as far as it got. */
export interface Ran {
  readonly lines: readonly ChainLine[]
  /** the file of the last state that was kept */
  readonly checkpoint: Uint8Array | null
  readonly files: ReadonlyMap<string, Uint8Array>
  /** null where it was stopped */
  readonly end: E.Either<string, PipelineEnd> | null
  readonly taken: readonly string[]
}

/** Runs the stages until there are so many lines. */
export const ran = async (
  config: PipelineConfig,
  source: PipelineSource,
  engines: Engines = enginesOn('wasm'),
  past: PastStages = noPastStages,
  most = Infinity,
): Promise<Ran> => {
  const lines: ChainLine[] = []
  const files = new Map<string, Uint8Array>()
  const taken: string[] = []
  let checkpoint: Uint8Array | null = null
  const run = runPipeline(config, source, engines, past, nodeSha256)
  try {
    for (;;) {
      const { done, value } = await run.next()
      if (done === true) return { lines, checkpoint, files, end: value, taken }
      if (value.kind === 'stage' && value.isKept) taken.push(value.stage)
      if (value.kind !== 'line') continue
      const { line, bytes } = value
      lines.push(line)
      if (isEnd(line)) files.set(line.stage, bytes!().slice())
      else if (bytes !== null) checkpoint = bytes().slice()
      if (lines.length >= most) return { lines, checkpoint, files, end: null, taken }
    }
  } finally {
    await run.return(E.left('stopped'))
  }
}

/** Writes a run into a folder, as the command line does. */
export const writeRun = (
  folder: string,
  config: PipelineConfig,
  source: PipelineSource,
  { lines, files, checkpoint }: Ran,
): void => {
  right(createPipeline(folder, config, source))
  const journal = right(openPipelineJournal(folder, []))
  for (const line of lines)
    right(isEnd(line) ? journal.finish(line, files.get(line.stage)!) : journal.add(line))
  if (checkpoint !== null) right(journal.keep(checkpoint))
  right(journal.close())
}
