import { fc } from '@fast-check/vitest'
import { blobOf } from '../../src/distributed/blob.ts'
import { KINDS, type NamedShard, type Shard } from '../../src/distributed/shard.ts'

const hash = fc
  .array(fc.constantFrom(...'0123456789abcdef'.split('')), { minLength: 64, maxLength: 64 })
  .map((digits) => digits.join(''))
const word = fc.integer({ min: 0, max: 0xffff_ffff })
const count = fc.maxSafeNat()

/** Every shard that a job can name. */
export const namedShards: fc.Arbitrary<NamedShard> = fc.record({
  kind: fc.constantFrom(...KINDS),
  run: hash,
  iteration: count,
  index: count,
  key: fc.tuple(word, word).map((words) => ({ words })),
  spec: hash,
  params: hash,
  states: hash,
})

const bytes = (...x: readonly number[]) => blobOf(Uint8Array.from(x))

/** A shard with inputs that nobody reads. */
export const someShard = (change: Partial<Shard> = {}): Shard => ({
  kind: 'rollout',
  run: 'ab'.repeat(32),
  iteration: 3,
  index: 1,
  key: { words: [1, 2] },
  spec: bytes(1),
  params: bytes(2),
  states: bytes(3),
  largest: 1000,
  ...change,
})
