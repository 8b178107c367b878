import { fc, test as law } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { decodePlain, encodePlain } from '../../src/run/plain.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'

const bytesOf = (value: unknown): Uint8Array => {
  const encoded = expectPure(encodePlain, value)
  if (E.isLeft(encoded)) expect.fail(encoded.left)
  return encoded.right
}

const valueOf = (bytes: Uint8Array): unknown => {
  const decoded = expectPure(decodePlain, bytes)
  if (E.isLeft(decoded)) expect.fail(decoded.left)
  return decoded.right
}

const text = (bytes: string): Uint8Array => new TextEncoder().encode(bytes)

describe('a plain value', () => {
  law.prop([fc.double()])('that is a number comes back to the bit', (x) => {
    expect(Object.is(valueOf(bytesOf(x)), x)).toBe(true)
  })

  test.each([-0, 0, NaN, Infinity, -Infinity, Number.MIN_VALUE, 2 ** 53, 0.1])(
    'such as %d, also within lists and records',
    (x) => expectSameBits(valueOf(bytesOf([x, { x }])), [x, { x }]),
  )

  law.prop([fc.float64Array(), fc.float32Array(), fc.int32Array(), fc.uint32Array()])(
    'that is of typed arrays comes back as such, to the bit',
    (...value) => expectSameBits(valueOf(bytesOf(value)), value),
  )

  test('of bytes, or of a part of a buffer, returns with only its own numbers', () => {
    const part = Float64Array.of(1, 2, -0, NaN, 5).subarray(1, 4)
    const back = valueOf(bytesOf([part, Uint8Array.of(0, 255)])) as [Float64Array, Uint8Array]
    expect(back[1]).toEqual(Uint8Array.of(0, 255))
    expect([...back[0]].every((x, i) => Object.is(x, part[i]))).toBe(true)
    expect(back[0]).toHaveLength(3)
  })

  law.prop([
    fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withSparseArray: true,
    }),
  ])('of records, lists, maps and sets comes back as it was', (value) => {
    const encoded = encodePlain(value)
    // Names that records may not have.
    if (E.isLeft(encoded)) expect(encoded.left).toContain('__proto__')
    else expect(valueOf(encoded.right)).toEqual(value)
  })

  test('may be undefined, or have fields and places that are', () => {
    expect(valueOf(bytesOf(undefined))).toBeUndefined()
    const back = valueOf(bytesOf({ a: undefined, b: [undefined, null] }))
    expect(Object.entries(back as object)).toEqual([
      ['a', undefined],
      ['b', [undefined, null]],
    ])
  })

  test('that is held twice is one thing after, too, and may hold itself', () => {
    const shared = { x: 1 }
    const ring: unknown[] = [shared, new Map([['again', shared]])]
    ring.push(ring)
    const back = valueOf(bytesOf(ring)) as [object, Map<string, object>, unknown]
    expect(back[1].get('again')).toBe(back[0])
    expect(back[2]).toBe(back)
  })

  test('has the same bytes each time', () => {
    const make = () => ({ a: [1, -0, new Map([['x', Float64Array.of(NaN)]])], b: undefined })
    expect(bytesOf(make())).toEqual(bytesOf(make()))
  })

  class Robot {
    readonly x = 1
  }

  test.each<[string, unknown, string]>([
    ['a function', { hand: () => 1 }, ', got a function at .hand'],
    ['a symbol', [Symbol('x')], ', got Symbol(x) at [0]'],
    ['an instance of a class', [{ arm: new Robot() }], ', got an instance of Robot at [0].arm'],
    [
      'one without a name',
      {
        arm: new (class {
          readonly x = 1
        })(),
      },
      ', got an instance of a class at .arm',
    ],
    ['one within a Map', new Map([['a', new Robot()]]), ', got an instance of Robot at .get("a")'],
    ['a WeakMap', new WeakMap(), ', got an instance of WeakMap'],
    ['a Promise', Promise.resolve(1), ', got an instance of Promise'],
    [
      'a record by symbols',
      { a: { [Symbol('x')]: 1 } },
      ': Cannot stringify POJOs with symbolic keys at .a',
    ],
    [
      'a record that throws',
      Object.defineProperty({}, 'x', {
        enumerable: true,
        get: () => {
          throw new TypeError('no x')
        },
      }),
      ': no x',
    ],
  ])('is not %s: Left says what it is, and where', (_, value, said) => {
    expect(encodePlain(value)).toEqual(E.left(`expected a plain value${said}`))
  })
})

describe('bytes that are no plain value', () => {
  const refused = E.left('expected a plain value, got something else or only a part')

  test.each(['', 'x', '[', '{}', '[[7]]', '[["Robot",1]]', '"a"', '[["__proto__",1]]'])(
    '%s: Left',
    (bytes) => expect(decodePlain(text(bytes))).toEqual(refused),
  )

  test('broken UTF-8: Left', () => {
    expect(decodePlain(Uint8Array.of(0x5b, 0x22, 0xff, 0x22, 0x5d))).toEqual(refused)
  })

  law.prop([fc.uint8Array({ maxLength: 40 })])('anything at all: never a throw', (bytes) => {
    expect(['Left', 'Right']).toContain(decodePlain(bytes)._tag)
  })

  const whole = bytesOf([{ a: Float64Array.of(1, 2) }, new Map([[1, 'x']]), 'end'])

  law.prop([fc.nat(whole.length - 1)])('a part of some: Left', (length) => {
    expect(decodePlain(whole.subarray(0, length))).toEqual(refused)
  })
})
