import { fc, test } from '@fast-check/vitest'
import { describe, expect, expectTypeOf } from 'vitest'
import {
  box,
  cartPole,
  discrete,
  multiBinary,
  multiDiscrete,
  product,
  width,
  type Box,
  type Discrete,
  type Element,
  type Environment,
  type MultiBinary,
  type MultiDiscrete,
  type Product,
  type Space,
} from '../../src/env/index.ts'

describe('an element of a space', () => {
  test('of n actions is one of 0 … n − 1', () => {
    expectTypeOf<Element<Discrete<2>>>().toEqualTypeOf<0 | 1>()
    expectTypeOf<Element<Discrete<4>>>().toEqualTypeOf<0 | 1 | 2 | 3>()
    expectTypeOf<Element<Discrete<1>>>().toEqualTypeOf<0>()
  })

  test('is any number where n is not known to the compiler', () => {
    expectTypeOf<Element<Discrete>>().toEqualTypeOf<number>()
  })

  test('is one of a list of up to 64, and any number beyond, however large n is', () => {
    type Last<N extends number> = Exclude<Element<Discrete<N>>, Element<Discrete<63>>>
    expectTypeOf<Last<64>>().toEqualTypeOf<63>()
    expectTypeOf<Element<Discrete<65>>>().toEqualTypeOf<number>()
    expectTypeOf<Element<Discrete<999>>>().toEqualTypeOf<number>()
    expectTypeOf<Element<Discrete<5000>>>().toEqualTypeOf<number>()
    expectTypeOf(discrete(1_000_000_000)).toEqualTypeOf<Discrete<1_000_000_000>>()
    expectTypeOf<Element<Discrete<1_000_000_000>>>().toEqualTypeOf<number>()
    expectTypeOf<Element<MultiDiscrete<[2, 65, 5000]>>>().toEqualTypeOf<
      readonly [0 | 1, number, number]
    >()
  })

  test('of one of two sizes has the elements of either', () => {
    expectTypeOf<Element<Discrete<2 | 3>>>().toEqualTypeOf<0 | 1 | 2>()
    expectTypeOf<Element<Discrete<2 | 500>>>().toEqualTypeOf<number>()
  })

  test('of a box is a vector that is never written to', () => {
    expectTypeOf<Element<Box<3>>>().toEqualTypeOf<readonly number[]>()
  })

  test('of several whole numbers is a tuple, each below its own size', () => {
    expectTypeOf<Element<MultiDiscrete<[3, 2]>>>().toEqualTypeOf<readonly [0 | 1 | 2, 0 | 1]>()
    expectTypeOf<Element<MultiDiscrete>>().toEqualTypeOf<readonly number[]>()
    expectTypeOf<Element<MultiDiscrete<[2, number]>>>().toEqualTypeOf<readonly [0 | 1, number]>()
  })

  test('of n bits is a vector of 0 and 1', () => {
    expectTypeOf<Element<MultiBinary<3>>>().toEqualTypeOf<ReadonlyArray<0 | 1>>()
  })

  test('of a product is an object of its names, products in products too', () => {
    const pad = product({ stick: box(2, [-1, -1], [1, 1]), button: discrete(2) })
    type Pad = { readonly stick: readonly number[]; readonly button: 0 | 1 }
    expectTypeOf<Element<typeof pad>>().toEqualTypeOf<Pad>()
    const both = product({ pad, keys: multiDiscrete([3, 2]) })
    expectTypeOf<Element<typeof both>>().toEqualTypeOf<{
      readonly pad: Pad
      readonly keys: readonly [0 | 1 | 2, 0 | 1]
    }>()
  })

  test('of any space may be one of each', () => {
    expectTypeOf<number>().toExtend<Element<Space>>()
    expectTypeOf<readonly number[]>().toExtend<Element<Space>>()
    expectTypeOf<{ readonly button: 1 }>().toExtend<Element<Space>>()
    expectTypeOf<string>().not.toExtend<Element<Space>>()
  })
})

describe('an environment’s action space decides what its step takes', () => {
  type ActionOf<A extends Space> = Parameters<Environment<null, A>['step']>[0]

  test('a third push of the cart does not compile', () => {
    expectTypeOf<Parameters<(typeof cartPole)['step']>[0]>().toEqualTypeOf<0 | 1>()
    // @ts-expect-error there are two
    expect(() => cartPole.step(2)).toBeTypeOf('function')
  })

  test('for every kind of space', () => {
    expectTypeOf<ActionOf<Box<2>>>().toEqualTypeOf<readonly number[]>()
    expectTypeOf<ActionOf<MultiDiscrete<[2, 3]>>>().toEqualTypeOf<readonly [0 | 1, 0 | 1 | 2]>()
    expectTypeOf<ActionOf<MultiBinary<4>>>().toEqualTypeOf<ReadonlyArray<0 | 1>>()
    expectTypeOf<ActionOf<Product<{ readonly fire: Discrete<2> }>>>().toEqualTypeOf<{
      readonly fire: 0 | 1
    }>()
  })

  test('and an environment of two actions may stand where any environment is asked for', () => {
    expectTypeOf<Environment<null, Discrete<2>>>().toExtend<Environment<null>>()
    expectTypeOf<Environment<null, MultiDiscrete<[3, 2]>>>().toExtend<Environment<null>>()
    expectTypeOf<Environment<null, Product<{ readonly fire: Discrete<2> }>>>().toExtend<
      Environment<null>
    >()
  })
})

