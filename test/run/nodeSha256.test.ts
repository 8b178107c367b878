import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { init, parts, train } from '../../src/algo/ppo/index.ts'
import { cartPole } from '../../src/env/index.ts'
import { nextLink, portable } from '../../src/run/hash.ts'
import { nodeSha256 } from '../../src/run/nodeSha256.ts'
import { key } from '../../src/random/index.ts'
import { expectPure } from '../law/purity.ts'
import { small } from '../support/runs.ts'

test.prop([fc.uint8Array({ maxLength: 300 }), fc.nat(20)])(
  'is the portable SHA-256, of parts of buffers, too',
  (bytes, from) => {
    const part = bytes.subarray(from)
    expect(Uint8Array.from(expectPure(nodeSha256, part))).toEqual(portable(part))
  },
)

test('makes the links that the portable one makes', () => {
  const all = parts(small, cartPole)
  const link = '3'.repeat(64)
  for (const [metrics, { learner }] of train(small, all)(init(all)(key(1))))
    expect(nextLink(link, metrics, learner, nodeSha256)).toBe(nextLink(link, metrics, learner))
})
