import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AlgorithmName, AnyMetrics } from '../../algo/algorithm.ts'
import type { StoredCheckpoint } from '../checkpoint.ts'
import { attempt, orThrow } from '../disk/disk.ts'
import * as file from '../disk/file.ts'
import { noPast, type Grown, type Past, type WrittenFiles, type Written } from './journal.ts'
import { linkBytes, linksFrom, LINK_BYTES, type Links } from '../links.ts'
import { runningSha256 } from '../nodeSha256.ts'
import { pathIn } from './runFiles.ts'
import { readMetricsFile } from './metricsFile.ts'

type Result<A> = E.Either<file.FileError, A>

const grownOf = (path: string, bytes: number): Result<Grown> =>
  attempt(path, () => {
    const sha256 = runningSha256()
    for (const piece of file.chunks(path, 0, bytes)) sha256.add(piece)
    return { bytes, sha256 }
  })

const LINE_FEED = 10

/** Counts the lines of a file, up to `most`, and the bytes that they take. */
const linesIn = (path: string, most = Infinity): Result<{ lines: number; bytes: number }> =>
  attempt(path, () => {
    let [lines, bytes, start] = [0, 0, 0]
    for (const piece of file.chunks(path)) {
      let at = piece.indexOf(LINE_FEED)
      while (at >= 0 && lines < most) {
        lines += 1
        bytes = start + at + 1
        at = piece.indexOf(LINE_FEED, at + 1)
      }
      if (lines === most) break
      start += piece.length
    }
    return { lines, bytes }
  })

const tooFew = (path: string, update: number, lines: number): file.FileError => ({
  path,
  problem: `expected the lines of ${update} updates, got ${lines}`,
})

/** The part of metrics.jsonl that precedes a checkpoint; Left if its hash has changed since. */
export const expectMetrics = (
  run: string,
  { update, about: { metricsBytes = '', metricsHash } }: StoredCheckpoint,
): Result<Grown> => {
  const path = pathIn(run, 'metrics')
  const others: file.FileError = {
    path,
    problem: 'expected the lines written before its checkpoint, got others',
  }
  if (!/^\d{1,15}$/.test(metricsBytes)) return E.left(others)
  return pipe(
    file.sizeOf(path),
    E.flatMap((size) =>
      size >= Number(metricsBytes)
        ? grownOf(path, Number(metricsBytes))
        : pipe(
            linesIn(path),
            E.flatMap(({ lines }) => E.left(lines < update ? tooFew(path, update, lines) : others)),
          ),
    ),
    E.filterOrElse(
      ({ sha256 }) => sha256.hex() === metricsHash,
      () => others,
    ),
  )
}

const chainUntil = (
  run: string,
  { update, link, chain, about: { chainHash } }: StoredCheckpoint,
): Result<Grown> => {
  const path = pathIn(run, 'chain')
  const bytes = (update + 1) * LINK_BYTES
  // An earlier version kept the whole chain in the checkpoint, and no file of it.
  if (chain !== null) {
    const sha256 = runningSha256()
    sha256.add(linkBytes(chain))
    return E.right({ bytes, sha256 })
  }
  return pipe(
    file.sizeOf(path),
    E.flatMap((size): Result<Grown> =>
      size >= bytes
        ? grownOf(path, bytes)
        : E.left({
            path,
            problem: `expected the links of ${update} updates, got those of ${Math.floor(size / LINK_BYTES) - 1}`,
          }),
    ),
    E.filterOrElse(
      ({ sha256 }) => sha256.hex() === chainHash && linksOf(run, update + 1).at(update) === link,
      (): file.FileError => ({
        path,
        problem: 'expected the links written before its checkpoint, got others',
      }),
    ),
  )
}

/** The parts of the growing files that precede a checkpoint; Left if their hashes have changed since. */
export const expectPast = (run: string, checkpoint: StoredCheckpoint | null): Result<Past> =>
  checkpoint === null
    ? E.right(noPast())
    : pipe(
        E.Do,
        E.bind('metrics', () => expectMetrics(run, checkpoint)),
        E.bind('chain', () => chainUntil(run, checkpoint)),
      )

