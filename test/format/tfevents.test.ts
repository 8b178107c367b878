import { concatBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { firstEvent, scalarsEvent, stepsIn } from '../../src/format/tfevents.ts'

describe('the steps of an event file', () => {
  const bytes = concatBytes(
    firstEvent(7),
    scalarsEvent(8, 100, [['losses/entropy', 0.5]]),
    scalarsEvent(9, 30_000, [['losses/entropy', 0.25]]),
  )
  const inPieces = (size: number, of: Uint8Array = bytes) => {
    const pieces: Uint8Array[] = []
    for (let at = 0; at < of.length; at += size) pieces.push(of.subarray(at, at + size))
    return [...stepsIn(pieces)]
  }

  test.each([1, 7, 100, 100_000])('are read in pieces of %i bytes', (size) => {
    expect(inPieces(size).map(({ steps }) => steps)).toEqual([0, 100, 30_000])
    expect(inPieces(size).at(-1)!.end).toBe(bytes.length)
  })

  test('end where a record is not whole, or has another checksum', () => {
    const [, one] = inPieces(50)
    expect(inPieces(50, bytes.subarray(0, one!.end + 20))).toHaveLength(2)
    for (const at of [one!.end + 2, one!.end + 9, one!.end + 30, bytes.length - 1]) {
      const changed = bytes.slice()
      changed[at]! ^= 1
      expect(inPieces(50, changed)).toHaveLength(2)
    }
  })
})
