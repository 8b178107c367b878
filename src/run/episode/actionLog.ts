import { sha256 } from '@noble/hashes/sha2.js'
import * as E from 'fp-ts/lib/Either.js'
import type { Bound } from '../../env/reader.ts'
import type { Key } from '../../random/key.ts'
import type { ReadonlyNumbers } from '../../tensor/tensor.ts'
import { MOST_CHOICES, packedLength, packedProblem, type Column } from './packed.ts'

/** A recorded episode: its key, its actions, its return and its length. */
export interface LoggedEpisode {
  /** the key that its environment started with; step t drew from foldIn of its second half and t */
  readonly key: Key
  /** the policy's numbers, as `pack` lays them: read step t with `unpackStep` */
  readonly actions: ReadonlyNumbers
  /** the sum of its rewards */
  readonly return: number
  /** its steps */
  readonly length: number
}

/**
 * Episodes of an environment as keys and actions. These suffice to replay them, because environments are pure
 * functions of the two.
 */
export interface ActionLog {
  readonly env: string
  /** what happens to actions beyond the bounds of a box */
  readonly bound: Bound
  readonly columns: readonly Column[]
  readonly episodes: readonly LoggedEpisode[]
}

/**
 * Why bytes are not a log: `format` not our format, `version` a later version, `damaged`, or
 * `content`.
 */
export interface ActionLogError {
  readonly kind: 'format' | 'version' | 'damaged' | 'content'
  readonly problem: string
}

const MAGIC = new TextEncoder().encode('PROXACT')
const VERSION = 1
const BOUNDS: readonly Bound[] = ['none', 'clip', 'squash']
const HASH = 32
const START = MAGIC.length + 1
const COLUMN = 5
const EPISODE = 20

const wordProblem = (x: number): boolean => Number.isInteger(x) && x >= 0 && x < MOST_CHOICES

const episodeProblem = (
  columns: readonly Column[],
  { key, actions, return: sum, length }: LoggedEpisode,
): string | null => {
  if (!key.words.every(wordProblem)) return 'key: expected two words of 32 bits'
  if (!Number.isFinite(sum)) return `return: expected a finite number, got ${sum}`
  if (!(wordProblem(length) && length >= 1))
    return `length: expected a whole number from 1 to 2^32 - 1, got ${length}`
  const problem = packedProblem(columns, actions, length)
  return problem === null ? null : `actions: ${problem}`
}

const columnProblem = (column: Column): string | null =>
  typeof column !== 'number' || (Number.isInteger(column) && column >= 1 && column <= MOST_CHOICES)
    ? null
    : `expected 1 to 2^32 choices, got ${column}`

/** What of a log cannot be written, and could not be in a file either; null where all is well. */
const logProblem = ({ env, columns, episodes }: ActionLog): string | null => {
  if (env === '') return 'env: expected a name, got ""'
  if (columns.length === 0) return 'columns: expected at least one, got none'
  for (let j = 0; j < columns.length; j++) {
    const problem = columnProblem(columns[j]!)
    if (problem !== null) return `columns[${j}]: ${problem}`
  }
  for (let i = 0; i < episodes.length; i++) {
    const problem = episodeProblem(columns, episodes[i]!)
    if (problem !== null) return `episodes[${i}]: ${problem}`
  }
  return null
}

const decodeName = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/**
 * A log as bytes, little-endian: `PROXACT`, the version (1), the name's length (u16) and UTF-8, the
 * bound (0 none, 1 clip, 2 squash), the number of columns (u16) and of each its kind (0 whole,
 * 1 f32, 2 f64) and its choices − 1 (u32; 0 for floats), the number of episodes (u32) and of each its key
 * (two u32), return (f64), length (u32) and packed actions; at the end SHA-256 of all before.
 *
 * A step of two choices is a bit: 10,000 of them make a file of 1.3 kB.
 *
 * @throws RangeError for a log that no file decodes to
 */
