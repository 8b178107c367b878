import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { codec, fields, number, oneOf, type TypeOf } from '../algo/codec.ts'
import { describeMistakes } from '../algo/mistake.ts'
import { parseStrict } from '../format/strictJson.ts'
import { hash } from '../run/config.ts'
import { shown } from '../tensor/shown.ts'
import { hashOfBytes } from './blob.ts'
import { differenceOf, type Identity } from './identity.ts'
import { KINDS, PROTOCOL, type NamedShard } from './shard.ts'

/** Headers are shorter than this many bytes. */
const LARGEST_HEADER = 2048
const LENGTH_BYTES = 4

/** A name that a stranger may have chosen: of a worker, or of a version. */
export const workerName = codec(
  'up to 200 printable characters of ASCII',
  (u): u is string => typeof u === 'string' && /^[\x21-\x7e]{1,200}$/.test(u),
)

const count = number({ from: 0, whole: true })

const header = fields({
  protocol: number({ from: 0, whole: true }),
  version: workerName,
  probe: hash,
  worker: workerName,
  kind: oneOf(...KINDS),
  run: hash,
  iteration: count,
  index: count,
  spec: hash,
  params: hash,
  states: hash,
  length: count,
  sha256: hash,
})

type Header = TypeOf<typeof header>

/** A result as Redis keeps it: whose it is, and its bytes. */
export interface Envelope {
  readonly worker: string
  /** of the payload, which is a pure function of the shard */
  readonly sha256: string
  readonly payload: Uint8Array
}

/** Bytes that an envelope adds to its payload, at most. */
export const ENVELOPE_BYTES = LENGTH_BYTES + LARGEST_HEADER

/** The length of a header, the header as JSON, and the payload. */
export const sealEnvelope = (
  { kind, run, iteration, index, spec, params, states }: NamedShard,
  { version, probe }: Identity,
  worker: string,
  payload: Uint8Array,
): Uint8Array => {
  const record: Header = {
    protocol: PROTOCOL,
    version,
    probe,
    worker,
    kind,
    run,
    iteration,
    index,
    spec,
    params,
    states,
    length: payload.length,
    sha256: hashOfBytes(payload),
  }
  const text = new TextEncoder().encode(JSON.stringify(record))
  const out = new Uint8Array(LENGTH_BYTES + text.length + payload.length)
  new DataView(out.buffer).setUint32(0, text.length, true)
  out.set(text, LENGTH_BYTES)
  out.set(payload, LENGTH_BYTES + text.length)
  return out
}

const NAMES = ['kind', 'run', 'iteration', 'index', 'spec', 'params', 'states'] as const

/** The header and payload of an envelope, whosever it is. */
const split = (bytes: Uint8Array): E.Either<string, readonly [Header, Uint8Array]> => {
  if (bytes.length < LENGTH_BYTES)
    return E.left(`result: expected at least ${LENGTH_BYTES} bytes, got ${bytes.length}`)
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0, true)
  const from = LENGTH_BYTES + length
  if (length > LARGEST_HEADER || from > bytes.length)
    return E.left(
      `result: expected a header of at most ${LARGEST_HEADER} bytes inside it, got ${length}`,
    )
  const text = new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, from))
  return pipe(
    parseStrict(text, 1),
    E.flatMap((json) => pipe(header.decode(json), E.mapLeft(describeMistakes))),
    E.mapLeft((problem) => `result: header: ${problem}`),
    E.map((head) => [head, bytes.subarray(from)] as const),
  )
}

/**
 * Opens a result that anyone may have written.
 *
 * @returns Left unless the header names this shard, version and fingerprint, and the payload has the
 * length and the hash that the header says
 */
export const openEnvelope = (
  bytes: Uint8Array,
  shard: NamedShard,
  own: Identity,
): E.Either<string, Envelope> =>
  pipe(
    split(bytes),
    E.flatMap(([head, payload]): E.Either<string, Envelope> => {
      const { worker } = head
      const wrong = (problem: string) => E.left(`result of ${worker}: ${problem}`)
      if (head.protocol !== PROTOCOL)
        return wrong(`protocol: expected ${PROTOCOL}, got ${head.protocol}`)
      const difference = differenceOf(own, head)
      if (difference !== null) return wrong(difference)
      const other = NAMES.find((name) => head[name] !== shard[name])
      if (other !== undefined)
        return wrong(`${other}: expected ${shown(shard[other])}, got ${shown(head[other])}`)
      if (head.length !== payload.length)
        return wrong(`expected ${head.length} bytes, got ${payload.length}`)
      const sha256 = hashOfBytes(payload)
      return sha256 === head.sha256
        ? E.right({ worker, sha256, payload })
        : wrong(`expected SHA-256 ${head.sha256}, got ${sha256}`)
    }),
  )
