import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { gae, lambdaReturn, discountedReturn, type TimeEnv } from '../../src/rl/index.ts'
import { cast, of, toArray, transpose } from '../../src/tensor/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { golden } from '../support/golden.ts'
import { column, columnOf, columns, isCut, stepsOf, unit, type Column } from '../support/steps.ts'

/** γ (1 − terminated) */
const discount = ({ terminated }: Column, gamma: number, t: number): number =>
  terminated[t]! ? 0 : gamma

/** δₜ = rₜ + γ V(s′ₜ) − Vₜ */
const tdResiduals = (c: Column, gamma: number): readonly number[] =>
  c.reward.map((r, t) => r + (c.terminated[t]! ? 0 : gamma * c.nextValue[t]!) - c.value[t]!)

/** Âₜ = Σₗ (γλ)ˡ δₜ₊ₗ up to the end of t's own piece of trajectory, written out. */
const doubleSum = (c: Column, gamma: number, lambda: number): readonly number[] => {
  const delta = tdResiduals(c, gamma)
  return c.reward.map((_, t) => {
    let sum = 0
    let weight = 1
    for (let l = t; ; l++) {
      sum += weight * delta[l]!
      if (isCut(c, l)) return sum
      weight *= gamma * lambda
    }
  })
}

const advantages = (c: Column, gamma: number, lambda: number): readonly number[] =>
  columnOf(gae({ gamma, lambda })(stepsOf([c])))