/** The first `length` links of the file `chain`, read on demand. */
export const linksOf = (run: string, length: number): Links =>
  linksFrom(length, (from, to) => file.chunks(pathIn(run, 'chain'), from, to))

/**
 * The first `length` links of a run: from the file `chain`, or from its newest checkpoint, where an
 * earlier version stored them. Left if there are fewer.
 */
export const recordedLinks = (
  run: string,
  length: number,
  newest: StoredCheckpoint | null,
): Result<Links> => {
  const path = pathIn(run, 'chain')
  return pipe(
    file.exists(path) || newest?.chain === undefined || newest.chain === null
      ? pipe(
          file.sizeOf(path),
          E.map((size) => linksOf(run, Math.min(length, Math.floor(size / LINK_BYTES)))),
        )
      : E.right<file.FileError, Links>(newest.chain.slice(0, length)),
    E.filterOrElse(
      (links) => links.length === length,
      (links): file.FileError => ({
        path,
        problem: `expected the links of ${length - 1} updates, got those of ${links.length - 1}: continue with proximal train --resume, which writes them`,
      }),
    ),
  )
}

/** Writes chunks to an empty file, and returns its length and hash. */
const grow = (path: string, pieces: Iterable<Uint8Array>): Result<Written> =>
  attempt(path, () => {
    const appender = orThrow(file.openToAppend(path))
    const sha256 = runningSha256()
    let bytes = 0
    try {
      for (const piece of pieces) {
        orThrow(appender.write(piece))
        sha256.add(piece)
        bytes += piece.length
      }
    } finally {
      appender.close()
    }
    return { bytes, sha256: sha256.hex() }
  })

/** Write links in batches of this many. */
const BLOCK = 2048

function* blocksOf(links: Links): Generator<Uint8Array, void, undefined> {
  for (let first = 0; first < links.length; first += BLOCK)
    yield linkBytes(
      Array.from({ length: Math.min(BLOCK, links.length - first) }, (_, i) => links.at(first + i)!),
    )
}

/** Copies the first `bytes` bytes of metrics.jsonl, and the links, to a new run. */
export const copyPast = (
  run: string,
  out: string,
  bytes: number,
  links: Links,
): Result<WrittenFiles> =>
  pipe(
    E.Do,
    E.bind('metrics', () =>
      grow(pathIn(out, 'metrics'), file.chunks(pathIn(run, 'metrics'), 0, bytes)),
    ),
    E.bind('chain', () => grow(pathIn(out, 'chain'), blocksOf(links))),
  )

/** Bytes of metrics.jsonl up to and including `update`; Left unless its lines are updates 1 … update. */
export const lengthUntil = (
  run: string,
  algorithm: AlgorithmName,
  update: number,
): Result<number> => {
  const path = pathIn(run, 'metrics')
  return pipe(
    linesIn(path, update),
    E.filterOrElse(
      ({ lines }) => lines >= update,
      ({ lines }) => tooFew(path, update, lines),
    ),
    E.flatMap(({ bytes }) =>
      attempt(path, () => {
        let last = 0
        for (const { update } of readMetricsFile(path, bytes, algorithm)) last = update
        return { bytes, last }
      }),
    ),
    E.filterOrElse(
      ({ last }) => last === update,
      ({ last }): file.FileError => ({
        path,
        problem: `expected updates 1 to ${update}, got ${last} as the last`,
      }),
    ),
    E.map(({ bytes }) => bytes),
  )
}

/** Calls `see` with the metrics of each past update, in order. */
export const eachMetrics = (
  run: string,
  algorithm: AlgorithmName,
  { metrics: { bytes } }: Past,
  see: (metrics: AnyMetrics) => void,
): Result<void> => {
  const path = pathIn(run, 'metrics')
  return attempt(path, () => {
    for (const metrics of readMetricsFile(path, bytes, algorithm)) see(metrics)
  })
}
