import * as E from 'fp-ts/lib/Either.js'
import { zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { decodeNpz, encodeNpz } from '../../src/format/npz.ts'
import { zipEntries } from '../../src/format/zipEntries.ts'
import * as tensor from '../../src/tensor/index.ts'

const archive = (): Uint8Array =>
  zipSync(
    { 'a.npy': Uint8Array.of(1, 2, 3, 4), 'b.npy': Uint8Array.of(5, 6) },
    { level: 0, mtime: new Date(1980, 0, 1, 12) },
  )

const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50

/** Where each header of that kind begins. */
const headers = (bytes: Uint8Array, kind: number): readonly number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.length - 4 }, (_, i) => i).filter(
    (i) => view.getUint32(i, true) === kind,
  )
}

/** The archive with numbers of 16 or 32 bits written into it. */
const edited = (...edits: ReadonlyArray<readonly [at: number, x: number, bits: 16 | 32]>) => {
  const bytes = archive().slice()
  const view = new DataView(bytes.buffer)
  for (const [at, x, bits] of edits)
    if (bits === 16) view.setUint16(at, x, true)
    else view.setUint32(at, x, true)
  return bytes
}

const problemOf = (bytes: Uint8Array): string => {
  const found = zipEntries(bytes)
  return E.isLeft(found) ? found.left : `${found.right.length} files`
}

const [localA, localB] = headers(archive(), LOCAL) as [number, number]
const [centralA, centralB] = headers(archive(), CENTRAL) as [number, number]
/** As many bytes as reach from the data of a to the end of b. */
const reaching = centralA - (localA + 30 + 5)

describe('a zip archive', () => {
  test('is read where each file has its own bytes', () => {
    expect(problemOf(archive())).toBe('2 files')
  })

  test.each([
    [
      'a file that reaches into the next one',
      edited(
        [localA + 18, reaching, 32],
        [localA + 22, reaching, 32],
        [centralA + 20, reaching, 32],
        [centralA + 24, reaching, 32],
      ),
      'b.npy: expected separate bytes, got some of a.npy: files overlap',
    ],
    [
      'a file that reaches into the directory',
      edited(
        [localB + 18, 3, 32],
        [localB + 22, 3, 32],
        [centralB + 20, 3, 32],
        [centralB + 24, 3, 32],
      ),
      'b.npy: expected 3 separate bytes inside the archive',
    ],
    [
      'two names for the same bytes',
      edited([centralB + 42, localA, 32]),
      'b.npy: expected its header to agree with the directory, got something else',
    ],
    [
      'a size that the header beside the file does not have',
      edited([localA + 18, 2, 32]),
      'a.npy: expected its header to agree with the directory, got something else',
    ],
    [
      'a checksum that the header beside the file does not have',
      edited([localA + 14, 7, 32]),
      'a.npy: expected its header to agree with the directory, got something else',
    ],
    [
      'a compression that the header beside the file does not have',
      edited([localA + 8, 8, 16]),
      'a.npy: expected its header to agree with the directory, got something else',
    ],
    [
      'stored bytes that come to more than are stored',
      edited([localA + 22, 9, 32], [centralA + 24, 9, 32]),
      'a.npy: expected 4 stored bytes, got 9',
    ],
    [
      'a directory whose names reach beyond its end',
      edited([centralB + 28, 999, 16]),
      'expected 2 files, got 1',
    ],
  ])('is refused with %s', (_, bytes, problem) => {
    expect(problemOf(bytes)).toBe(problem)
    expect(decodeNpz(bytes)).toEqual(E.left(problem))
  })

  test('names a file in printable characters only', () => {
    const one = tensor.of(['n'], [1], Float32Array.of(1))
    const bytes = encodeNpz([['\u001b[2J\u202e', one]])
    const at = headers(bytes, LOCAL)[0]!
    bytes[at + 14]! ^= 1
    expect(problemOf(bytes)).toMatch(/^\\u001b\[2J\\u202e\.npy: expected its header/)
  })
})
