import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AnyState } from '../../algo/algorithm.ts'
import {
  configHash,
  encodeCheckpoint,
  openCheckpoint,
  type StoredCheckpoint,
} from '../checkpoint.ts'
import * as file from '../disk/file.ts'
import { sha256Hex } from '../hash.ts'
import type { WrittenFiles } from './journal.ts'
import { nodeSha256 } from '../nodeSha256.ts'
import { CHECKPOINTS, FILES, type RunConfig } from '../config.ts'

type Result<A> = E.Either<file.FileError, A>

/** The newest and the previous two. */
const KEPT = 3

const NAME = /^\d{8,}\.safetensors$/

const folderOf = (run: string): string => file.join(run, CHECKPOINTS)

const nameOf = (update: number): string => `${String(update).padStart(8, '0')}.safetensors`

/** The path of the checkpoint after an update. */
export const pathOfCheckpoint = (run: string, update: number): string =>
  file.join(folderOf(run), nameOf(update))

/** The files of a run's checkpoints, the newest first. */
const names = (run: string): Result<readonly string[]> =>
  pipe(
    file.isRealFolder(folderOf(run)),
    E.flatMap((isThere) => (isThere ? file.list(folderOf(run)) : E.right([]))),
    E.map((found) =>
      found.filter((name) => NAME.test(name)).toSorted((a, b) => parseInt(b) - parseInt(a)),
    ),
  )

/** Bytes at the start of a checkpoint that contain its format. */
const HEAD = 16_384

/** Whether a file starts like a checkpoint of this program. */
const isOurs = (path: string): boolean =>
  pipe(
    file.readHead(path, HEAD),
    E.exists((bytes) => /"format":"proximal checkpoint \d+"/.test(new TextDecoder().decode(bytes))),
  )

/** Removes checkpoints, but no other files with such names. */
const removeAll = (run: string, all: readonly string[]): Result<void> =>
  pipe(
    all.map((name) => file.join(folderOf(run), name)).filter(isOurs),
    E.traverseArray(file.drop),
    E.map(() => undefined),
  )

/** Renames a file that is in the way of a new checkpoint, unless it is a checkpoint of ours. */
const makeWay = (path: string): Result<void> => {
  if (!file.exists(path) || isOurs(path)) return E.right(undefined)
  for (let i = 1; ; i++) {
    const aside = `${path}.aside${i}`
    if (!file.exists(aside)) return file.rename(path, aside)
  }
}

const beyondKept = (all: readonly string[], update: number): readonly string[] =>
  all.filter((name) => parseInt(name) <= update).slice(KEPT)

/** Removes what a killed process left behind while it wrote the checkpoint after `update`. */
export const tidyCheckpoints = (run: string, update: number): Result<void> =>
  pipe(
    file.isRealFolder(folderOf(run)),
    E.flatMap((isThere) => (isThere ? file.sweep(folderOf(run)) : E.right(undefined))),
    E.flatMap(() => names(run)),
    E.flatMap((all) => removeAll(run, beyondKept(all, update))),
  )

/** SHA-256 of the earlier configs of a forked run. */
const pastHash = ({ past }: RunConfig): string =>
  sha256Hex(
    new TextEncoder().encode(
      JSON.stringify(past.map(({ until, settings }) => [until, configHash(settings)])),
    ),
  )

/** The settings of evaluations as an entry of `about`; none for a run without. */
const evaluationText = ({ evaluation }: RunConfig): { readonly evaluation?: string } =>
  evaluation === undefined ? {} : { evaluation: JSON.stringify(evaluation) }

/**
 * Writes a checkpoint, after the files that it refers to. Once this returns, the run can resume from it
 * even if the process or the machine crashes. Keeps the previous two checkpoints, and removes later
 * ones, which were skipped.
 */
export const saveCheckpoint = (
  run: string,
  config: RunConfig,
  state: AnyState<unknown>,
  link: string | null,
  { metrics, chain }: WrittenFiles,
): Result<void> => {
  const path = pathOfCheckpoint(run, state.update)
  const about = {
    env: config.env,
    ...(config.module === undefined ? {} : { module: config.module.sha256 }),
    seed: String(config.seed),
    past: pastHash(config),
    ...evaluationText(config),
    metricsBytes: String(metrics.bytes),
    metricsHash: metrics.sha256,
    chainHash: chain.sha256,
  }
  return pipe(
    encodeCheckpoint(
      { algorithm: config.algorithm, config: config.settings, state, link, about },
      nodeSha256,
    ),
    E.mapLeft((problem): file.FileError => ({ path, problem })),
    E.tap(() => file.sync(file.join(run, FILES.metrics))),
    E.tap(() => file.sync(file.join(run, FILES.chain))),
    E.tap(() =>
      pipe(
        file.isRealFolder(folderOf(run)),
        E.flatMap((isThere) => (isThere ? E.right(undefined) : file.createFolder(folderOf(run)))),
      ),
    ),
    E.tap(() => makeWay(path)),
    E.flatMap((content) => file.replace(path, content)),
    E.flatMap(() => names(run)),
    E.flatMap((all) =>
      removeAll(run, [
        ...all.filter((name) => parseInt(name) > state.update),
        ...beyondKept(all, state.update),
      ]),
    ),
  )
}

/** The checkpoint that a run continues from, and those that were skipped. */
export interface Found {
  /** null: the run starts from the beginning */
  readonly checkpoint: StoredCheckpoint | null
  readonly damaged: readonly file.FileError[]
}

/** The newest whole checkpoint of at most `most` updates. */
export const newestCheckpoint = (run: string, most = Infinity): Result<Found> =>
  pipe(
    names(run),
    E.map((all) => {
      const damaged: file.FileError[] = []
      for (const name of all) {
        if (parseInt(name) > most) continue
        const path = file.join(folderOf(run), name)
        const opened = pipe(
          file.readBytes(path),
          E.flatMap((bytes) =>
            pipe(
              openCheckpoint(bytes, nodeSha256),
              E.mapLeft((problem): file.FileError => ({ path, problem })),
            ),
          ),
        )
        if (E.isRight(opened)) return { checkpoint: opened.right, damaged }
        damaged.push(opened.left)
      }
      return { checkpoint: null, damaged }
    }),
  )

/** Left unless a checkpoint is one of the run with that config. */
export const expectRun = (
  run: string,
  runConfig: RunConfig,
  { algorithm, config, about }: StoredCheckpoint,
): Result<void> =>
  about['env'] === runConfig.env &&
  about['module'] === runConfig.module?.sha256 &&
  about['seed'] === String(runConfig.seed) &&
  about['evaluation'] === evaluationText(runConfig).evaluation &&
  (about['past'] ?? pastHash(runConfig)) === pastHash(runConfig) &&
  algorithm === runConfig.algorithm &&
  configHash(config) === configHash(runConfig.settings)
    ? E.right(undefined)
    : E.left({
        path: file.join(run, FILES.config),
        problem:
          'expected the config that its checkpoints were written with, got another: restore the original',
      })
