import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { updatesOf } from '../algo/configFields.ts'
import { decodeCertificate } from './certificate.ts'
import { decodeReplayRecord, decodeRunConfig, FILES, verifyFile, type RunConfig } from './config.ts'
import { sha256Hex } from './hash.ts'
import { LINK_BYTES, linksIn, type Links } from './links.ts'
import type { ExpectedRun } from './verify.ts'

/** Files by their names, without folders: those of a run folder, or one certificate. */
export type GivenFiles = ReadonlyMap<string, Uint8Array>

const named = (name: string) => E.mapLeft((problem: string): string => `${name}: ${problem}`)

const bytesOf = (files: GivenFiles, name: string): E.Either<string, Uint8Array> => {
  const bytes = files.get(name)
  return bytes === undefined
    ? E.left(
        `${name}: expected this file of a run folder, got ${[...files.keys()].join(', ') || 'no files'}`,
      )
    : E.right(bytes)
}

const linesOf = (bytes: Uint8Array): readonly string[] => {
  const text = new TextDecoder().decode(bytes)
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

const withinConfig = (config: RunConfig, chain: Links): E.Either<string, void> =>
  chain.length - 1 <= updatesOf(config.settings)
    ? E.right(undefined)
    : E.left(
        `${FILES.chain}: expected at most ${updatesOf(config.settings)} updates, got ${chain.length - 1}`,
      )

/** The claim of a complete run folder; every file has the hash in replay.json. */
const claimOfFolder = (files: GivenFiles): E.Either<string, ExpectedRun> => {
  const verified = (name: string, hash: string): E.Either<string, Uint8Array> =>
    pipe(
      bytesOf(files, name),
      E.flatMap((bytes) => named(name)(verifyFile(bytes, hash))),
    )
  return pipe(
    bytesOf(files, FILES.replay),
    E.flatMap((bytes) => named(FILES.replay)(decodeReplayRecord(bytes))),
    E.bindTo('record'),
    E.bind('config', ({ record }) =>
      pipe(
        verified(FILES.config, record.files.config),
        E.flatMap((bytes) => named(FILES.config)(decodeRunConfig(bytes))),
      ),
    ),
    E.bind('metrics', ({ record }) => verified(FILES.metrics, record.files.metrics)),
    E.bind('params', ({ record }) => verified(FILES.params, record.files.params)),
    E.bind('chain', ({ record }): E.Either<string, readonly string[]> =>
      record.format === 'proximal replay 1'
        ? E.right(record.chain)
        : pipe(
            verified(FILES.chain, record.files.chain),
            E.filterOrElse(
              ({ length }) => length === (record.updates + 1) * LINK_BYTES,
              ({ length }) =>
                `${FILES.chain}: expected ${record.updates + 1} links of ${LINK_BYTES} bytes, got ${length} bytes`,
            ),
            E.map(linksIn),
          ),
    ),
    E.tap(({ config, chain }) => withinConfig(config, chain)),
    E.map(({ record, config, metrics, params, chain }) => ({
      config,
      hash: record.hash,
      chain,
      recorded: {
        lines: linesOf(metrics),
        params: sha256Hex(params),
        best: record.format === 'proximal replay 2' ? (record.files.best ?? null) : null,
      },
    })),
  )
}

/**
 * The claim that files make about a run, for `verifyWith`: one certificate under any name, or a complete run
 * folder.
 *
 * @returns Left with the first file that is missing, damaged or changed
 */
export const claimOfFiles = (files: GivenFiles): E.Either<string, ExpectedRun> => {
  const [first] = files
  if (files.size !== 1 || first === undefined) return claimOfFolder(files)
  return named(first[0])(decodeCertificate(first[1]))
}
