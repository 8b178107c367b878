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
  type Product,
} from '../../../src/env/index.ts'
import { actionClip } from '../../../src/env/wrapper/actionClip.ts'
import { key } from '../../../src/random/index.ts'
import { expectPure } from '../../law/purity.ts'
import { walk } from '../../support/spaces.ts'
import { darts } from '../../support/worlds.ts'
import { echo } from './echo.ts'

describe('actionClip', () => {
  test('lets the environment see actions within its bounds, and bounds no action outside', () => {
    const world = actionClip(echo(box(3, [-1, 0, -Infinity], [1, 2, 4])))
    const [, seen] = world.step([-7, 1, 5], key(0))(null)
    expect(seen).toEqual([-1, 1, 4])
    expect(world.actionSpace).toEqual(
      box(3, [-Infinity, -Infinity, -Infinity], [Infinity, Infinity, Infinity]),
    )
  })

  test('in a product every box has its own bounds', () => {
    const pad = product({ stick: box(1, [-1], [1]), deep: product({ knob: box(1, [0], [4]) }) })
    const world = actionClip(echo(pad))
    const [, seen] = world.step({ stick: [2], deep: { knob: [-2] } }, key(0))(null)
    expect(seen).toEqual({ stick: [1], deep: { knob: [0] } })
    expect(world.actionSpace).toEqual(
      product({
        stick: box(1, [-Infinity], [Infinity]),
        deep: product({ knob: box(1, [-Infinity], [Infinity]) }),
      }),
    )
    expectTypeOf(world.actionSpace).toEqualTypeOf(pad)
  })

  test.prop([fc.nat(), fc.array(fc.double({ noNaN: true }), { minLength: 2, maxLength: 2 })])(
    'equals a reader that clips, and changes nothing else',
    (seed, action) => {
      const world = actionClip(darts)
      const state = darts.init(key(seed))
      const inside = reader(darts.actionSpace, 'clip')(action, 0)
      expect(expectPure((a: readonly number[]) => world.step(a, key(1))(state), action)).toEqual(
        darts.step(inside, key(1))(state),
      )
      expect([world.name, world.observationSpace, world.init, world.observe]).toEqual([
        darts.name,
        darts.observationSpace,
        darts.init,
        darts.observe,
      ])
    },
  )

  test('keeps the type of actions, and the mask', () => {
    expectTypeOf(actionClip(pendulum).actionSpace).toEqualTypeOf<Box<1>>()
    const mask = () => []
    const masked = actionClip({ ...pendulum, actionMask: mask })
    expect(masked.actionMask).toBe(mask)
    expect('actionMask' in actionClip(pendulum)).toBe(false)
  })

  test('accepts only boxes', () => {
    const whole = walk(discrete(3)) as Environment<unknown>
    // @ts-expect-error a discrete action has no bounds
    expect(() => actionClip(walk(discrete(3)))).toThrow(
      new RangeError('actionSpace: expected a box or a product of boxes, got discrete'),
    )
    const hidden = { ...whole, actionSpace: product({ a: product({ b: discrete(2) }) }) }
    expect(() => actionClip(hidden as unknown as Environment<unknown, Product<never>>)).toThrow(
      new RangeError('actionSpace: a: b: expected a box or a product of boxes, got discrete'),
    )
  })
})