describe('gae', () => {
  test.prop([column(), unit])('with λ = 0 is the TD residual', (c, gamma) => {
    expectClose(advantages(c, gamma, 0), tdResiduals(c, gamma), 1e-12, 1e-12)
  })

  test.prop([column(), unit])('with λ = 1 is the discounted return less V', (c, gamma) => {
    const returns = columnOf(discountedReturn({ gamma })(stepsOf([c])))
    const expected = returns.map((g, t) => g - c.value[t]!)
    expectClose(advantages(c, gamma, 1), expected, 1e-12, 1e-11)
  })

  test.prop([column(), unit, unit])(
    'is the sum of discounted TD residuals, no further than the episode',
    (c, gamma, lambda) => {
      expectClose(advantages(c, gamma, lambda), doubleSum(c, gamma, lambda), 1e-12, 1e-11)
    },
  )

  test.prop([column(), unit, unit])('is the λ-return less V', (c, gamma, lambda) => {
    const steps = stepsOf([c])
    const returns = columnOf(lambdaReturn({ gamma, lambda })(steps))
    const expected = returns.map((g, t) => g - c.value[t]!)
    expectClose(columnOf(gae({ gamma, lambda })(steps)), expected, 1e-12, 1e-11)
  })

  test.prop([
    columns({ time: { min: 1, max: 6 }, envs: 2 }),
    fc.double({ min: -3, max: 3, noNaN: true }),
    unit,
    unit,
  ])('is linear in rewards, values and next values together', (columns, s, gamma, lambda) => {
    const [a, other] = [columns[0]!, columns[1]!]
    const b = { ...other, terminated: a.terminated, truncated: a.truncated }
    const known = (x: readonly number[]) => x.map((v) => (Number.isNaN(v) ? 0 : v))
    const mix = (field: 'reward' | 'value' | 'nextValue') => {
      const [x, y] = [known(a[field]), known(b[field])]
      return x.map((xi, t) => xi + s * y[t]!)
    }
    const both = {
      ...a,
      reward: mix('reward'),
      value: mix('value'),
      nextValue: mix('nextValue'),
    }
    const [ofA, ofB] = [
      advantages(a, gamma, lambda),
      advantages({ ...b, nextValue: known(b.nextValue) }, gamma, lambda),
    ]
    const expected = ofA.map((x, t) => x + s * ofB[t]!)
    expectClose(advantages(both, gamma, lambda), expected, 1e-10, 1e-10)
  })

  test.prop([column(), column(), unit, unit])(
    'of a trajectory that a termination cuts is that of its two pieces',
    (first, second, gamma, lambda) => {
      const end = first.reward.length - 1
      const ended = {
        ...first,
        terminated: first.terminated.map((x, t) => x || t === end),
        nextValue: first.nextValue.map((x, t) => (t === end ? NaN : x)),
      }
      const joined = {
        reward: [...ended.reward, ...second.reward],
        value: [...ended.value, ...second.value],
        nextValue: [...ended.nextValue, ...second.nextValue],
        terminated: [...ended.terminated, ...second.terminated],
        truncated: [...ended.truncated, ...second.truncated],
      }
      expect(advantages(joined, gamma, lambda)).toEqual([
        ...advantages(ended, gamma, lambda),
        ...advantages(second, gamma, lambda),
      ])
    },
  )

  test('a truncation counts the value of where it was cut off, and nothing after it', () => {
    const cut = (terminated: boolean, truncated: boolean): Column => ({
      reward: [1, 100],
      value: [3, 50],
      nextValue: [7, 70],
      terminated: [terminated, false],
      truncated: [truncated, false],
    })
    expect(advantages(cut(false, true), 0.5, 0.5)[0]).toBe(1 + 0.5 * 7 - 3)
    expect(advantages(cut(true, false), 0.5, 0.5)[0]).toBe(1 - 3)
    expect(advantages(cut(true, true), 0.5, 0.5)[0]).toBe(1 - 3)
    // δ₁ = 100 + ½ · 70 − 50 = 85 comes in with ½ · ½ where the episode goes on.
    expect(advantages(cut(false, false), 0.5, 0.5)[0]).toBe(1 + 0.5 * 7 - 3 + 0.25 * 85)
  })

  test.prop([column(), fc.double({ min: -10, max: 10 }), unit, unit])(
    'never reads what stands for the value of a terminal state',
    (c, anything, gamma, lambda) => {
      const other = {
        ...c,
        nextValue: c.nextValue.map((v, t) => (c.terminated[t]! ? anything : v)),
      }
      const expected = advantages(c, gamma, lambda)
      expect(expected.every(Number.isFinite)).toBe(true)
      expect(advantages(other, gamma, lambda)).toEqual(expected)
    },
  )

  test.prop([
    column(),
    fc.double({ min: -5, max: 5, noNaN: true }),
    fc.double({ min: 0, max: 0.95, noNaN: true }),
    unit,
  ])(
    'of an endless life does not change when every reward grows by c and V by c / (1 − γ)',
    (c, bonus, gamma, lambda) => {
      const more = bonus / (1 - gamma)
      const next = (t: number) => (t + 1 < c.value.length ? c.value[t + 1]! : 1)
      const endless = {
        ...c,
        nextValue: c.value.map((_, t) => next(t)),
        terminated: c.terminated.map(() => false),
      }
      const richer = {
        ...endless,
        reward: c.reward.map((r) => r + bonus),
        value: c.value.map((v) => v + more),
        nextValue: endless.nextValue.map((v) => v + more),
      }
      expectClose(
        advantages(richer, gamma, lambda),
        advantages(endless, gamma, lambda),
        1e-10,
        1e-10,
      )
    },
  )

  test.prop([columns({ time: { min: 1, max: 5 }, envs: { min: 1, max: 4 } }), unit, unit])(
    'of one environment does not depend on the others',
    (several, gamma, lambda) => {
      const together = gae({ gamma, lambda })(stepsOf(several))
      several.forEach((c, e) => {
        expect(columnOf(together, e)).toEqual(advantages(c, gamma, lambda))
      })
    },
  )

  test.prop([column(), unit, fc.infiniteStream(unit)])(
    'takes one γ a step: γ₀ at step 0 alone scales what comes from beyond it',
    (c, lambda, stream) => {
      const gammas = c.reward.map(() => stream.next().value)
      const whole = columnOf(
        gae({ gamma: of(['time', 'env'], [gammas.length, 1], gammas), lambda })(stepsOf([c])),
      )
      const delta = c.reward.map(
        (r, t) => r + (c.terminated[t]! ? 0 : gammas[t]! * c.nextValue[t]!) - c.value[t]!,
      )
      const expected = delta.map((_, t) => {
        let sum = 0
        let weight = 1
        for (let l = t; ; l++) {
          sum += weight * delta[l]!
          if (isCut(c, l)) return sum
          weight *= discount(c, gammas[l] ?? NaN, l) * lambda
        }
      })
      expectClose(whole, expected, 1e-12, 1e-11)
    },
  )

  test('holds the numbers of rlax', () => {
    const { gae: cases } = golden<{
      gae: ReadonlyArray<{
        reward: number[]
        discount: number[]
        value: number[]
        lambda: Record<string, number[]>
      }>
    }>('gae')
    expect(cases.length).toBe(2)
    for (const { reward, discount: gammas, value, lambda } of cases) {
      const steps = stepsOf([
        {
          reward,
          value: value.slice(0, -1),
          nextValue: value.slice(1),
          terminated: reward.map(() => false),
          truncated: reward.map(() => false),
        },
      ])
      const gamma: TimeEnv = of(['time', 'env'], [gammas.length, 1], gammas)
      expect(Object.keys(lambda).length).toBe(3)
      for (const [l, expected] of Object.entries(lambda))
        expectClose(columnOf(gae({ gamma, lambda: Number(l) })(steps)), expected, 1e-7, 1e-7)
    }
  })

  test('adds in f64 and rounds once a row: f32 steps give the f32 nearest to the f64 result', () => {
    const c: Column = {
      reward: [0.5, -1.25, 3],
      value: [0.125, 2, -0.75],
      nextValue: [2, -0.75, 1.5],
      terminated: [false, false, false],
      truncated: [false, false, false],
    }
    const f64 = stepsOf([c])
    const f32 = {
      ...f64,
      reward: cast(f64.reward, 'f32'),
      value: cast(f64.value, 'f32'),
      nextValue: cast(f64.nextValue, 'f32'),
    }
    const out = gae({ gamma: 0.99, lambda: 0.95 })(f32)
    expect(out.dtype).toBe('f32')
    expect(toArray(out)).toEqual(advantages(c, 0.99, 0.95).map(Math.fround))
  })

  test('leaves its inputs as they are', () => {
    expectPure(gae({ gamma: 0.9, lambda: 0.8 }), stepsOf(fc.sample(column(4), 3)))
  })
})

