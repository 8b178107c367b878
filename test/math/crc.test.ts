import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { crc32, crc32c } from '../../src/math/crc.ts'

const nine = new TextEncoder().encode('123456789')

/** A bit at a time, as the polynomial division is defined. */
const bitwise = (polynomial: number, bytes: Uint8Array): number => {
  let x = 0xffffffff
  for (const byte of bytes)
    for (let i = 0; i < 8; i++) x = ((x ^ (byte >> i)) & 1 ? polynomial : 0) ^ (x >>> 1)
  return (x ^ 0xffffffff) >>> 0
}

describe('checksums', () => {
  test('of the digits 1 to 9 are the published ones', () => {
    expect(crc32c(nine)).toBe(0xe3069283)
    expect(crc32(nine)).toBe(0xcbf43926)
  })

  test('of 32 zeros and 32 ones are those of RFC 3720', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43)
    expect(crc32c(new Uint8Array(0))).toBe(0)
  })

  test.prop([fc.uint8Array()])('are remainders, bit by bit', (bytes) => {
    expect(crc32c(bytes)).toBe(bitwise(0x82f63b78, bytes))
    expect(crc32(bytes)).toBe(bitwise(0xedb88320, bytes))
  })
})
