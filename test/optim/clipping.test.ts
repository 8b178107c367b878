import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { backends } from '../../src/kernel/backends.ts'
import {
  clipByGlobalNorm,
  clipByNormEach,
  clipElements,
  globalNorm,
  noClip,
} from '../../src/optim/index.ts'
import type { Range } from '../../src/tensor/index.ts'
import { data, of, toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { elements, size, typed } from '../support/arbitrary.ts'
import { expectClose } from '../support/centralDifference.ts'

const flat = (x: readonly number[], type: 'f32' | 'f64' = 'f64') =>
  of(['param'], [x.length], typed(type, x))

const norm = (x: readonly number[]): number => Math.sqrt(x.reduce((s, v) => s + v * v, 0))

/** Three sizes and a gradient of them together. */
const parts = (type: 'f32' | 'f64') =>
  fc
    .tuple(size(20), size(20), size(20))
    .chain(([a, b, c]) =>
      fc.record({ sizes: fc.constant([a, b, c] as const), g: elements(type, a + b + c, 10) }),
    )

const limits = fc.double({ min: 0.01, max: 50, noNaN: true })
const none = { norm: 0 }

describe.for([
  [js.f32, 'f32', 1e-5],
  [js.f64, 'f64', 1e-12],
] as const)('in $1', ([machine, type, rtol]) => {
  test.prop({ x: parts(type), max: limits })(
    'every kind keeps the norm of the gradient as it came, its shape and its type',
    ({ x: { sizes, g }, max }) => {
      const grad = flat(g, type)
      for (const { init, update } of [
        clipByGlobalNorm(machine, max),
        clipByNormEach(machine, max, [[0, sizes[0]]]),
        clipElements(machine, max),
        noClip(machine),
      ]) {
        expect(expectPure(init, grad)).toStrictEqual(none)
        const [out, state] = expectPure(update, grad, none)
        expect(state).toStrictEqual({ norm: globalNorm(machine, data(grad)) })
        expect([out.dims, out.shape, out.dtype]).toStrictEqual([['param'], [g.length], type])
      }
    },
  )

  test.prop({ x: parts(type), max: limits })(
    'clipByNormEach is clipByGlobalNorm of each part by itself, to the bit; the rest stays',
    ({ x: { sizes, g }, max }) => {
      const [a, b] = [sizes[0], sizes[0] + sizes[1]]
      const alone = (from: number, to: number): number[] => {
        const part = flat(g.slice(from, to), type)
        return toArray(clipByGlobalNorm(machine, max).update(part, none)[0])
      }
      const run = (ranges: readonly Range[]): number[] => {
        const grad = flat(g, type)
        return toArray(clipByNormEach(machine, max, ranges).update(grad, none)[0])
      }
      const first = alone(0, a)
      const last = alone(b, g.length)
      expect(
        run([
          [0, a],
          [a, b],
          [b, g.length],
        ]),
      ).toStrictEqual([...first, ...alone(a, b), ...last])
      expect(
        run([
          [0, a],
          [b, g.length],
        ]),
      ).toStrictEqual([...first, ...g.slice(a, b), ...last])
      expect(run([[0, g.length]])).toStrictEqual(alone(0, g.length))
      expect(run([])).toStrictEqual(g)
    },
  )

  test.prop({ x: parts(type), max: limits })(
    'clipByNormEach leaves every part at most as long as allowed',
    ({ x: { sizes, g }, max }) => {
      const grad = flat(g, type)
      const ranges: Range[] = [
        [0, sizes[0]],
        [sizes[0], g.length],
      ]
      const out = toArray(clipByNormEach(machine, max, ranges).update(grad, none)[0])
      for (const [from, to] of ranges)
        expectClose(norm(out.slice(from, to)), Math.min(max, norm(g.slice(from, to))), rtol, 1e-12)
    },
  )

  test.prop({ x: parts(type), max: limits })(
    'clipElements is min(max, max(−max, g)) of each, rounded to its type',
    ({ x: { g }, max }) => {
      const grad = flat(g, type)
      expect(toArray(clipElements(machine, max).update(grad, none)[0])).toStrictEqual(
        Array.from(
          typed(
            type,
            g.map((x) => Math.min(max, Math.max(-max, x))),
          ),
        ),
      )
    },
  )

  test('noClip gives the very gradient', () => {
    const grad = flat([300, -400], type)
    expect(noClip(machine).update(grad, none)).toStrictEqual([grad, { norm: 500 }])
  })
})

test.prop({ x: parts('f32'), max: limits })(
  'both backends give the same bits',
  ({ x: { sizes, g }, max }) => {
    const grad = flat(g, 'f32')
    const run = (machine: typeof js.f32): unknown =>
      [
        clipByNormEach(machine, max, [
          [0, sizes[0]],
          [sizes[0], g.length],
        ]),
        clipElements(machine, max),
        noClip(machine),
      ].map(({ update }) => {
        const [out, state] = update(grad, none)
        return [toArray(out), state]
      })
    expect(run(backends.wasm.machine)).toStrictEqual(run(js.f32))
  },
)

test('by hand: [3, 4 | 0.3, 0.4 | 6, 8] to norm 1 each, and to elements of 1', () => {
  const grad = flat([3, 4, 0.3, 0.4, 6, 8])
  const ranges: Range[] = [
    [0, 2],
    [2, 4],
    [4, 6],
  ]
  const [each] = clipByNormEach(js.f64, 1, ranges).update(grad, none)
  expectClose(toArray(each), [0.6, 0.8, 0.3, 0.4, 0.6, 0.8], 1e-15, 0)
  expect(toArray(clipElements(js.f64, 1).update(grad, none)[0])).toStrictEqual([
    1, 1, 0.3, 0.4, 1, 1,
  ])
  const negative = flat([-3, -1, -0.5, 1, 0])
  expect(toArray(clipElements(js.f64, 1).update(negative, none)[0])).toStrictEqual([
    -1, -1, -0.5, 1, 0,
  ])
})

test('NaN stays NaN: clipping hides no mistake', () => {
  const grad = flat([NaN, 5])
  for (const clip of [clipElements(js.f64, 1), noClip(js.f64), clipByNormEach(js.f64, 1, [[0, 2]])])
    expect(toArray(clip.update(grad, none)[0])[0]).toBeNaN()
})

describe('ranges that are not ordered parts are refused', () => {
  const run = (...ranges: Range[]) => {
    const grad = flat([1, 2, 3, 4])
    return clipByNormEach(js.f64, 1, ranges).update(grad, none)
  }
  test.each([
    [[[-1, 2]], 'ranges[0]: expected 0 <= from <= to <= 4, got [-1, 2)'],
    [[[0, 5]], 'ranges[0]: expected 0 <= from <= to <= 4, got [0, 5)'],
    [[[3, 2]], 'ranges[0]: expected 0 <= from <= to <= 4, got [3, 2)'],
    [
      [
        [0, 3],
        [2, 4],
      ],
      'ranges[1]: expected 3 <= from <= to <= 4, got [2, 4)',
    ],
    [[[0, NaN]], 'ranges[0]: expected 0 <= from <= to <= 4, got [0, NaN)'],
  ] as const)('%j', (ranges, message) => {
    expect(() => run(...ranges)).toThrow(RangeError)
    expect(() => run(...ranges)).toThrow(message)
  })

  test('an empty part is one', () => {
    expect(() => run([0, 0], [0, 4], [4, 4])).not.toThrow()
  })
})

describe('a bound that bounds nothing, or all', () => {
  const makers = [
    clipByGlobalNorm,
    (machine: typeof js.f64, max: number) => clipByNormEach(machine, max, [[0, 2]]),
    clipElements,
  ]

  test.each([0, -1, NaN, -Infinity])('is refused: %d', (max) => {
    for (const make of makers)
      expect(() => make(js.f64, max)).toThrow(
        new RangeError(`max: expected a number > 0, got ${max}`),
      )
  })

  test('may be arbitrarily small, and Infinity changes nothing', () => {
    const grad = flat([300, -400])
    for (const make of makers) {
      expect(() => make(js.f64, Number.MIN_VALUE)).not.toThrow()
      const [out, state] = make(js.f64, Infinity).update(grad, none)
      expect([toArray(out), state]).toStrictEqual([[300, -400], { norm: 500 }])
    }
  })
})
