import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AnyLearner } from '../../algo/algorithm.ts'
import * as file from '../disk/file.ts'
import { learnerHash, sha256Hex } from '../hash.ts'
import type { WrittenFiles } from './journal.ts'
import { encodeJson, type ReplayRecord } from '../config.ts'
import { hashOf, pathIn } from './runFiles.ts'
import { encodeTrained, trainedTensors, wrongNumber } from '../policy/policySnapshot.ts'

type Result<A> = E.Either<file.FileError, A>

/** Left if a file has changed since the run wrote it. */
const expectHash = (path: string, got: string, expected: string): Result<unknown> =>
  got === expected
    ? E.right(undefined)
    : E.left({
        path,
        problem:
          'expected what this run wrote, found something else: it was changed during the run',
      })

/** The final state of a run. */
export interface End {
  readonly learner: AnyLearner
  readonly updates: number
  /** the last link of the hash chain */
  readonly link: string
  readonly written: WrittenFiles
  /** SHA-256 of config.json when the run started */
  readonly configHash: string
  /** SHA-256 of best.safetensors; null if the run has kept no best policy */
  readonly best: string | null
}

/** Writes parameters and replay record, which complete the folder, after verifying its other files. */
export const finishRun = (
  folder: string,
  { learner, updates, link, written, configHash, best }: End,
): Result<void> => {
  const params = encodeTrained(learner)
  const wrong = wrongNumber(trainedTensors(learner))
  return pipe(
    wrong === null
      ? E.right(undefined)
      : E.left({ path: pathIn(folder, 'params'), problem: wrong }),
    E.flatMap(() => file.replace(pathIn(folder, 'params'), params)),
    E.bindTo('params'),
    E.bind('config', () => hashOf(pathIn(folder, 'config'))),
    E.bind('metrics', () => hashOf(pathIn(folder, 'metrics'))),
    E.bind('chain', () => hashOf(pathIn(folder, 'chain'))),
    E.tap(({ config }) => expectHash(pathIn(folder, 'config'), config, configHash)),
    E.tap(({ metrics }) => expectHash(pathIn(folder, 'metrics'), metrics, written.metrics.sha256)),
    E.tap(({ chain }) => expectHash(pathIn(folder, 'chain'), chain, written.chain.sha256)),
    E.tap(() =>
      best === null
        ? E.right(undefined)
        : pipe(
            hashOf(pathIn(folder, 'best')),
            E.flatMap((got) => expectHash(pathIn(folder, 'best'), got, best)),
          ),
    ),
    E.map(({ config, metrics, chain }): ReplayRecord => ({
      format: 'proximal replay 2',
      files: {
        config,
        metrics,
        chain,
        params: sha256Hex(params),
        ...(best === null ? {} : { best }),
      },
      hash: learnerHash(learner),
      updates,
      link,
    })),
    E.flatMap((record) => file.replace(pathIn(folder, 'replay'), encodeJson(record))),
  )
}
