import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { threefry2x32, words, type Words } from '../../src/random/threefry.ts'
import golden from '../golden/threefry.json' with { type: 'json' }
import { expectPure } from '../law/purity.ts'

const pair = (hex: readonly string[]): Words => [
  Number.parseInt(hex[0]!, 16),
  Number.parseInt(hex[1]!, 16),
]

const word = fc.integer({ min: 0, max: 0xffff_ffff })
const twoWords = fc.tuple(word, word)

const bits = (x: number): number => {
  let n = 0
  for (let rest = x >>> 0; rest !== 0; rest >>>= 1) n += rest & 1
  return n
}

describe('threefry2x32', () => {
  test.each(golden.threefry2x32x20)(
    'known answer of Random123: key $key, counter $counter',
    ({ key, counter, output }) => {
      expect(threefry2x32(pair(key), pair(counter))).toStrictEqual(pair(output))
    },
  )

  test.prop({ key: twoWords, counter: twoWords })(
    'gives whole numbers below 2³²',
    ({ key, counter }) => {
      for (const x of expectPure(threefry2x32, key, counter)) expect(x >>> 0).toBe(x)
    },
  )

  test('is one to one: different counters never collide', () => {
    const seen = new Set<bigint>()
    for (let i = 0; i < 4096; i++) {
      const [a, b] = threefry2x32([1, 2], [i, 3])
      seen.add((BigInt(a) << 32n) | BigInt(b))
    }
    expect(seen.size).toBe(4096)
  })

  // Each of 64 output bits flips with probability ½: of 128 · 64 bits 4096 ± 45 (σ); beyond 5 σ
  // lies one seed in 10⁶.
  test('one flipped bit of key or counter flips half of the output', () => {
    let flipped = 0
    for (let at = 0; at < 128; at++) {
      const input = Uint32Array.of(at, 77, 3 * at, 5)
      const call = (): Words => threefry2x32([input[0]!, input[1]!], [input[2]!, input[3]!])
      const before = call()
      input[at >> 5] = input[at >> 5]! ^ (1 << (at & 31))
      const after = call()
      flipped += bits(before[0] ^ after[0]) + bits(before[1] ^ after[1])
    }
    expect(Math.abs(flipped - 4096)).toBeLessThan(5 * 45)
  })
})

describe('words', () => {
  test.prop({ key: twoWords, domain: word, count: fc.integer({ min: 0, max: 33 }) })(
    'word 2i + j is word j of the block at counter (i, domain)',
    ({ key, domain, count }) => {
      const out = expectPure(words, key, domain, count)
      expect(out.length).toBeGreaterThanOrEqual(count)
      for (let i = 0; i < count; i++)
        expect(out[i]).toBe(threefry2x32(key, [Math.floor(i / 2), domain])[i % 2])
    },
  )
})
