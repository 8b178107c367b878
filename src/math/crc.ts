/** The remainders of all bytes by a polynomial, bits reflected. */
const remainders = (polynomial: number): Uint32Array => {
  const table = new Uint32Array(256)
  for (let i = 0; i < 256; i++) {
    let x = i
    for (let bit = 0; bit < 8; bit++) x = (x & 1) === 0 ? x >>> 1 : (x >>> 1) ^ polynomial
    table[i] = x
  }
  return table
}

const checksum = (polynomial: number) => {
  const table = remainders(polynomial)
  return (bytes: Uint8Array): number => {
    let x = 0xffffffff
    for (let i = 0; i < bytes.length; i++) x = (x >>> 8) ^ table[(x ^ bytes[i]!) & 255]!
    return (x ^ 0xffffffff) >>> 0
  }
}

/** CRC-32 as zip archives and PNG have it: polynomial 0x04c11db7, reflected; from 0 to 2³² − 1. */
export const crc32 = checksum(0xedb88320)

/** CRC-32C, Castagnoli's polynomial 0x1edc6f41, reflected: RFC 3720, appendix B.4. */
export const crc32c = checksum(0x82f63b78)
