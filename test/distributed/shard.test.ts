import { fc, test as property } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import {
  decodeShard,
  encodeShard,
  LARGEST_JOB,
  nameShard,
  shardId,
} from '../../src/distributed/shard.ts'
import { namedShards, someShard } from '../support/shards.ts'

describe('the data of a job', () => {
  property.prop([namedShards])('is less than 1 KB, and the shard again', (shard) => {
    const data = encodeShard(shard)
    expect(data.length).toBeLessThan(LARGEST_JOB)
    expect(decodeShard(data)).toEqual(E.right(shard))
  })

  property.prop([namedShards, fc.nat(600), fc.nat(255)])(
    'that anyone has changed is another shard or none, and never throws',
    (shard, at, byte) => {
      const data = encodeShard(shard)
      const changed = data.slice(0, at) + String.fromCharCode(byte) + data.slice(at + 1)
      const decoded = decodeShard(changed)
      if (E.isRight(decoded)) expect(Object.keys(decoded.right)).toHaveLength(8)
    },
  )

  test('names what is wrong with it', () => {
    const named = nameShard(someShard())
    const data = JSON.parse(encodeShard(named)) as object
    const decoded = (change: object) => decodeShard(JSON.stringify({ ...data, ...change }))
    expect(decoded({ protocol: 2 })).toEqual(
      E.left('job: protocol: expected the protocol 1, got 2'),
    )
    expect(decoded({ key: [1, -1] })).toEqual(
      E.left('job: key: expected two words of 32 bits, got [1,-1]'),
    )
    expect(decoded({ spec: 'x' })).toEqual(
      E.left('job: spec: expected 64 hexadecimal digits, got "x"'),
    )
    expect(E.isLeft(decoded({ module: '/etc/passwd' }))).toBe(true)
    expect(decodeShard('x'.repeat(LARGEST_JOB))).toEqual(
      E.left('job: expected less than 1024 bytes, got 1024'),
    )
  })
})

test('equal shards have equal ids, which say the run, the iteration and the index', () => {
  expect(shardId(someShard())).toBe(`${'ab'.repeat(32)}-3-1`)
})
