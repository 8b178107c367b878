import { describe, expect, test } from 'vitest'
import {
  expectAbove,
  expectAtLeast,
  expectCount,
  expectNumber,
  expectOneOf,
} from '../../src/tensor/argument.ts'

const refused = (f: () => unknown, message: string): void =>
  expect(f).toThrow(new RangeError(message))

describe('what is allowed comes back, and what is not says what is', () => {
  test('expectNumber takes all but NaN', () => {
    for (const x of [0, -1, Infinity, -Infinity]) expect(expectNumber('kl', x)).toBe(x)
    refused(() => expectNumber('kl', NaN), 'kl: expected a number, got NaN')
  })

  test('expectAbove leaves out the border', () => {
    for (const x of [1 + Number.EPSILON, 2, Infinity]) expect(expectAbove('c', x, 1)).toBe(x)
    for (const x of [1, 0.5, -Infinity, NaN])
      refused(() => expectAbove('c', x, 1), `c: expected a number > 1, got ${x}`)
  })

  test('expectAtLeast takes it', () => {
    for (const x of [1, 1.5, Infinity]) expect(expectAtLeast('c', x, 1)).toBe(x)
    for (const x of [1 - Number.EPSILON, -Infinity, NaN])
      refused(() => expectAtLeast('c', x, 1), `c: expected a number >= 1, got ${x}`)
  })

  test('expectCount takes whole numbers from 1 on', () => {
    for (const n of [1, 2, 1e6]) expect(expectCount('n', n)).toBe(n)
    for (const n of [0, -1, 1.5, Infinity, NaN])
      refused(() => expectCount('n', n), `n: expected a whole number >= 1, got ${n}`)
  })

  test('expectOneOf names the values', () => {
    expect(expectOneOf('kind', 'max', ['max', 'alone'])).toBe('max')
    expect(expectOneOf('ddof', 0, [0, 1])).toBe(0)
    refused(
      () => expectOneOf('kind', 'min', ['max', 'alone']),
      'kind: expected one of max, alone, got min',
    )
    refused(
      () => expectOneOf('kind', 'toString', ['max']),
      'kind: expected one of max, got toString',
    )
    refused(() => expectOneOf('ddof', NaN, [0, 1]), 'ddof: expected one of 0, 1, got NaN')
  })
})
