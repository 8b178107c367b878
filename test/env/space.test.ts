import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  box,
  cartPole,
  discrete,
  type Box,
  type Discrete,
  type Element,
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

  test('of a box is a vector that nobody writes to', () => {
    expectTypeOf<Element<Box<3>>>().toEqualTypeOf<readonly number[]>()
  })

  test('of any space is one or the other', () => {
    expectTypeOf<Element<Space>>().toEqualTypeOf<number | readonly number[]>()
  })

  test('is what a step takes: a third push of the cart does not compile', () => {
    expectTypeOf<Parameters<(typeof cartPole)['step']>[0]>().toEqualTypeOf<0 | 1>()
  })
})

test('discrete and box keep their sizes in the type', () => {
  expectTypeOf(discrete(3)).toEqualTypeOf<Discrete<3>>()
  expectTypeOf(box(2, [0, 0], [1, 1])).toEqualTypeOf<Box<2>>()
  expect(discrete(3)).toEqual({ kind: 'discrete', n: 3 })
  expect(box(2, [0, -1], [1, 2])).toEqual({ kind: 'box', size: 2, low: [0, -1], high: [1, 2] })
})
