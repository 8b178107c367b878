import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import {
  conv2d,
  dense,
  sequential,
  type Conv2dOptions,
  type Dense,
  type ImageSize,
} from '../../src/nn/index.ts'
import { key } from '../../src/random/key.ts'
import { of, reshape, toArray } from '../../src/tensor/tensor.ts'
import { layerLaws } from '../law/layers.ts'
import { elements } from '../support/arbitrary.ts'
import { expectClose } from '../support/centralDifference.ts'

const image = { height: 4, width: 3, channels: 2 }

layerLaws('conv2d', { layer: conv2d(image, 2, { kernel: 2 }) })
layerLaws('conv2d with zeros around it and a stride', {
  layer: conv2d(image, 2, { kernel: [3, 2], stride: 2, padding: 'same', activation: 'silu' }),
})
layerLaws('conv2d of relu', {
  layer: conv2d(image, 1, { kernel: 3, activation: 'relu' }),
  kinks: (params, x) =>
    toArray(
      conv2d(image, 1, { kernel: 3, activation: 'linear' }).forward(js.f64, params as Dense, x)[0],
    ),
})
const first = conv2d(image, 3, { kernel: 2 })
const second = conv2d(first.output, 2, { kernel: 2 })
layerLaws('two conv2d below dense', {
  layer: sequential([first, second, dense(second.outputs, 2)]),
})

/** Another way to say it: a sum over the window for each output, zeros beyond the image. */
const naive = (
  { height, width, channels }: ImageSize,
  filters: number,
  kernel: readonly [number, number],
  stride: number,
  padding: 'none' | 'same',
  x: readonly number[],
  { weight, bias }: Dense,
): { readonly shape: readonly number[]; readonly y: readonly number[] } => {
  const windows = (size: number, window: number): readonly [number, number] => {
    if (padding === 'none') return [Math.floor((size - window) / stride) + 1, 0]
    const count = Math.ceil(size / stride)
    const zeros = Math.max(0, stride * (count - 1) + window - size)
    return [count, Math.floor(zeros / 2)]
  }
  const [[down, top], [across, left]] = [windows(height, kernel[0]), windows(width, kernel[1])]
  const [w, b] = [toArray(weight), toArray(bias)]
  const pixel = (i: number, j: number, c: number): number =>
    i < 0 || i >= height || j < 0 || j >= width ? 0 : x[(i * width + j) * channels + c]!
  const y: number[] = []
  for (let i = 0; i < down; i++)
    for (let j = 0; j < across; j++)
      for (let f = 0; f < filters; f++) {
        let z = b[f]!
        for (let u = 0; u < kernel[0]; u++)
          for (let v = 0; v < kernel[1]; v++)
            for (let c = 0; c < channels; c++)
              z +=
                pixel(i * stride + u - top, j * stride + v - left, c) *
                w[((u * kernel[1] + v) * channels + c) * filters + f]!
        y.push(z)
      }
  return { shape: [down, across, filters], y }
}

const side = fc.integer({ min: 1, max: 5 })
const drawn = fc
  .record({
    image: fc.record({ height: side, width: side, channels: fc.integer({ min: 1, max: 2 }) }),
    filters: fc.integer({ min: 1, max: 3 }),
    kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.constantFrom('none', 'same'),
  })
  .filter(
    ({ image: { height, width }, kernel, padding }) =>
      padding === 'same' || (kernel[0] <= height && kernel[1] <= width),
  )
  .chain((spec) => {
    const { height, width, channels } = spec.image
    const inner = spec.kernel[0] * spec.kernel[1] * channels
    return fc.record({
      spec: fc.constant(spec),
      x: elements('f64', 2 * height * width * channels, 1),
      weight: elements('f64', inner * spec.filters, 1).map((w) =>
        of(['in', 'out'], [inner, spec.filters], w),
      ),
      bias: elements('f64', spec.filters, 1).map((b) => of(['out'], [spec.filters], b)),
    })
  })

