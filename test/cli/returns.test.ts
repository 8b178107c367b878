import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { returnsOf } from '../../src/cli/returns.ts'
import { meanStd } from '../../src/rl/meanStd.ts'

const filled = (all: readonly number[]) => {
  const returns = returnsOf()
  for (const one of all) returns.add(one)
  return returns
}

const long = Array.from({ length: 20_000 }, (_, i) => (i * 37) % 101)

describe('the returns of a run', () => {
  test.prop([fc.array(fc.integer(), { maxLength: 300 })])(
    'are its last hundred, and their mean after each episode',
    (all) => {
      const returns = filled(all)
      expect(returns.last()).toEqual(all.slice(-100))
      expect(returns.curve()).toEqual(
        all.map((_, i) => meanStd(all.slice(Math.max(0, i - 99), i + 1)).mean),
      )
    },
  )

  test.each([1000, 1001, 2000, 2001, 20_000])(
    'of %i episodes are a curve of a thousand points at most, evenly apart',
    (count) => {
      const curve = filled(long.slice(0, count)).curve()
      let apart = 1
      while (Math.ceil(count / apart) > 1000) apart *= 2
      expect(curve).toEqual(
        Array.from({ length: Math.ceil(count / apart) }, (_, k) => {
          const i = k * apart
          return meanStd(long.slice(Math.max(0, i - 99), i + 1)).mean
        }),
      )
    },
  )
})
