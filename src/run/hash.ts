import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'
import { MEASURED, type AnyLearner, type AnyMetrics } from '../algo/algorithm.ts'
import { EVALUATED } from '../algo/evaluated.ts'
import type { Normaliser } from '../algo/look.ts'
import type { Moments } from '../rl/moments.ts'
import { data, type Floats, type Tensor } from '../tensor/tensor.ts'
import { optimTensors } from './optimState.ts'

/** SHA-256 of bytes. */
export type Digest = (bytes: Uint8Array) => Uint8Array

/** That of any engine. */
export const portable: Digest = sha256

/** SHA-256, in lower-case hexadecimal. */
export const sha256Hex = (bytes: Uint8Array): string => bytesToHex(sha256(bytes))

/** The one NaN of each precision: quiet, positive, without a payload. */
const NAN_32 = 0x7fc00000
const NAN_64 = 0x7ff8000000000000n

const hasNaN = (x: Floats): boolean => {
  for (let i = 0; i < x.length; i++) if (x[i] !== x[i]) return true
  return false
}

/**
 * The bytes of numbers as they lie in memory, which is little-endian wherever JavaScript runs;
 * copied where there are NaNs, whose sign and payload engines leave to the processor.
 */
const floatBytes = (x: Floats): Uint8Array => {
  const bytes = new Uint8Array(x.buffer, x.byteOffset, x.byteLength)
  if (!hasNaN(x)) return bytes
  const copy = bytes.slice()
  const view = new DataView(copy.buffer)
  x.forEach((value, i) => {
    if (!Number.isNaN(value)) return
    if (x instanceof Float32Array) view.setUint32(4 * i, NAN_32, true)
    else view.setBigUint64(8 * i, NAN_64, true)
  })
  return copy
}

/** Numbers as f64, little-endian, with one bit pattern for every NaN. */
export const f64Bytes = (numbers: readonly number[]): Uint8Array =>
  floatBytes(Float64Array.from(numbers))

const vectorBytes = (t: Tensor): Uint8Array => floatBytes(data(t) as Floats)

const momentsBytes = (moments: Moments | undefined): readonly Uint8Array[] =>
  moments === undefined
    ? []
    : [f64Bytes([moments.count]), vectorBytes(moments.mean), vectorBytes(moments.m2)]

const normaliserBytes = (normaliser: Normaliser | null): readonly Uint8Array[] => [
  ...momentsBytes(normaliser?.observation ?? undefined),
  ...momentsBytes(normaliser?.reward?.moments),
  ...(normaliser?.reward ? [vectorBytes(normaliser.reward.returns)] : []),
]

const learnerBytes = ({ params, optim, adaptive, normaliser }: AnyLearner): Uint8Array =>
  concatBytes(
    vectorBytes(params.flat),
    // The norm of the last gradient decides nothing.
    ...optimTensors(optim.slice(1)).map(([, tensor]) => vectorBytes(tensor)),
    ...(adaptive === null ? [] : [f64Bytes([adaptive.learningRate, adaptive.beta])]),
    ...normaliserBytes(normaliser),
  )

const metricsBytes = (m: AnyMetrics): Uint8Array =>
  f64Bytes([
    m.update,
    m.steps,
    ...MEASURED.flatMap((name) => m[name] ?? []),
    ...m.episodes.flatMap((episode) => [episode.return, episode.length]),
  ])

const isSame = (x: Uint8Array, y: Uint8Array): boolean =>
  x.length === y.length && x.every((byte, i) => byte === y[i])

const evaluatedBytes = (m: AnyMetrics): Uint8Array =>
  f64Bytes(EVALUATED.flatMap((name) => m[name] ?? []))

/**
 * Whether two metrics are equal: in everything that a link of the chain depends on, and in the
 * evaluation that follows the update, on which no link depends.
 */
export const isSameMetrics = (a: AnyMetrics, b: AnyMetrics): boolean =>
  isSame(metricsBytes(a), metricsBytes(b)) && isSame(evaluatedBytes(a), evaluatedBytes(b))

/**
 * The hash of a learner, in 64 hexadecimal digits: of its parameters, the optimiser's state, and everything
 * else that it carries on.
 */
export const learnerHash = (learner: AnyLearner): string => sha256Hex(learnerBytes(learner))

/** The link before the first: the hash of the learner that a run starts with. */
export const firstLink = learnerHash

/**
 * One link of a run's chain: SHA-256 of the link before, the update's metrics and the learner after it. Equal
 * last links mean that the runs are equal at every update. Evaluations do not count: a run has the same chain
 * with and without them.
 *
 * @param digest a faster SHA-256, if there is one
 */
export const nextLink = (
  link: string,
  metrics: AnyMetrics,
  learner: AnyLearner,
  digest: Digest = portable,
): string =>
  bytesToHex(digest(concatBytes(hexToBytes(link), metricsBytes(metrics), learnerBytes(learner))))