describe('conv2d', () => {
  test.prop({ d: drawn })(
    'is a sum over the window of each output: a naive loop',
    ({ d: { spec, x, weight, bias } }) => {
      const { image, filters, kernel, stride, padding } = spec
      const layer = conv2d(image, filters, { kernel, stride, padding, activation: 'linear' })
      const half = x.length / 2
      const [one, other] = [x.slice(0, half), x.slice(half)].map((image0) =>
        naive(image, filters, kernel, stride, padding, image0, { weight, bias }),
      )
      const [y] = layer.forward(js.f64, { weight, bias }, of(['env', 'feature'], [2, half], x))
      expectClose(toArray(y), [...one!.y, ...other!.y], 1e-12, 1e-13)
      expect(Object.values(layer.output)).toStrictEqual(one!.shape)
      expect(layer.outputs).toBe(one!.y.length)
    },
  )

  test.prop({ x: elements('f64', 2 * 24, 1), seed: fc.nat() })(
    'of a 1 × 1 kernel is dense, pixel by pixel, to the bit',
    ({ x, seed }) => {
      const layer = conv2d(image, 3, { kernel: 1 })
      const params = layer.init(key(seed), 'f64')
      const pixels = of(['env', 'feature'], [24, 2], x)
      const [y] = layer.forward(js.f64, params, reshape(pixels, ['env', 'feature'], [2, 24]))
      expect(toArray(y)).toStrictEqual(toArray(dense(2, 3).forward(js.f64, params, pixels)[0]))
    },
  )

  test('of a kernel as large as the image is dense', () => {
    const layer = conv2d(image, 3, { kernel: [4, 3] })
    const params = layer.init(key(1), 'f64')
    expect(params).toStrictEqual(dense(24, 3).init(key(1), 'f64'))
    const x = of(
      ['env', 'feature'],
      [1, 24],
      Array.from({ length: 24 }, (_, i) => i / 24),
    )
    expect(toArray(layer.forward(js.f64, params, x)[0])).toStrictEqual(
      toArray(dense(24, 3).forward(js.f64, params, x)[0]),
    )
  })

  test('adds up the windows of a pixel in reading order, each sum rounded to f32', () => {
    const row = { height: 1, width: 3, channels: 1 }
    const layer = conv2d(row, 1, { kernel: [1, 2], padding: 'same', activation: 'linear' })
    const one = {
      weight: of(['in', 'out'], [2, 1], Float32Array.of(1, 1)),
      bias: of(['out'], [1], Float32Array.of(0)),
    }
    const [, cache] = layer.forward(
      js.f32,
      one,
      of(['env', 'feature'], [1, 3], new Float32Array(3)),
    )
    const dy = of(['env', 'feature'], [1, 3], Float32Array.of(2 ** 24, 1, 3))
    const dx = layer.backward(js.f32, [], one, cache, dy, true)!
    expect(toArray(dx)).toStrictEqual([2 ** 24, 2 ** 24, 4])
  })

  test.each<[Conv2dOptions & { filters?: number; image?: ImageSize }, string]>([
    [{ kernel: 5 }, 'kernel: expected a height of at most 4, the size of the image, got 5'],
    [{ kernel: [4, 4] }, 'kernel: expected a width of at most 3, the size of the image, got 4'],
    [{ kernel: 0 }, 'kernel.height: expected a whole number >= 1, got 0'],
    [{ kernel: [1, 1.5] }, 'kernel.width: expected a whole number >= 1, got 1.5'],
    [{ kernel: 1, stride: 0 }, 'stride: expected a whole number >= 1, got 0'],
    [{ kernel: 1, filters: 0 }, 'filters: expected a whole number >= 1, got 0'],
    [
      { kernel: 1, image: { ...image, channels: -1 } },
      'channels: expected a whole number >= 1, got -1',
    ],
  ])('%j is refused', ({ filters = 1, image: of = image, ...options }, message) => {
    expect(() => conv2d(of, filters, options)).toThrow(message)
  })
})