describe.each([
  ['gae', gae],
  ['lambdaReturn', lambdaReturn],
])('%s', (_, estimator) => {
  const steps = stepsOf(fc.sample(column(3), 2))

  test.each([
    ['gamma', -0.01, 0.5],
    ['gamma', 1.01, 0.5],
    ['gamma', NaN, 0.5],
    ['lambda', 0.5, -0.01],
    ['lambda', 0.5, 1.01],
    ['lambda', 0.5, NaN],
  ])('throws where %s is outside [0, 1] (γ = %d, λ = %d)', (argument, gamma, lambda) => {
    const got = argument === 'gamma' ? gamma : lambda
    expect(() => estimator({ gamma, lambda })).toThrow(
      new RangeError(`${argument}: expected a number from 0 to 1, got ${got}`),
    )
  })

  test('throws where one γ of many is outside [0, 1]', () => {
    const gamma = of(['time', 'env'], [3, 2], [0, 1, 0.5, 0.5, 1.5, 0.5])
    expect(() => estimator({ gamma, lambda: 1 })).toThrow(/^gamma: expected .* got 1\.5$/)
  })

  test.each(['value', 'nextValue', 'terminated', 'truncated'])(
    'says which argument has another shape: %s',
    (argument) => {
      const wrong = { ...steps, [argument]: of(['time', 'env'], [2, 3], [0, 0, 0, 0, 0, 0]) }
      expect(() => estimator({ gamma: 1, lambda: 1 })(wrong)).toThrow(
        new RangeError(`${argument}: expected [time=3, env=2], got [time=2, env=3]`),
      )
    },
  )

  test('says so when time and env are exchanged, or γ has another shape', () => {
    const turned = transpose(steps.reward)
    // @ts-expect-error [env, time] is not [time, env]
    expect(() => estimator({ gamma: 1, lambda: 1 })({ ...steps, reward: turned })).toThrow(
      'reward: expected [time, env], got [env=2, time=3]',
    )
    const gamma = of(['time', 'env'], [3, 1], [1, 1, 1])
    expect(() => estimator({ gamma, lambda: 1 })(steps)).toThrow(
      'gamma: expected [time=3, env=2], got [time=3, env=1]',
    )
  })
})
