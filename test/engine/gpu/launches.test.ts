import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { perLaunch } from '../../../src/engine/gpu/launches.ts'

describe('a launch', () => {
  test.prop([fc.integer({ min: 1, max: 400 }), fc.double({ min: 1, max: 1e10, noNaN: true })])(
    'takes a divisor of the rounds, at most 64 and at most 4e9 operations, and no smaller one',
    (rounds, cost) => {
      const n = perLaunch(rounds, cost)
      const isAllowed = (k: number) => rounds % k === 0 && k <= 64 && k * cost <= 4e9
      expect(n === 1 || isAllowed(n)).toBe(true)
      for (let more = n + 1; more <= 64; more++) expect(isAllowed(more)).toBe(false)
    },
  )
})
