import { fc, test } from '@fast-check/vitest'
import { describe, expect, expectTypeOf } from 'vitest'
import {
  box,
  discrete,
  pendulum,
  product,
  reader,
  type Box,
  type Environment,
} from '../../../src/env/index.ts'
import { actionScale } from '../../../src/env/wrapper/actionScale.ts'
import { key } from '../../../src/random/index.ts'
import { darts } from '../../support/worlds.ts'
import { echo } from './echo.ts'

const seen = <S>(world: Environment<S, Box>, action: readonly number[]): unknown =>
  world.step(action, key(0))(world.init(key(0)))[1]

describe('actionScale', () => {
  test('lays [−1, 1] over the bounds of each entry', () => {
    const world = actionScale()(echo(box(2, [-2, 0], [2, 8])))
    expect(world.actionSpace).toEqual(box(2, [-1, -1], [1, 1]))
    expect(seen(world, [-1, 1])).toEqual([-2, 8])
    expect(seen(world, [0.5, -0.5])).toEqual([1, 2])
    expect(seen(world, [-9, 9])).toEqual([-2, 8])
  })

  test('or another range, which need not have 0 in the middle', () => {
    const world = actionScale({ low: 0, high: 4 })(echo(box(1, [-1], [1])))
    expect(world.actionSpace).toEqual(box(1, [0], [4]))
    expect([0, 1, 2, 4, 5].map((a) => seen(world, [a]))).toEqual([[-1], [-0.5], [0], [1], [1]])
  })

  test('in a product every box has its own bounds', () => {
    const pad = product({ stick: box(1, [-3], [3]), knob: box(1, [0], [4]) })
    const world = actionScale()(echo(pad))
    expectTypeOf(world.actionSpace).toEqualTypeOf(pad)
    expect(world.actionSpace).toEqual(
      product({ stick: box(1, [-1], [1]), knob: box(1, [-1], [1]) }),
    )
    const [, state] = world.step({ stick: [-1], knob: [0] }, key(0))(null)
    expect(state).toEqual({ stick: [-3], knob: [2] })
  })

  test.prop([fc.nat(), fc.array(fc.double({ noNaN: true }), { minLength: 2, maxLength: 2 })])(
    'from [−1, 1] equals a reader that squashes, to the bit, and changes nothing else',
    (seed, action) => {
      const world = actionScale()(darts)
      const state = darts.init(key(seed))
      const inside = reader(darts.actionSpace, 'squash')(action, 0)
      expect(world.step(action, key(1))(state)).toEqual(darts.step(inside, key(1))(state))
      expect([world.name, world.observationSpace, world.init, world.observe]).toEqual([
        darts.name,
        darts.observationSpace,
        darts.init,
        darts.observe,
      ])
    },
  )

  const finite = fc.double({ min: -1e300, max: 1e300, noNaN: true })
  const range = fc
    .tuple(finite, finite)
    .filter(([a, b]) => a !== b)
    .map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }))
  test.prop([range, range])('meets the ends of any range to the bit', (from, to) => {
    const world = actionScale(from)(echo(box(1, [to.low], [to.high])))
    const ends = [from.low, from.high].map((a) => seen(world, [a]) as readonly number[])
    expect(ends.map(([x]) => x! + 0)).toEqual([to.low + 0, to.high + 0])
  })

  test('keeps the type of actions, and the mask', () => {
    expectTypeOf(actionScale()(pendulum).actionSpace).toEqualTypeOf<Box<1>>()
    const mask = () => []
    expect(actionScale()({ ...pendulum, actionMask: mask }).actionMask).toBe(mask)
  })

  test.each([
    [1, 1],
    [2, 1],
    [NaN, 1],
    [0, NaN],
    [0, Infinity],
    [-Infinity, 0],
    [-Number.MAX_VALUE, Number.MAX_VALUE],
  ])('from %s to %s is no range', (low, high) => {
    expect(() => actionScale({ low, high })).toThrow(
      new RangeError(`low: expected finite low < high, got low ${low} and high ${high}`),
    )
  })

  test('accepts only boxes with bounds', () => {
    const whole = { ...echo(box(1, [0], [1])), actionSpace: discrete(3) }
    // @ts-expect-error a discrete action has no bounds
    expect(() => actionScale()(whole)).toThrow(
      'actionSpace: expected a box or a product of boxes, got discrete',
    )
    expect(() => actionScale()(echo(box(2, [0, -Infinity], [1, 1])))).toThrow(
      new RangeError('actionSpace: low[1]: expected a finite bound to scale to, got -Infinity'),
    )
    const open = product({ stick: box(1, [0], [Infinity]) })
    expect(() => actionScale()(echo(open))).toThrow(
      new RangeError(
        'actionSpace: stick: high[0]: expected a finite bound to scale to, got Infinity',
      ),
    )
  })
})
