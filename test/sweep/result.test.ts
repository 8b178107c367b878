import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { decodeResults, encodeResult, type Outcome } from '../../src/sweep/result.ts'

const KEY = 'a'.repeat(64)

const outcome: fc.Arbitrary<Outcome> = fc.record({
  steps: fc.nat(),
  score: fc.integer(),
  std: fc.nat(),
  min: fc.integer(),
  max: fc.integer(),
  training: fc.option(fc.integer()),
  curve: fc.array(fc.option(fc.integer()), { minLength: 25, maxLength: 25 }),
  hash: fc.constant('b'.repeat(64)),
})

describe('the results of a sweep', () => {
  test.prop([fc.oneof(outcome.map(E.right), fc.string().map(E.left)), fc.nat()])(
    'are read as they were written, faults too',
    (result, seconds) => {
      const line = encodeResult(KEY, result, seconds)
      expect(line.indexOf('\n')).toBe(line.length - 1)
      expect(decodeResults(line.split('\n'))).toEqual({
        results: new Map([[KEY, result]]),
        damaged: 0,
      })
    },
  )

  test.each(['{', 'null', `{"key":"${KEY}"}`, `{"key":"x","seconds":1,"fault":""}`])(
    '%s is a damaged line, beside which the others are read',
    (damaged) => {
      const line = encodeResult(KEY, E.left('why'), 1)
      expect(decodeResults([damaged, line])).toEqual({
        results: new Map([[KEY, E.left('why')]]),
        damaged: 1,
      })
    },
  )
})