export const encodeActionLog = (log: ActionLog): Uint8Array => {
  const { env, bound, columns, episodes } = log
  const name = new TextEncoder().encode(env)
  const problem =
    decodeName(name) !== env || name.length > 0xffff
      ? 'env: expected well-formed text of at most 65,535 bytes'
      : columns.length > 0xffff
        ? `columns: expected at most 65,535, got ${columns.length}`
        : logProblem(log)
  if (problem !== null) throw new RangeError(problem)

  const packed = episodes.reduce((sum, { actions }) => sum + EPISODE + actions.length, 0)
  const size = START + 2 + name.length + 1 + 2 + columns.length * COLUMN + 4 + packed
  const out = new Uint8Array(size + HASH)
  const view = new DataView(out.buffer)
  out.set(MAGIC)
  out[MAGIC.length] = VERSION
  view.setUint16(START, name.length, true)
  out.set(name, START + 2)
  let at = START + 2 + name.length
  view.setUint8(at, BOUNDS.indexOf(bound))
  view.setUint16(at + 1, columns.length, true)
  at += 3
  for (const column of columns) {
    view.setUint8(at, column === 'f32' ? 1 : column === 'f64' ? 2 : 0)
    view.setUint32(at + 1, typeof column === 'number' ? column - 1 : 0, true)
    at += COLUMN
  }
  view.setUint32(at, episodes.length, true)
  at += 4
  for (const { key, actions, return: sum, length } of episodes) {
    view.setUint32(at, key.words[0], true)
    view.setUint32(at + 4, key.words[1], true)
    view.setFloat64(at + 8, sum, true)
    view.setUint32(at + 16, length, true)
    at += EPISODE
    for (let i = 0; i < actions.length; i++) out[at + i] = actions[i]!
    at += actions.length
  }
  out.set(sha256(out.subarray(0, size)), size)
  return out
}

const left = (kind: ActionLogError['kind'], problem: string): E.Either<ActionLogError, never> =>
  E.left({ kind, problem })

const columnAt = (kind: number, choices: number): Column | null => {
  if (kind === 0) return choices + 1
  if (choices !== 0) return null
  return kind === 1 ? 'f32' : kind === 2 ? 'f64' : null
}

/** What stands between the version and the hash. */
const decodeContent = (bytes: Uint8Array, end: number): E.Either<ActionLogError, ActionLog> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const short = (what: string) =>
    left('content', `${what}: expected all of it, but the file ends earlier`)
  let at = START + 2
  if (at > end) return short('env')
  const nameLength = view.getUint16(START, true)
  if (at + nameLength + 3 > end) return short('env')
  const env = decodeName(bytes.subarray(at, at + nameLength))
  if (env === null) return left('content', 'env: expected UTF-8, got invalid bytes')
  at += nameLength
  const bound = BOUNDS[view.getUint8(at)]
  if (bound === undefined)
    return left('content', `bound: expected 0, 1 or 2, got ${view.getUint8(at)}`)
  const width = view.getUint16(at + 1, true)
  at += 3
  if (at + width * COLUMN + 4 > end) return short('columns')
  const columns: Column[] = []
  for (let j = 0; j < width; j++, at += COLUMN) {
    const column = columnAt(view.getUint8(at), view.getUint32(at + 1, true))
    if (column === null) return left('content', `columns[${j}]: expected a column, got none`)
    columns.push(column)
  }
  if (width === 0) return left('content', 'columns: expected at least one, got none')
  const count = view.getUint32(at, true)
  at += 4
  const episodes: LoggedEpisode[] = []
  for (let i = 0; i < count; i++) {
    if (at + EPISODE > end) return short(`episodes[${i}]`)
    const length = view.getUint32(at + 16, true)
    const packed = packedLength(columns, length)
    if (at + EPISODE + packed > end) return short(`episodes[${i}]`)
    episodes.push({
      key: { words: [view.getUint32(at, true), view.getUint32(at + 4, true)] },
      actions: bytes.slice(at + EPISODE, at + EPISODE + packed),
      return: view.getFloat64(at + 8, true),
      length,
    })
    at += EPISODE + packed
  }
  if (at !== end) return left('content', `expected ${at + HASH} bytes, got ${end + HASH}`)
  const log = { env, bound, columns, episodes }
  const problem = logProblem(log)
  return problem === null ? E.right(log) : left('content', problem)
}

/** Whether a file begins as logs do, whatever follows. */
export const isActionLog = (bytes: Uint8Array): boolean =>
  MAGIC.every((byte, i) => bytes[i] === byte)

/**
 * Decodes a log. Every length is checked before anything is allocated, and the actions take as much memory as
 * in the file.
 */
export const decodeActionLog = (bytes: Uint8Array): E.Either<ActionLogError, ActionLog> => {
  if (!isActionLog(bytes)) return left('format', 'expected an action log, got another kind of file')
  const version = bytes[MAGIC.length]
  if (version !== undefined && version !== VERSION)
    return left('version', `expected version ${VERSION} of action logs, got ${version}`)
  const end = bytes.length - HASH
  if (end < START)
    return left('damaged', `expected at least ${START + HASH} bytes, got ${bytes.length}`)
  const hash = sha256(bytes.subarray(0, end))
  return hash.every((byte, i) => byte === bytes[end + i])
    ? decodeContent(bytes, end)
    : left(
        'damaged',
        'expected a matching SHA-256 at its end, got another: it was changed or cut off',
      )
}
