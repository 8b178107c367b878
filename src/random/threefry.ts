import type { ReadonlyNumbers } from '../tensor/tensor.ts'

/** Two 32-bit words. */
export type Words = readonly [number, number]

const PARITY = 0x1bd11bda

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by))

/**
 * Threefry-2x32 with 20 rounds: a bijection of two words under a key of two words, whose outputs
 * at counters 0, 1, 2 … pass for random. Writes both words at out[at] and out[at + 1].
 * Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3.
 */
export const threefryInto = (
  out: Uint32Array,
  at: number,
  k0: number,
  k1: number,
  c0: number,
  c1: number,
): void => {
  const k2 = k0 ^ k1 ^ PARITY
  let x0 = (c0 + k0) | 0
  let x1 = (c1 + k1) | 0
  // Five groups of four rounds; after each, the key words come in again, in rotation.
  let a = k1
  let b = k2
  let c = k0
  for (let group = 1; group <= 5; group++) {
    const odd = group % 2 === 1
    x0 = (x0 + x1) | 0
    x1 = rotate(x1, odd ? 13 : 17) ^ x0
    x0 = (x0 + x1) | 0
    x1 = rotate(x1, odd ? 15 : 29) ^ x0
    x0 = (x0 + x1) | 0
    x1 = rotate(x1, odd ? 26 : 16) ^ x0
    x0 = (x0 + x1) | 0
    x1 = rotate(x1, odd ? 6 : 24) ^ x0
    x0 = (x0 + a) | 0
    x1 = (x1 + b + group) | 0
    const first = a
    a = b
    b = c
    c = first
  }
  out[at] = x0
  out[at + 1] = x1
}

// Written and read within one call.
const pair = new Uint32Array(2)

/** One block: the two output words of a counter under a key. */
export const threefry2x32 = (key: Words, counter: Words): Words => {
  threefryInto(pair, 0, key[0], key[1], counter[0], counter[1])
  return [pair[0]!, pair[1]!]
}

/**
 * The first `count` words of stream `domain` of a key: words 2i and 2i + 1 are the block at
 * counter (i, domain). A word depends on its place alone, not on how many are asked for.
 */
export const words = (key: Words, domain: number, count: number): ReadonlyNumbers => {
  const out = new Uint32Array(count + (count % 2))
  for (let i = 0; i < count; i += 2) threefryInto(out, i, key[0], key[1], i / 2, domain)
  return out
}
