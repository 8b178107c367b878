import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import {
  anything,
  every,
  fields,
  list,
  literal,
  mayLack,
  nullable,
  number,
  oneOf,
  shape,
  string,
  type Codec,
} from '../../src/algo/codec.ts'
import { describeMistake } from '../../src/algo/mistake.ts'

/** What a codec says of a value: the value that it gives, or its mistakes as lines. */
const said = (codec: Codec<unknown>, u: unknown): unknown => {
  const decoded = codec.decode(u)
  return E.isLeft(decoded) ? decoded.left.map(describeMistake) : decoded.right
}

const count = number({ from: 1, whole: true })

describe('a codec', () => {
  test('says of a value by itself what it accepts', () => {
    expect(said(count, 0)).toEqual(['all of it: expected a whole number >= 1, got 0'])
    expect(said(literal('proximal run 2'), 'run')).toEqual([
      'all of it: expected "proximal run 2", got "run"',
    ])
    expect(said(string, 3)).toEqual(['all of it: expected a string, got 3'])
  })

  test('names the choice that is most like what came', () => {
    expect(said(oneOf('separate', 'shared'), 'sharde')).toEqual([
      'all of it: expected one of separate, shared, got "sharde": did you mean shared?',
    ])
  })

  test('says of null or something else that both are possible', () => {
    expect(said(nullable(count), null)).toBe(null)
    expect(said(nullable(count), 0)).toEqual([
      'all of it: expected a whole number >= 1 or null, got 0',
    ])
    expect(said(nullable(list(count, 3, 'a list')), [1, 0])).toEqual([
      '1: expected a whole number >= 1, got 0',
    ])
  })

  test('names every wrong entry of a list, or only the first of a long one', () => {
    expect(said(list(count, 3, 'a list of up to 3'), [0, 1, -1])).toEqual([
      '0: expected a whole number >= 1, got 0',
      '2: expected a whole number >= 1, got -1',
    ])
    expect(said(list(count, 3, 'a list of up to 3'), [1, 1, 1, 1])).toEqual([
      'all of it: expected a list of up to 3, got [1,1,1,1]',
    ])
    expect(said(every(count, 'a list'), [1, 0, -1])).toEqual([
      '1: expected a whole number >= 1, got 0',
    ])
  })

  test('names every wrong, missing and unknown field by its path', () => {
    const codec = fields({ envs: count, adam: fields({ beta1: count }), steps: count })
    expect(said(codec, { envs: 0, adam: { beta: 1 }, stesp: 2, 'a b': 3 })).toEqual([
      'envs: expected a whole number >= 1, got 0',
      'adam.beta1: expected a whole number >= 1, got nothing',
      'adam.beta: expected the name of a field, got "beta": did you mean beta1?',
      'steps: expected a whole number >= 1, got nothing',
      'stesp: expected the name of a field, got "stesp": did you mean steps?',
      '"a b": expected one of envs, adam, steps, got "a b"',
    ])
    expect(said(codec, null)).toEqual([
      'all of it: expected an object of envs, adam, steps, got null',
    ])
  })

  test('of a shape keeps other fields, and checks the optional ones that are there', () => {
    const codec = shape({ settings: anything }, { shards: count })
    expect(said(codec, { settings: 1, later: 2 })).toEqual({ settings: 1, later: 2 })
    expect(said(codec, { settings: 1, shards: 0 })).toEqual([
      'shards: expected a whole number >= 1, got 0',
    ])
  })

  test('that lets fields be missing gives what came, in its order', () => {
    const codec = mayLack(fields({ kind: string, min: nullable(count) }), { min: null })
    const given = { kind: 'free' }
    expect(said(codec, given)).toEqual(given)
    expect(JSON.stringify(said(codec, { min: 2, kind: 'free' }))).toBe('{"min":2,"kind":"free"}')
    expect(said(codec, { min: 0 })).toEqual([
      'kind: expected a string, got nothing',
      'min: expected a whole number >= 1 or null, got 0',
    ])
  })
})
