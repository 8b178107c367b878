import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { policyFor, type PolicyConfig } from '../../src/algo/policy.ts'
import { box, discrete, multiBinary, product } from '../../src/env/index.ts'
import { decodePolicy } from '../../src/inference/index.ts'
import { js } from '../../src/kernel/index.ts'
import { key } from '../../src/random/index.ts'
import { of as momentsOf } from '../../src/rl/moments.ts'
import { encodePolicy } from '../../src/run/policy/encodePolicy.ts'
import { of } from '../../src/tensor/tensor.ts'

const env = {
  name: 'small',
  observationSpace: box(2, [-1, 0], [1, Infinity]),
  actionSpace: product({ stick: box(1, -1, 1), button: discrete(3, -1), bits: multiBinary(2) }),
}
const config: PolicyConfig = {
  hidden: [3],
  valueHidden: null,
  trunk: 'shared',
  weights: 'orthogonal',
  gain: { hidden: 1, policy: 1, value: 1 },
  logStd: { kind: 'free', init: 0, min: -2 },
  actionBound: 'squash',
  normalise: { observation: true, reward: false, clip: 10, epsilon: 1e-8 },
}
const params = policyFor(js.f32, env, config).init(key(1))
const observation = momentsOf(of(['step', 'feature'], [2, 2], Float64Array.of(0, 1, 2, 3)))
const good = encodePolicy({
  env,
  config,
  trained: { params, normaliser: { observation, reward: null } },
})
const headerLength = Number(new DataView(good.buffer).getBigUint64(0, true))
const header = new TextDecoder().decode(good.subarray(8, 8 + headerLength))
const body = good.subarray(8 + headerLength)

/** A file with another header. */
const withHeader = (text: string, rest: Uint8Array = body): Uint8Array => {
  const bytes = new TextEncoder().encode(text)
  const out = new Uint8Array(8 + bytes.length + rest.length)
  new DataView(out.buffer).setBigUint64(0, BigInt(bytes.length), true)
  out.set(bytes, 8)
  out.set(rest, 8 + bytes.length)
  return out
}

const problemOf = (bytes: Uint8Array): string => {
  const decoded = decodePolicy(bytes)
  return decoded._tag === 'Left' ? decoded.left : 'none'
}

/** The header, in which a text of the policy's JSON is another. */
const replacing = (from: string, to: string): Uint8Array => {
  const escaped = (text: string): string => JSON.stringify(text).slice(1, -1)
  expect(header).toContain(escaped(from))
  return withHeader(header.replace(escaped(from), escaped(to)))
}

describe('a policy file that cannot be trusted', () => {
  test('is read as it is', () => {
    expect(problemOf(good)).toBe('none')
    expect(problemOf(withHeader(header))).toBe('none')
    // As readFileSync returns it, inside a larger buffer at any place.
    expect(problemOf(Buffer.concat([Buffer.alloc(3), good]).subarray(3))).toBe('none')
  })

  test.prop([fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 })], {
    numRuns: 1000,
  })('with any byte changed gives a policy or says what is wrong', (at, by) => {
    const bytes = good.slice()
    bytes[at] = bytes[at]! ^ by
    const decoded = decodePolicy(bytes)
    expect(['Left', 'Right']).toContain(decoded._tag)
    if (decoded._tag === 'Left') expect(decoded.left).toMatch(/^[ -~]{1,400}$/)
  })

  test.prop([fc.nat({ max: good.length - 1 })])('cut anywhere is refused', (length) => {
    expect(problemOf(good.slice(0, length))).toMatch(/expected/)
  })

  test.each<[string, Uint8Array, string]>([
    [
      'a header beyond the file',
      Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0, 123),
      'file: expected a header',
    ],
    [
      'a header of 2^60 bytes',
      Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 16, 123),
      'file: expected a header',
    ],
    ['a header of no object', withHeader('[1]'), '0: expected F32 or F64'],
    ['a header of null', withHeader('null'), 'file: expected a header of JSON'],
    ['no JSON', withHeader('{'), 'file: expected a header of JSON'],
    [
      'another version',
      withHeader(header.replace('policy 1', 'policy 9')),
      'got proximal policy 9',
    ],
    [
      'a name for a terminal',
      withHeader(header.replace('policy 1', '\\u001b[2J')),
      'got proximal ?[2J',
    ],
    [
      'a bigger tensor',
      withHeader(header.replace('"shape":[2,3]', '"shape":[2,4]')),
      'trunk.layer0.weight: expected 32 bytes',
    ],
    [
      'sizes beyond 2^53',
      withHeader(header.replace('"shape":[2,3]', '"shape":[9007199254740991,9007199254740991]')),
      'trunk.layer0.weight: expected',
    ],
    [
      'offsets beyond the file',
      withHeader(header.replace('"data_offsets":[0,24]', '"data_offsets":[999976,1000000]')),
      'bytes inside the file',
    ],
    ['an integer tensor', withHeader(header.replace('F32', 'I32')), 'F32 or F64, got I32'],
    [
      'a tensor of another name',
      withHeader(header.replace('"logStd"', '"other"')),
      'tensors: expected no other, got other',
    ],
    [
      'a NaN',
      withHeader(
        header,
        body.map((byte, i) => (i < 4 ? 255 : byte)),
      ),
      'trunk.layer0.weight: expected finite numbers',
    ],
    ['an action space of more outputs', replacing('"n":3', '"n":4'), 'actor: expected'],
    [
      'an observation space of a billion',
      replacing('"size":2', '"size":1000000000'),
      'observationSpace: expected a number from 1 to',
    ],
    [
      'a hundred boxes of all numbers',
      replacing(
        '{"kind":"discrete","n":3,"start":-1}',
        JSON.stringify({
          kind: 'tuple',
          spaces: Array.from({ length: 100 }, () => ({ kind: 'box', size: 900, low: 0, high: 1 })),
        }),
      ),
      'expected a number from 1 to',
    ],
    [
      'levels without end',
      replacing(
        '{"kind":"discrete","n":3,"start":-1}',
        `${'{"kind":"tuple","spaces":['.repeat(99)}0${']}'.repeat(99)}`,
      ),
      'expected fewer levels',
    ],
    [
      'bounds the wrong way',
      replacing('"low":-1,"high":1', '"low":1,"high":-1'),
      'expected low <= high',
    ],
    [
      'infinite bounds to squash to',
      replacing('"low":-1,"high":1', '"low":-1,"high":"Infinity"'),
      'finite bounds',
    ],
    ['another activation', replacing('"tanh"', '"relu"'), 'activation: expected tanh, got relu'],
    [
      'a mask of no boolean',
      replacing('"isMasked":false', '"isMasked":0'),
      'isMasked: expected true or false',
    ],
    [
      'an epsilon below 0',
      replacing('"epsilon":1e-8', '"epsilon":-9'),
      'epsilon: expected a number',
    ],
    [
      'an unknown kind of space',
      replacing('"kind":"multiBinary"', '"kind":"nothing"'),
      'expected box, got nothing',
    ],
  ])('%s is refused', (_, bytes, problem) => {
    expect(problemOf(bytes)).toContain(problem)
  })
})
