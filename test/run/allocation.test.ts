import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { init, parts, type PpoConfig } from '../../src/algo/ppo/index.ts'
import { cartPole } from '../../src/env/index.ts'
import { decodeActionLog, encodeActionLog } from '../../src/run/episode/actionLog.ts'
import { encodeCheckpoint, openCheckpoint } from '../../src/run/checkpoint.ts'
import { pack } from '../../src/run/episode/packed.ts'
import { stateLike } from '../../src/run/resume.ts'
import { readPolicy } from '../../src/run/policy/readPolicy.ts'
import { encodeTorch } from '../../src/run/policy/torch.ts'
import { decodeTrained, encodeTrained } from '../../src/run/policy/policySnapshot.ts'
import { key } from '../../src/random/index.ts'
import { install, requested } from '../fuzz/allocation.ts'
import { small } from '../support/runs.ts'

const CONSTANT = 4096

const config: PpoConfig = { ...small, hidden: [128, 64] }
const like = init(parts(config, cartPole))(key(1))
const { params } = like.learner

const right = <A>(either: E.Either<unknown, A>): A =>
  E.isLeft(either) ? expect.fail(String(either.left)) : either.right

const steps = 5000
const actions = Float32Array.from({ length: steps }, (_, i) => i / 7)
const log = encodeActionLog({
  env: 'pendulum',
  bound: 'clip',
  columns: ['f32'],
  episodes: [
    { key: { words: [1, 2] }, actions: pack(['f32'], actions), return: -1, length: steps },
  ],
})

const files: ReadonlyArray<
  readonly [string, Uint8Array, (bytes: Uint8Array) => E.Either<unknown, unknown>]
> = [
  ['an action log of floats', log, decodeActionLog],
  ['parameters', encodeTrained(like.learner), decodeTrained(like.learner)],
  [
    'parameters of PyTorch',
    right(encodeTorch('sb3')({ env: cartPole, config, trained: like.learner })).bytes,
    (bytes) => readPolicy(bytes, { like: params }),
  ],
  [
    'a checkpoint',
    right(encodeCheckpoint({ config, state: like, link: null, about: {} })),
    (bytes) => E.flatMap(stateLike(cartPole, like))(openCheckpoint(bytes)),
  ],
]

describe('what is allocated for a file', () => {
  install()

  test('is counted', () => {
    const before = requested()
    const x = new Float64Array(10)
    const y = Uint8Array.from([1, 2, 3]).slice(1)
    const view = new Uint8Array(x.buffer)
    expect([x.length, y.length, view.length]).toEqual([10, 2, 80])
    expect(requested() - before).toBe(80 + 3 + 2)
  })

  test.each(files)('is at most twice the file: %s', (_, bytes, decode) => {
    expect(bytes.length).toBeGreaterThan(4 * CONSTANT)
    const before = requested()
    expect(E.isRight(decode(bytes))).toBe(true)
    const asked = requested() - before
    expect(asked).toBeGreaterThan(bytes.length / 2)
    expect(asked).toBeLessThan(2 * bytes.length + CONSTANT)
  })
})