test('spaces keep their sizes in the type and in the value', () => {
  expectTypeOf(discrete(3)).toEqualTypeOf<Discrete<3>>()
  expectTypeOf(box(2, [0, 0], [1, 1])).toEqualTypeOf<Box<2>>()
  expectTypeOf(multiDiscrete([3, 2])).toEqualTypeOf<MultiDiscrete<readonly [3, 2]>>()
  expectTypeOf(multiBinary(4)).toEqualTypeOf<MultiBinary<4>>()
  expectTypeOf(product({ a: discrete(2) })).toEqualTypeOf<Product<{ a: Discrete<2> }>>()
  expect(discrete(3)).toEqual({ kind: 'discrete', n: 3 })
  expect(box(2, [0, -1], [1, 2])).toEqual({ kind: 'box', size: 2, low: [0, -1], high: [1, 2] })
  expect(multiDiscrete([3, 2])).toEqual({ kind: 'multiDiscrete', sizes: [3, 2] })
  expect(multiBinary(4)).toEqual({ kind: 'multiBinary', n: 4 })
  expect(product({ a: discrete(2) })).toEqual({
    kind: 'product',
    spaces: { a: { kind: 'discrete', n: 2 } },
  })
})

describe('an invalid space is refused', () => {
  test.each([0, -1, 1.5, NaN, Infinity])('%s is not a number of choices', (n) => {
    const expected = `expected a whole number >= 1, got ${n}`
    expect(() => discrete(n)).toThrow(new RangeError(`n: ${expected}`))
    expect(() => multiBinary(n)).toThrow(new RangeError(`n: ${expected}`))
    expect(() => multiDiscrete([2, n])).toThrow(new RangeError(`sizes[1]: ${expected}`))
    expect(() => box(n, [], [])).toThrow(new RangeError(`size: ${expected}`))
  })

  test('of no entry', () => {
    expect(() => multiDiscrete([])).toThrow('sizes: expected at least one size, got none')
    expect(() => product({})).toThrow('spaces: expected at least one space, got none')
  })

  test.each(['0', '12'])('a product’s name %s, which objects move to the front', (name) => {
    expect(() => product({ a: discrete(2), [name]: discrete(2) })).toThrow(
      `spaces: expected names that are not whole numbers, got ${name}`,
    )
  })

  test('a name with a number in it is fine', () => {
    expect(width(product({ a1: discrete(2), '1a': discrete(2) }))).toBe(2)
  })

  test('a box whose bounds are too few, exchanged or NaN', () => {
    expect(() => box(2, [0], [1, 1])).toThrow('low: expected 2 numbers, got 1')
    expect(() => box(2, [0, 0], [1, 1, 1])).toThrow('high: expected 2 numbers, got 3')
    expect(() => box(2, [0, 2], [1, 1])).toThrow('low[1]: expected a number <= high[1] = 1, got 2')
    expect(() => box(1, [NaN], [1])).toThrow('low[0]: expected a number <= high[0] = 1, got NaN')
    expect(() => box(1, [0], [NaN])).toThrow('low[0]: expected a number <= high[0] = NaN, got 0')
  })

  test('but low may be high, and bounds may be infinite', () => {
    expect(box(2, [1, -Infinity], [1, Infinity]).low).toEqual([1, -Infinity])
  })
})

describe('width', () => {
  test('is 1, the size, or how many there are', () => {
    expect(width(discrete(7))).toBe(1)
    expect(width(box(3, [0, 0, 0], [1, 1, 1]))).toBe(3)
    expect(width(multiDiscrete([5, 2, 9, 4]))).toBe(4)
    expect(width(multiBinary(6))).toBe(6)
  })

  test.prop({ n: fc.integer({ min: 1, max: 9 }), m: fc.integer({ min: 1, max: 9 }) })(
    'of a product is the sum',
    ({ n, m }) => {
      const inner = product({ a: multiBinary(n), b: discrete(m) })
      expect(width(product({ inner, c: multiBinary(m) }))).toBe(n + 1 + m)
    },
  )
})
