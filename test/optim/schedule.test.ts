import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  constant,
  cosine,
  linearStairs,
  scheduleFactor,
  type ScheduleKind,
} from '../../src/optim/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'

const stairs = {
  value: fc.double({ min: 1e-6, max: 10, noNaN: true }),
  stages: fc.integer({ min: 1, max: 200 }),
  steps: fc.integer({ min: 1, max: 50 }),
}

test.prop({ value: fc.double(), count: fc.nat() })('constant is the value', ({ value, count }) => {
  expect(constant(value)(count)).toBe(value)
})

describe('cosine', () => {
  test.prop({
    value: fc.double({ min: 1e-6, max: 10, noNaN: true }),
    steps: fc.integer({ min: 1, max: 500 }),
    part: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  })('falls from the value to 0 along half a cosine, and stays there', ({ value, steps, part }) => {
    const schedule = cosine(value, steps)
    const count = Math.floor(part * steps)
    expect(schedule(0)).toBe(value)
    expectClose(
      expectPure(schedule, count),
      value * Math.cos((Math.PI * count) / (2 * steps)) ** 2,
      1e-9,
      1e-12 * value,
    )
    expect(schedule(count + 1)).toBeLessThan(schedule(count))
    expect(schedule(steps)).toBe(0)
    expect(schedule(steps + 1)).toBe(0)
  })

  test('needs a whole number of steps', () => {
    expect(() => cosine(1, 0)).toThrow('steps: expected a whole number >= 1, got 0')
  })
})

describe('linearStairs', () => {
  test.prop({ ...stairs, count: fc.nat(20_000) })(
    'is value · (1 − stage / stages) while there are stages, and 0 after',
    ({ value, stages, steps, count }) => {
      const stage = (count - (count % steps)) / steps
      expectClose(
        expectPure(linearStairs(value, stages, steps), count),
        (value * Math.max(0, stages - stage)) / stages,
        1e-12,
        1e-15 * value,
      )
    },
  )

  test.prop(stairs)('starts at the value and ends with a stair of value / stages', (x) => {
    const { value, stages, steps } = x
    const schedule = linearStairs(value, stages, steps)
    expect(schedule(0)).toBe(value)
    expect(schedule(steps - 1)).toBe(value)
    expectClose(schedule((stages - 1) * steps), value / stages, 1e-12, 1e-15 * value)
    expectClose(schedule(stages * steps - 1), value / stages, 1e-12, 1e-15 * value)
    expect(schedule(stages * steps)).toBe(0)
  })

  test.prop({ ...stairs, count: fc.nat(20_000) })(
    'never rises, never falls below 0, and is flat on a stair',
    ({ value, stages, steps, count }) => {
      const schedule = linearStairs(value, stages, steps)
      expect(schedule(count + 1)).toBeLessThanOrEqual(schedule(count))
      expect(schedule(count)).toBeGreaterThanOrEqual(0)
      expect(schedule(count)).toBe(schedule(count - (count % steps)))
    },
  )

  test('CleanRL’s four iterations of 2 steps: 1, ¾, ½, ¼', () => {
    const schedule = linearStairs(1, 4, 2)
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 99].map(schedule)).toStrictEqual([
      1, 1, 0.75, 0.75, 0.5, 0.5, 0.25, 0.25, 0, 0,
    ])
  })
})

describe('scheduleFactor', () => {
  const places = {
    update: fc.nat(300),
    updates: fc.integer({ min: 1, max: 300 }),
    stepsPerUpdate: fc.integer({ min: 1, max: 5000 }),
    rest: fc.nat(4999),
  }
  const place = (update: number, updates: number, stepsPerUpdate: number, rest = 0) => ({
    update,
    updates,
    stepsPerUpdate,
    totalSteps: updates * stepsPerUpdate + (rest % stepsPerUpdate),
  })

  test.prop({ ...places, value: stairs.value, steps: stairs.steps })(
    'linear has the bits of linearStairs',
    ({ update, updates, stepsPerUpdate, rest, value, steps }) => {
      const factor = scheduleFactor('linear', place(update, updates, stepsPerUpdate, rest))
      expect(value * factor).toBe(linearStairs(value, updates, steps)(update * steps))
    },
  )

  test.prop(places)('progress is what is left of the steps after the rollout', (x) => {
    const at = place(x.update, x.updates, x.stepsPerUpdate, x.rest)
    const left = Math.max(0, at.totalSteps - (x.update + 1) * x.stepsPerUpdate)
    expectClose(scheduleFactor('progress', at), left / at.totalSteps, 1e-12, 1e-15)
  })

  test.prop(places)('constant is 1', ({ update, updates, stepsPerUpdate }) => {
    expect(scheduleFactor('constant', place(update, updates, stepsPerUpdate))).toBe(1)
  })

  test('four updates of 8 steps: 1 ¾ ½ ¼, and ¾ ½ ¼ 0; nothing falls below 0', () => {
    const run = (kind: 'linear' | 'progress'): number[] =>
      [0, 1, 2, 3, 4, 5].map((update) => scheduleFactor(kind, place(update, 4, 8)))
    expect(run('linear')).toStrictEqual([1, 0.75, 0.5, 0.25, 0, 0])
    expect(run('progress')).toStrictEqual([0.75, 0.5, 0.25, 0, 0, 0])
  })

  test.each(['adaptive', 'toString', undefined])('%s is no kind', (kind) => {
    expect(() => scheduleFactor(kind as ScheduleKind, place(0, 4, 8))).toThrow(
      new RangeError(`kind: expected one of constant, linear, progress, got ${kind}`),
    )
  })

  test('progress ends a little above 0 if the steps are not a multiple', () => {
    const at = { update: 3, updates: 4, stepsPerUpdate: 8, totalSteps: 40 }
    expectClose(scheduleFactor('progress', at), 0.2, 1e-12, 0)
    expect(scheduleFactor('linear', at)).toBe(0.25)
  })
})
