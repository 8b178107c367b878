import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { apart, chartSvg, decades } from '../../src/demo/backends/chart.ts'
import { sizesOf } from '../../src/demo/backends/sizes.ts'
import { surveyHtml } from '../../src/demo/backends/surveyHtml.ts'
import { backendsWords } from '../../src/demo/backends/words.ts'
import { COURSE, type Backend, type Survey } from '../../src/kernel/gpu/survey.ts'

const speed = (median: number) => ({ median, min: median / 2, max: 2 * median })

const count = (text: string, part: string | RegExp): number => text.split(part).length - 1

describe('the sizes of an address', () => {
  test.prop([fc.array(fc.integer({ min: 1, max: 4096 }), { minLength: 1 })])(
    'rise, each once',
    (sizes) => {
      expect(sizesOf(`?sizes=${sizes.join(',')}`, [])).toEqual(
        E.right([...new Set(sizes)].toSorted((a, b) => a - b)),
      )
    },
  )

  test('are the given ones where it has none', () => {
    expect(sizesOf('', [1, 2])).toEqual(E.right([1, 2]))
    expect(sizesOf('?size=7', [1, 2])).toEqual(E.right([1, 2]))
  })

  test.each(['', '0', '4097', '1,,2', '1.5', '-1', '1e3', 'x'])('%j is refused', (text) => {
    expect(sizesOf(`?sizes=${text}`, [1])).toEqual(
      E.left(`sizes: expected whole numbers from 1 to 4096 and commas, got ${text}`),
    )
  })
})

describe('the chart', () => {
  test.each<[readonly number[], readonly number[]]>([
    [
      [0.03, 45],
      [0.01, 0.1, 1, 10, 100],
    ],
    [[1], [1, 10]],
    [
      [2, 10],
      [1, 10],
    ],
    [
      [10, 11],
      [10, 100],
    ],
  ])('%j lies between the powers of ten %j', (values, powers) => {
    expect(decades(values)).toEqual(powers)
  })

  test.prop([fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { maxLength: 6 })])(
    'names have room, end above the axis, and stay in their order',
    (heights) => {
      const out = apart(heights, 15, 400)
      const order = heights.map((_, i) => i).toSorted((i, j) => heights[i]! - heights[j]!)
      order.forEach((i, k) => {
        expect(out[i]).toBeLessThanOrEqual(400)
        if (k > 0) expect(out[i]! - out[order[k - 1]!]!).toBeGreaterThanOrEqual(15 - 1e-9)
      })
    },
  )

  test('names that have room stay where they are', () => {
    expect(apart([100, 40, 60], 15, 400)).toEqual([100, 40, 60])
  })

  test('names at the axis are pushed up', () => {
    expect(apart([400, 395], 15, 400)).toEqual([400, 385])
  })

  test('doubling n or tenfold GFLOP/s is the same way everywhere', () => {
    const series = [{ name: 'wasm', speeds: [speed(1), speed(10), speed(100)] } as const]
    const svg = chartSvg([8, 16, 32], series, 500, 300, 'wide')
    const points = [...svg.matchAll(/<circle[^>]* cx="([\d.]+)" cy="([\d.]+)"/g)]
    const [a, b, c] = points.map(([, x, y]) => [Number(x), Number(y)] as const)
    expect(b![0] - a![0]).toBeCloseTo(c![0] - b![0], 0)
    expect(b![0]).toBeGreaterThan(a![0])
    expect(b![1] - a![1]).toBeCloseTo(c![1] - b![1], 0)
    expect(b![1]).toBeLessThan(a![1])
  })

  test('has no line without measurements and no invalid number, and may have one size', () => {
    const none = { name: 'webgpu', speeds: [null] } as const
    expect(chartSvg([8], [none], 500, 300, 'wide')).toBe('')
    const one = chartSvg([8], [none, { name: 'wasm', speeds: [speed(1)] }], 500, 300, 'wide')
    expect(count(one, 'class="series"')).toBe(1)
    expect(one).not.toMatch(/NaN|Infinity|undefined/)
  })
})

describe('what was found', () => {
  const { en, zh } = backendsWords

  const backend = (name: Backend['name'], more: Partial<Backend>): Backend => ({
    name,
    isGpu: name.startsWith('web') && name !== 'webasm',
    adapter: 'A & B <c>',
    speeds: [speed(1), null],
    problem: null,
    ...more,
  })
  const found: Survey = {
    sizes: [8, 16],
    backends: [
      backend('js', {}),
      backend('wasm', {}),
      backend('webgpu', { adapter: null, speeds: [null, null], problem: 'not here: <why>' }),
      backend('webgl2', {}),
      backend('headlessgl', { adapter: null, speeds: [null, null], problem: 'no package' }),
    ],
    host: 'wasm',
    wins: [{ mode: 'webgl2', from: 8 }],
    missing: null,
  }

  test('says from which size a GPU is faster, what all are, and why one is not here', () => {
    const html = surveyHtml(found, COURSE, en)
    expect(html).toContain('webgl2 is faster than wasm from n = 8 upwards.')
    expect(html).toContain('A &amp; B &lt;c&gt;')
    expect(html).toContain('not here: &lt;why&gt;')
    expect(html).not.toContain('no package')
    // Three that were measured at the first size alone, beside the head.
    expect(count(html, '<td>1.00<small>0.50 … 2.00</small></td><td>–</td>')).toBe(3)
    expect(html).toContain('n = 16')
  })

  test('says how gpu.js is to be had where it is not', () => {
    expect(surveyHtml({ ...found, missing: 'install it' }, COURSE, en)).toContain(
      '<p>install it</p>',
    )
  })

  test('is said in Chinese, too', () => {
    expect(surveyHtml(found, COURSE, zh)).toContain(zh.what)
  })
})
