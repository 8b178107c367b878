import type { Machine } from '../kernel/machine.ts'
import { expectShape } from '../tensor/check.ts'
import { data, own, reshape } from '../tensor/tensor.ts'
import { dense, type Dense, type DenseCache, type DenseOptions } from './dense.ts'
import { col2im, im2col, windowSize, windowsOf, type ImageSize, type Windows } from './im2col.ts'
import { rowShards, type Batch, type Layer } from './layer.ts'

export type { ImageSize } from './im2col.ts'

/** The settings of a convolution: its window, stride, padding, and those of a dense layer. */
export interface Conv2dOptions extends DenseOptions {
  /** side of a square window, or its height and width */
  readonly kernel: number | readonly [height: number, width: number]
  /** pixels from one window to the next, down and to the right; 1 by default */
  readonly stride?: number
  /**
   * `none` by default: windows lie inside the image. `same`: ⌈size / stride⌉ windows
   * each way, with zeros around the image, one more below and right of it where their number is odd,
   * as in TensorFlow.
   */
  readonly padding?: 'none' | 'same'
}

/** A convolution is a layer with an image as its output. */
export interface Conv2d extends Layer<Dense, DenseCache> {
  /** y's: what the next convolution reads */
  readonly output: ImageSize
}

/** Windows along one side, and zeros before it. */
const along = (
  side: 'height' | 'width',
  size: number,
  window: number,
  stride: number,
  padding: 'none' | 'same',
): readonly [count: number, before: number] => {
  if (padding === 'same') {
    const count = Math.ceil(size / stride)
    return [count, Math.floor(Math.max((count - 1) * stride + window - size, 0) / 2)]
  }
  if (window > size)
    throw new RangeError(
      `kernel: expected a ${side} of at most ${size}, the size of the image, got ${window}: use padding 'same', or a smaller kernel`,
    )
  return [Math.floor((size - window) / stride) + 1, 0]
}

const expectWhole = (sizes: { readonly [argument: string]: number }): void => {
  for (const [argument, size] of Object.entries(sizes))
    if (!(Number.isInteger(size) && size >= 1))
      throw new RangeError(`${argument}: expected a whole number >= 1, got ${size}`)
}

/**
 * A two-dimensional convolution (without flipping the kernel, as usual): the same dense layer on
 * each window of an image,
 *
 *     y[i, j, :] = f(x[window of i, j] W + b)
 *
 * x [B, height · width · channels] → y [B, down · across · filters], both channels last.
 * W is [kernel height · kernel width · channels, filters], its inputs in the order of a window's
 * numbers. LeCun et al. 1989, "Backpropagation applied to handwritten zip code recognition".
 *
 * Windows are copied to the rows of a matrix (im2col), so that sums are those of `dense`, over
 * windows in reading order, image after image. dL/dx adds up the windows in that order.
 *
 * @param filters numbers in each pixel of y, a whole number >= 1
 * @throws RangeError unless sizes are whole numbers >= 1, and the window fits into the image where
 * there is no padding
 */
export const conv2d = (
  image: ImageSize,
  filters: number,
  { kernel, stride = 1, padding = 'none', ...options }: Conv2dOptions,
): Conv2d => {
  const [height, width] = typeof kernel === 'number' ? [kernel, kernel] : kernel
  expectWhole({ ...image, filters, 'kernel.height': height, 'kernel.width': width, stride })
  const [down, top] = along('height', image.height, height, stride, padding)
  const [across, left] = along('width', image.width, width, stride, padding)
  const windows: Windows = { image, height, width, stride, top, left, down, across }
  const [each, inputs, outputs] = [
    windowsOf(windows),
    image.height * image.width * image.channels,
    windowsOf(windows) * filters,
  ]
  const inner = dense(windowSize(windows), filters, options)

  const patchesOf = <B extends string>(machine: Machine, argument: string, x: Batch<B>) => {
    const [name] = x.dims
    const [rows] = x.shape
    expectShape(argument, x, [name, 'feature'], [rows, inputs])
    const patches = machine.alloc(rows * each * inner.inputs)
    machine.run(im2col, patches, data(x), rows, windows)
    return own<[B, 'feature']>([name, 'feature'], [rows * each, inner.inputs], patches)
  }
  const asImages = <B extends string>(y: Batch<B>): Batch<B> =>
    reshape(y, [y.dims[0], 'feature'], [y.shape[0] / each, outputs])

  return {
    inputs,
    outputs,
    paramCount: inner.paramCount,
    output: { height: down, width: across, channels: filters },

    init: (key, dtype) => inner.init(key, dtype),

    forward: (machine, params, x) => {
      const [y, cache] = inner.forward(machine, params, patchesOf(machine, 'x', x))
      return [asImages(y), cache]
    },

    backward: (machine, shards, params, cache, dy, wantsInput) => {
      const [name] = dy.dims
      const rows = cache.x.shape[0] / each
      expectShape('dy', dy, [name, 'feature'], [rows, outputs])
      const dz = reshape(dy, [name, 'feature'], [rows * each, filters])
      const dPatches = inner.backward(
        machine,
        rowShards(shards, each),
        params,
        cache,
        dz,
        wantsInput,
      )
      if (dPatches === null) return null
      const dx = machine.alloc(rows * inputs)
      machine.run(col2im, dx, data(dPatches), rows, windows)
      return own([name, 'feature'], [rows, inputs], dx)
    },

    jvp: (machine, params, tangent, cache, dx) => {
      const moved = dx === null ? null : patchesOf(machine, 'dx', dx)
      const dy = inner.jvp(machine, params, tangent, cache, moved)
      return dy === null ? null : asImages(dy)
    },
  }
}
