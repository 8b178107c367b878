import { fc, test as property } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { ENVELOPE_BYTES, openEnvelope, sealEnvelope } from '../../src/distributed/envelope.ts'
import { nameShard } from '../../src/distributed/shard.ts'
import { namedShards, someShard } from '../support/shards.ts'

const own = { version: '0.1.0', probe: 'cd'.repeat(32) }
const shard = nameShard(someShard())
const payload = Uint8Array.from([1, 2, 3, 4])

const problemOf = (bytes: Uint8Array, mine = own): string => {
  const opened = openEnvelope(bytes, shard, mine)
  return E.isLeft(opened) ? opened.left : 'none'
}

describe('a result', () => {
  property.prop([namedShards, fc.uint8Array({ maxLength: 50 })])(
    'gives its payload to whoever asked for that shard, with less than the stated bytes beside it',
    (named, bytes) => {
      const sealed = sealEnvelope(named, own, 'worker-1', bytes)
      expect(sealed.length - bytes.length).toBeLessThanOrEqual(ENVELOPE_BYTES)
      expect(openEnvelope(sealed, named, own)).toMatchObject({
        right: { worker: 'worker-1', payload: bytes },
      })
    },
  )

  property.prop([fc.nat(), fc.integer({ min: 1, max: 255 })])(
    'of which one bit is changed is refused, or its payload is the same',
    (at, mask) => {
      const sealed = sealEnvelope(shard, own, 'worker-1', payload)
      sealed[at % sealed.length]! ^= mask
      const opened = openEnvelope(sealed, shard, own)
      if (E.isRight(opened)) expect(opened.right.payload).toEqual(payload)
    },
  )

  property.prop([fc.uint8Array({ maxLength: 300 })])('of any bytes never throws', (bytes) => {
    expect(E.isLeft(openEnvelope(bytes, shard, own))).toBe(true)
  })

  property.prop([fc.nat(1000)])('that is cut off is refused', (length) => {
    const sealed = sealEnvelope(shard, own, 'worker-1', payload)
    expect(problemOf(sealed.slice(0, length % sealed.length))).toMatch(/^result/)
  })

  test('of an older version is refused, with both versions', () => {
    const sealed = sealEnvelope(shard, { ...own, version: '0.0.9' }, 'old', payload)
    expect(problemOf(sealed)).toBe('result of old: version: expected 0.1.0, got 0.0.9')
  })

  test('of another arithmetic is refused, with both fingerprints', () => {
    const other = 'ef'.repeat(32)
    const sealed = sealEnvelope(shard, { ...own, probe: other }, 'odd', payload)
    expect(problemOf(sealed)).toBe(
      `result of odd: numeric fingerprint: expected ${own.probe}, got ${other}`,
    )
  })

  test.each([
    ['another run', { run: '00'.repeat(32) }],
    ['another iteration', { iteration: 4 }],
    ['another shard', { index: 0 }],
    ['other parameters', { params: '00'.repeat(32) }],
    ['other states', { states: '00'.repeat(32) }],
    ['another spec', { spec: '00'.repeat(32) }],
  ])('of %s is refused', (_, change) => {
    const sealed = sealEnvelope({ ...shard, ...change }, own, 'worker-1', payload)
    expect(problemOf(sealed)).toContain(`${Object.keys(change)[0]}: expected`)
  })

  test('with bytes after its end is refused', () => {
    const sealed = sealEnvelope(shard, own, 'worker-1', payload)
    expect(problemOf(Uint8Array.from([...sealed, 0]))).toContain('expected 4 bytes, got 5')
  })
})
