import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { difference, linesOf } from '../../../src/env/check/lines.ts'

const lines = (value: unknown): readonly string[] => linesOf(value, 'x')

describe('linesOf', () => {
  test('has a line a number, with its place', () => {
    expect(lines(3)).toEqual(['x: 3'])
    expect(lines({ a: 1, b: { c: [2, -0] } })).toEqual(['x.a: 1', 'x.b.c[0]: 2', 'x.b.c[1]: -0'])
    expect(lines([null, undefined, true, 'on', 2n])).toEqual([
      'x[0]: null',
      'x[1]: undefined',
      'x[2]: true',
      'x[3]: "on"',
      'x[4]: 2n',
    ])
    expect(lines(() => 1)).toEqual(['x: a function'])
  })

  test('and of typed arrays a line for eight', () => {
    expect(lines(Float32Array.of(0.5, -0, NaN))).toEqual([
      'x: Float32Array of 3',
      'x[0...]: 0.5 -0 NaN',
    ])
    expect(lines(Uint8Array.from({ length: 9 }, (_, i) => i))).toEqual([
      'x: Uint8Array of 9',
      'x[0...]: 0 1 2 3 4 5 6 7',
      'x[8...]: 8',
    ])
    expect(lines(new DataView(Uint8Array.of(1, 2, 3).buffer, 1))).toEqual([
      'x: DataView of 2',
      'x[0...]: 2 3',
    ])
    expect(lines(Uint8Array.of(7).buffer)).toEqual(['x: ArrayBuffer of 1', 'x[0...]: 7'])
  })

  test('of what is empty, or of a class, a line for that', () => {
    expect(lines({})).toEqual(['x: an empty object'])
    expect(lines([])).toEqual(['x: an empty array'])
    expect(lines(new Date(5))).toEqual(['x: Date 5'])
    expect(lines(new Map([['k', 1]]))).toEqual(['x: Map', 'x entry 0[0]: "k"', 'x entry 0[1]: 1'])
    expect(lines(new Set([4]))).toEqual(['x: Set', 'x entry 0: 4'])
    expect(lines(new Set())).toEqual(['x: an empty Set'])
    expect(lines(Object.assign(Object.create(null) as object, { a: 1 }))).toEqual(['x.a: 1'])
    expect(lines({ constructor: 1 })).toEqual(['x.constructor: 1'])
  })

  test('ends where a value is part of itself', () => {
    const ring: { self?: unknown; n: number } = { n: 1 }
    ring.self = [ring]
    expect(lines(ring)).toEqual(['x.n: 1', 'x.self[0]: what it is part of'])
    const twice = { n: 1 }
    expect(lines([twice, twice])).toEqual(['x[0].n: 1', 'x[1].n: 1'])
  })

  test.each<[unknown, unknown]>([
    [0, -0],
    [0, null],
    [0, '0'],
    [1, 1n],
    [[], {}],
    [[1], [1, undefined]],
    [{ a: undefined }, {}],
    [{ a: 1 }, { b: 1 }],
    [Float32Array.of(1), Float64Array.of(1)],
    [Float32Array.of(0), Float32Array.of(-0)],
    [Float32Array.of(1), [1]],
    [new Map(), new Set()],
    [new Date(1), new Date(2)],
  ])('tells one from the other: %o, %o', (a, b) => {
    expect(difference(lines(a), lines(b))).not.toBe(null)
  })
})

describe('difference', () => {
  test('is the first', () => {
    expect(difference(lines({ a: 1, b: 2, c: 3 }), lines({ a: 1, b: 4, c: 5 }))).toBe(
      'x.b: 2, then x.b: 4',
    )
    expect(difference(lines([1]), lines([1, 2]))).toBe('nothing, then x[1]: 2')
    expect(difference(lines([1, 2]), lines([1]))).toBe('x[1]: 2, then nothing')
  })

  test.prop([fc.jsonValue()])('is none between a value and its copy', (value) => {
    expect(difference(lines(value), lines(structuredClone(value)))).toBe(null)
  })
})
