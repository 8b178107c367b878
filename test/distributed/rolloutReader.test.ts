import { fc, test as property } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { rolloutShard } from '../../src/algo/rolloutShard.ts'
import { encodeActed, encodeFault } from '../../src/distributed/rolloutPayload.ts'
import { rolloutReader } from '../../src/distributed/rolloutReader.ts'
import { policyFor } from '../../src/algo/policy.ts'
import { cartPole, vectorise } from '../../src/env/index.ts'
import * as safetensors from '../../src/format/safetensors.ts'
import { js } from '../../src/kernel/js/js.ts'
import { key } from '../../src/random/index.ts'
import { errorAt } from '../../src/tensor/check.ts'
import { data, own, type Tensor } from '../../src/tensor/tensor.ts'
import { smallOf } from '../support/runs.ts'

const config = { ...smallOf.ppo, envs: 5, steps: 40 }
const range = [2, 4] as const
const params = policyFor(js.f32, cartPole, config).init(key(1))
const slots = vectorise(cartPole, config.envs)
  .init(key(2))
  .slots.slice(...range)
const acted = rolloutShard(config, cartPole, range, 'js')(params, key(3), null)(slots)
const encoded = encodeActed(acted)
if (E.isLeft(encoded)) throw new Error(encoded.left)
const payload = encoded.right
const { read, largest } = rolloutReader(config, cartPole, range)

/** The payload with one of its tensors changed. */
const changed = (name: string, change: (t: Tensor) => Tensor | null): Uint8Array => {
  const opened = safetensors.decode(payload)
  if (E.isLeft(opened)) throw new Error(opened.left)
  return safetensors.encode(
    [...opened.right].flatMap(([each, { shape, data: numbers }]) => {
      const tensor = own<string[]>(
        shape.map((_, d) => `d${d}`),
        [...shape],
        numbers,
      )
      const next = each === name ? change(tensor) : tensor
      return next === null ? [] : [[each, next] as const]
    }),
  )
}

const withNumber =
  (at: number, x: number) =>
  (t: Tensor): Tensor => {
    const numbers = (data(t) as Float32Array).slice()
    numbers[at] = x
    return own<string[]>([...t.dims], [...t.shape], numbers)
  }

const problemOf = (bytes: Uint8Array): string => {
  const result = read(bytes)
  return E.isLeft(result) ? result.left : 'none'
}

describe('the payload of a shard', () => {
  test('is what it did, ends of episodes and states included, and is not larger than the limit', () => {
    expect(acted[1].episodes.length).toBeGreaterThan(0)
    const result = read(payload)
    if (E.isLeft(result) || result.right.kind === 'fault') throw new Error('expected what it did')
    const [buffer, rest] = result.right.acted
    expect(buffer).toEqual(acted[0])
    expect(rest).toEqual({
      ...acted[1],
      bootstrap: { ...acted[1].bootstrap, observation: [...acted[1].bootstrap.observation] },
    })
    expect(payload.length).toBeLessThan(largest)
  })

  property.prop([fc.nat(), fc.integer({ min: 1, max: 255 })], { numRuns: 300 })(
    'of which a byte is changed never throws',
    (at, mask) => {
      const bytes = payload.slice()
      bytes[at % bytes.length]! ^= mask
      read(bytes)
    },
  )

  test.each([
    ['a tensor too few', 'reward', () => null, 'expected 12 tensors, got 11'],
    ['a number that is not finite', 'reward', withNumber(3, NaN), 'reward[3]: expected a finite'],
    ['an invalid flag', 'terminated', withNumber(3, 2), 'expected only 0 and 1'],
    ['an end that no episode has', 'truncated', withNumber(0, 1), 'beyond: expected f32'],
    ['a view that its state does not show', 'last', withNumber(0, 9), 'envState[env=0, feature=0]'],
    [
      'states that are no states',
      'slots',
      () => own(['byte'], [2], Uint8Array.from([91, 93])),
      'run.world',
    ],
    ['another form', 'value', () => own(['x'], [1], new Float32Array(1)), 'value: expected f32'],
  ] as const)('with %s is refused', (_, name, change, problem) => {
    expect(problemOf(changed(name, change as (t: Tensor) => Tensor | null))).toContain(problem)
  })

  test('of another number of environments is refused', () => {
    const other = rolloutReader(config, cartPole, [0, 3]).read(payload)
    expect(other).toMatchObject({ left: expect.stringContaining('time=40, env=3') as string })
  })

  test('of a fault is the error with its address', () => {
    const error = errorAt({ field: 'reward', env: 3 }, 'reward[env=3]: expected a number, got NaN')
    const result = read(encodeFault(error))
    expect(result).toMatchObject({ right: { kind: 'fault', error: { message: error.message } } })
    expect(problemOf(safetensors.encode([], { fault: '{"message":1}' }))).toContain('of a fault')
  })
})
