import { operation } from '../kernel/machine.ts'
import type { Floats, ReadonlyNumbers } from '../tensor/tensor.ts'

/** Numbers of an image lie row by row, column by column, channel by channel: channels last. */
export interface ImageSize {
  readonly height: number
  readonly width: number
  readonly channels: number
}

/** How a window moves over an image. */
export interface Windows {
  readonly image: ImageSize
  /** of a window */
  readonly height: number
  readonly width: number
  /** pixels from one window to the next, down and to the right */
  readonly stride: number
  /** rows of zeros above the image, and columns left of it; below and right as many as are read */
  readonly top: number
  readonly left: number
  /** windows in a column and in a row */
  readonly down: number
  readonly across: number
}

/** Windows in one image. */
export const windowsOf = ({ down, across }: Windows): number => down * across

/** Numbers in one window. */
export const windowSize = ({ image, height, width }: Windows): number =>
  height * width * image.channels

/**
 * patches [rows · windows, window] from x [rows, image]: windows in reading order, and in each its
 * numbers in that of the image. Zeros where a window reaches over the edge.
 */
export const im2col = operation(
  'conv2d.im2col',
  (_, patches: Floats, x: ReadonlyNumbers, rows: number, windows: Windows) => {
    const { image, height, width, stride, top, left, down, across } = windows
    const { height: rowsIn, width: columnsIn, channels } = image
    let to = 0
    for (let b = 0; b < rows; b++)
      for (let i = 0; i < down; i++)
        for (let j = 0; j < across; j++)
          for (let u = 0; u < height; u++) {
            const row = i * stride + u - top
            for (let v = 0; v < width; v++, to += channels) {
              const column = j * stride + v - left
              const isInside = row >= 0 && row < rowsIn && column >= 0 && column < columnsIn
              const from = ((b * rowsIn + row) * columnsIn + column) * channels
              for (let c = 0; c < channels; c++) patches[to + c] = isInside ? x[from + c]! : 0
            }
          }
  },
)

/** The transpose of `im2col`: adds each number of a patch to where it was read from, in its order. */
export const col2im = operation(
  'conv2d.col2im',
  (_, dx: Floats, dPatches: ReadonlyNumbers, rows: number, windows: Windows) => {
    const { image, height, width, stride, top, left, down, across } = windows
    const { height: rowsIn, width: columnsIn, channels } = image
    dx.fill(0)
    let from = 0
    for (let b = 0; b < rows; b++)
      for (let i = 0; i < down; i++)
        for (let j = 0; j < across; j++)
          for (let u = 0; u < height; u++) {
            const row = i * stride + u - top
            for (let v = 0; v < width; v++, from += channels) {
              const column = j * stride + v - left
              if (row < 0 || row >= rowsIn || column < 0 || column >= columnsIn) continue
              const to = ((b * rowsIn + row) * columnsIn + column) * channels
              for (let c = 0; c < channels; c++) dx[to + c] = dx[to + c]! + dPatches[from + c]!
            }
          }
  },
)
