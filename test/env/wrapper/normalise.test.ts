import { fc, test } from '@fast-check/vitest'
import { describe, expect, expectTypeOf } from 'vitest'
import { box, pendulum, type Box, type Environment } from '../../../src/env/index.ts'
import { contains } from '../../../src/env/contains.ts'
import { normalise, normaliseByBounds } from '../../../src/env/wrapper/normalise.ts'
import { key } from '../../../src/random/index.ts'
import { bounds } from '../../support/anySpace.ts'
import { closing, spaces, walk } from '../../support/spaces.ts'

/** An environment whose state is what is seen of it. */
const window = (
  low: readonly number[],
  high: readonly number[],
): Environment<readonly number[]> => ({
  name: 'window',
  actionSpace: spaces.discrete,
  observationSpace: box(low.length, low, high),
  init: () => low,
  step: () => (state) => [{ reward: 0, terminated: false, truncated: false }, state],
  observe: (state) => state,
})

describe('normalise', () => {
  test('takes away the mean and divides by the deviation, bounds included', () => {
    const world = normalise({ mean: [1, 10], std: [2, 0.5] })(window([-1, 9], [3, Infinity]))
    expect(world.observe([2, 9.5])).toEqual([0.5, -1])
    expect(world.observationSpace).toEqual(box(2, [-1, -2], [1, Infinity]))
  })

  test('holds what lies beyond the clip, and the bounds with it', () => {
    const world = normalise({ mean: [0], std: [1], clip: 2 })(window([-Infinity], [1]))
    expect([-2.5, -2, 0.5].map((x) => world.observe([x])[0])).toEqual([-2, -2, 0.5])
    expect(world.observationSpace).toEqual(box(1, [-2], [1]))
  })

  const inside = fc
    .tuple(bounds, fc.double({ min: -1e6, max: 1e6, noNaN: true }))
    .map(([[low, high], x]) => ({ low, high, x: Math.max(low, Math.min(x, high)) }))
  test.prop([
    inside,
    fc.double({ min: -100, max: 100, noNaN: true }),
    fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    fc.constantFrom(Infinity, 1, 10),
  ])('what was within the bounds stays within them', ({ low, high, x }, mean, std, clip) => {
    const world = normalise({ mean: [mean], std: [std], clip })(window([low], [high]))
    expect(contains(world.observationSpace, world.observe([x]))).toBe(null)
  })

  test('changes nothing else', () => {
    const masked = walk(spaces.discrete, closing(spaces.discrete))
    const world = normalise({ mean: [0, 0], std: [1, 2] })(masked)
    expect({ ...world, observe: null, observationSpace: null }).toEqual({
      ...masked,
      observe: null,
      observationSpace: null,
    })
    const swung = normalise({ mean: [0, 0, 0], std: [1, 1, 8] })(pendulum)
    expectTypeOf(swung.actionSpace).toEqualTypeOf<Box<1>>()
  })

  test('wants a mean and a deviation for each feature', () => {
    expect(() => normalise({ mean: [0, 0], std: [1, 1, 1] })(pendulum)).toThrow(
      new RangeError("mean: expected 3 numbers as in pendulum's observationSpace, got 2"),
    )
    expect(() => normalise({ mean: [0, 0, 0], std: [1, 1, 1, 1] })(pendulum)).toThrow(
      new RangeError("std: expected 3 numbers as in pendulum's observationSpace, got 4"),
    )
  })

  test.each([0, -1, NaN, Infinity])('%s is no deviation', (std) => {
    expect(() => normalise({ mean: [0, 0], std: [1, std] })).toThrow(
      new RangeError(`std[1]: expected a finite number > 0, got ${std}`),
    )
  })

  test.each([NaN, Infinity])('%s is refused as a mean, and 0 as a clip', (mean) => {
    expect(() => normalise({ mean: [mean], std: [1] })).toThrow(
      new RangeError(`mean[0]: expected a finite number, got ${mean}`),
    )
    expect(() => normalise({ mean: [0], std: [1], clip: 0 })).toThrow(
      new RangeError('clip: expected a number > 0, got 0'),
    )
  })
})

describe('normaliseByBounds', () => {
  test('lays the bounds over [−1, 1]', () => {
    const world = normaliseByBounds(window([-2, 0, 5], [2, 8, 5]))
    expect(world.observationSpace).toEqual(box(3, [-1, -1, -1], [1, 1, 1]))
    expect(world.observe([-2, 8, 5])).toEqual([-1, 1, 0])
    expect(world.observe([1, 2, 5])).toEqual([0.5, -0.5, 0])
    expect(world.observe([-3, 9, 6])).toEqual([-1, 1, 0])
  })

  test.prop([fc.nat(), fc.constantFrom(-2, -0.3, 1.7)])(
    'changes nothing else of a pendulum',
    (seed, torque) => {
      const world = normaliseByBounds(pendulum)
      const [outcome, next] = world.step([torque], key(0))(world.init(key(seed)))
      const [same, plain] = pendulum.step([torque], key(0))(pendulum.init(key(seed)))
      expect([outcome, next]).toEqual([same, plain])
      const [cos, sin, speed] = pendulum.observe(plain)
      const [x, y, z] = world.observe(next)
      expect(x).toBeCloseTo(cos!, 15)
      expect(y).toBeCloseTo(sin!, 15)
      expect(z).toBeCloseTo(speed! / 8, 15)
      expectTypeOf(world.actionSpace).toEqualTypeOf<Box<1>>()
    },
  )

  test.each([
    [[0, -Infinity], [1, 1], 'low[1]: expected a finite bound to normalise by, got -Infinity'],
    [[0, 0], [1, Infinity], 'high[1]: expected a finite bound to normalise by, got Infinity'],
    [
      [0, -1e308],
      [1, 1e308],
      'low[1]: expected a finite distance to high[1] = 1e+308, got -1e+308',
    ],
  ])('names the feature that has no bound: %s to %s', (low, high, problem) => {
    expect(() => normaliseByBounds(window(low, high))).toThrow(
      new RangeError(`observationSpace.${problem}`),
    )
  })
})
