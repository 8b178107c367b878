import { concatBytes } from '@noble/hashes/utils.js'
import { crc32c } from '../math/crc.ts'
import * as proto from './protobuf/write.ts'

const word = (x: number): Uint8Array => {
  const out = new Uint8Array(4)
  new DataView(out.buffer).setUint32(0, x, true)
  return out
}

/**
 * The checksum of a record, turned by 15 bits and moved, so that a checksum of bytes that hold
 * checksums is none of them.
 */
const masked = (bytes: Uint8Array): Uint8Array => {
  const x = crc32c(bytes)
  return word(((x >>> 15) | (x << 17)) + 0xa282ead8)
}

/** TFRecord: length in 8 bytes, its masked CRC-32C, the data, its masked CRC-32C. */
const record = (event: Uint8Array): Uint8Array => {
  const length = concatBytes(word(event.length), word(0))
  return concatBytes(length, masked(length), event, masked(event))
}

/** An Event of event.proto: wall_time is field 1, step 2, file_version 3, summary 5. */
const event = (wallTime: number, ...fields: readonly Uint8Array[]): Uint8Array =>
  record(proto.message(proto.double(1, wallTime), ...fields))

/** A Summary.Value of summary.proto: tag is field 1, simple_value 2. */
const scalar = ([tag, x]: readonly [string, number]): Uint8Array =>
  proto.bytes(1, proto.message(proto.string(1, tag), proto.float(2, x)))

/**
 * The name of an event file that TensorBoard finds.
 *
 * @param wallTime the time of its first event, in seconds since 1970
 */
export const eventsFileName = (wallTime: number): string =>
  `events.out.tfevents.${Math.floor(wallTime)}.proximal`

/** What an event file begins with. */
export const firstEvent = (wallTime: number): Uint8Array =>
  event(wallTime, proto.string(3, 'brain.Event:2'))

/** An event at a step: named values, of which NaN, meaning no value, is left out. */
export const scalarsEvent = (
  wallTime: number,
  step: number,
  scalars: ReadonlyArray<readonly [tag: string, value: number]>,
): Uint8Array =>
  event(
    wallTime,
    proto.whole(2, step),
    proto.bytes(5, proto.message(...scalars.filter(([, x]) => !Number.isNaN(x)).map(scalar))),
  )

/** Maximum length of records that this program writes. */
const LONGEST = 1 << 20

const NUMBERS = 16

/** The step of an event as `event` writes it: after wall_time, field 2 or none. */
const stepOf = (data: Uint8Array): number => {
  if (data[9] !== 0x10) return 0
  let [step, scale] = [0, 1]
  for (let i = 10; i < data.length; i++) {
    step += (data[i]! & 0x7f) * scale
    scale *= 0x80
    if (data[i]! < 0x80) return step
  }
  return NaN
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.every((x, i) => x === b[i])

/**
 * The step of each event of a file, and where it ends, up to the first incomplete or damaged record.
 *
 * @param pieces of its bytes; a piece may be overwritten once the next one is asked for
 */
export function* stepsIn(
  pieces: Iterable<Uint8Array>,
): Generator<{ readonly steps: number; readonly end: number }, void, undefined> {
  let rest = new Uint8Array(0)
  let start = 0
  for (const piece of pieces) {
    const bytes = concatBytes(rest, piece)
    let at = 0
    while (bytes.length - at >= NUMBERS) {
      const length = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0, true)
      const head = bytes.subarray(at, at + 8)
      if (length > LONGEST || !isSame(masked(head), bytes.subarray(at + 8, at + 12))) return
      const end = at + NUMBERS + length
      if (end > bytes.length) break
      const data = bytes.subarray(at + 12, end - 4)
      if (!isSame(masked(data), bytes.subarray(end - 4, end))) return
      yield { steps: stepOf(data), end: start + end }
      at = end
    }
    rest = bytes.slice(at)
    start += at
  }
}
