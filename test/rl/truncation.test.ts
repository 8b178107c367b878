import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { gae, lambdaReturn, truncation, type TruncationKind } from '../../src/rl/index.ts'
import { cast, of, toArray } from '../../src/tensor/index.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { column, columnOf, isCut, stepsOf, unit, type Column } from '../support/steps.ts'

const KINDS = ['exact', 'terminate', 'mask', 'current'] as const

const kinds = fc.constantFrom(...KINDS)

/** The δ that a convention gives to a step that was cut off and did not end. */
const DELTA: {
  readonly [K in TruncationKind]: (r: number, v: number, next: number, gamma: number) => number
} = {
  exact: (r, v, next, gamma) => r + gamma * next - v,
  terminate: (r, v) => r - v,
  mask: () => 0,
  current: (r, v, _next, gamma) => r + gamma * v - v,
}

describe('truncation', () => {
  test.prop([kinds, column(), unit, unit])(
    'gives each truncated step the δ of its convention, and leaves all others theirs',
    (kind, c, gamma, lambda) => {
      const delta = c.reward.map((r, t) => {
        const [v, next] = [c.value[t]!, c.nextValue[t]!]
        if (c.terminated[t]!) return r - v
        return DELTA[c.truncated[t]! ? kind : 'exact'](r, v, next, gamma)
      })
      const expected = delta.map((_, t) => {
        let sum = 0
        for (let l = t; ; l++) {
          sum += (gamma * lambda) ** (l - t) * delta[l]!
          if (isCut(c, l)) return sum
        }
      })
      const steps = truncation(kind, gamma)(stepsOf([c]))
      expectClose(columnOf(gae({ gamma, lambda })(steps)), expected, 1e-12, 1e-11)
    },
  )

  test.prop([kinds, column(), unit])(
    'leaves steps without a truncation byte-identical, and so those that also terminated',
    (kind, c, gamma) => {
      const plain = stepsOf([{ ...c, truncated: c.truncated.map((x, t) => x && c.terminated[t]!) }])
      expectSameBits(truncation(kind, gamma)(plain), plain)
    },
  )

  test.prop([kinds, column(), unit])('done twice is done once', (kind, c, gamma) => {
    const once = truncation(kind, gamma)(stepsOf([c]))
    expectSameBits(truncation(kind, gamma)(once), once)
  })

  const c: Column = {
    reward: [1, 2, 4],
    value: [8, 16, 32],
    nextValue: [16, 64, 128],
    terminated: [false, false, false],
    truncated: [false, true, false],
  }

  test.each([
    // with γ = ½: δ₁, and what the step before makes of it with λ = 1
    ['exact', 2 + 32 - 16, 1 + 8 - 8 + 9],
    ['terminate', 2 - 16, 1 + 8 - 8 - 7],
    ['mask', 0, 1 + 8 - 8],
    ['current', 2 + 8 - 16, 1 + 8 - 8 - 3],
  ] as const)('%s: δ = %d, and %d before it', (kind, cutOff, before) => {
    const steps = truncation(kind, 0.5)(stepsOf([c]))
    expect(columnOf(gae({ gamma: 0.5, lambda: 1 })(steps))).toEqual([before, cutOff, 36])
  })

  test('mask: the target of a masked step is V itself, to the bit', () => {
    const steps = stepsOf([{ ...c, value: [8, 0.1, 32] }])
    const narrow = { ...steps, reward: cast(steps.reward, 'f32') }
    const masked = truncation('mask')(narrow)
    expect(columnOf(lambdaReturn({ gamma: 0.9, lambda: 0.5 })(masked))[1]).toBe(0.1)
    expect(columnOf(gae({ gamma: 0.9, lambda: 0.5 })(masked))[1]).toBe(0)
  })

  test('makes the step a terminated one, of the same element types', () => {
    const steps = stepsOf([c])
    const flags = {
      ...steps,
      reward: cast(steps.reward, 'f32'),
      value: cast(steps.value, 'f32'),
      terminated: cast(steps.terminated, 'u8'),
      truncated: cast(steps.truncated, 'u8'),
    }
    const out = truncation('terminate')(flags)
    expect([out.reward.dtype, out.terminated.dtype, out.truncated.dtype]).toEqual([
      'f32',
      'u8',
      'u8',
    ])
    expect([toArray(out.terminated), toArray(out.truncated)]).toEqual([
      [0, 1, 0],
      [0, 0, 0],
    ])
  })

  test('takes one γ a step', () => {
    const gamma = of(['time', 'env'], [3, 1], [0, 0.25, 1])
    const steps = truncation('current', gamma)(stepsOf([c]))
    expect(columnOf(steps.reward)).toEqual([1, 2 + 0.25 * 16, 4])
  })

  test('current needs a γ in [0, 1], and no other kind does', () => {
    expect(() => truncation('current')).toThrow(/^gamma: expected a number from 0 to 1/)
    expect(() => truncation('current', 1.5)).toThrow(/^gamma: expected .* got 1\.5$/)
    expect(() => truncation('current', 1)).not.toThrow()
    for (const kind of ['exact', 'terminate', 'mask'] as const)
      expect(() => truncation(kind)(stepsOf([c]))).not.toThrow()
  })

  test('names what is unknown or of another shape', () => {
    expect(() => truncation('none' as TruncationKind)).toThrow(
      new RangeError('kind: expected one of exact, terminate, mask, current, got none'),
    )
    const steps = stepsOf([c])
    const wrong = of(['time', 'env'], [1, 1], [0])
    for (const argument of ['value', 'terminated', 'truncated'])
      expect(() => truncation('mask')({ ...steps, [argument]: wrong })).toThrow(
        `${argument}: expected [time=3, env=1], got [time=1, env=1]`,
      )
    expect(() => truncation('current', wrong)(steps)).toThrow(
      'gamma: expected [time=3, env=1], got [time=1, env=1]',
    )
  })

  test.each(KINDS)('%s leaves its inputs as they are', (kind) => {
    expectPure(truncation(kind, 0.5), stepsOf([c]))
  })
})
