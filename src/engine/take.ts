import { type GpuForm, type FormOf } from '../kernel/form.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import { data, own, type Floats, type Numbers, type Tensor } from '../tensor/tensor.ts'

/** Columns from which on copying a whole row costs less than a loop over it. */
const WIDE = 64

/** The form of taking rows `index` of a table. */
const taken = (out: Numbers, from: Numbers, index: Int32Array, columns: number): GpuForm => ({
  fills: [
    columns === 1
      ? {
          out,
          shape: [index.length],
          reads: { from, index },
          code: 'const at = index(i);',
          value: 'from(at)',
        }
      : {
          out,
          shape: [index.length, columns],
          reads: { from: { x: from, columns }, index },
          code: 'const at = index(row);',
          value: 'from(at, col)',
        },
  ],
})

// One loop an element type: a loop that has seen several is slow.
const takeFloats = operation(
  'take',
  (_, out: Floats, from: Floats, index: Int32Array, columns: number) => {
    if (columns >= WIDE) takeWide(out, from, index, columns)
    else
      for (let i = 0; i < index.length; i++)
        for (let j = 0, at = index[i]! * columns; j < columns; j++)
          out[i * columns + j] = from[at + j]!
  },
)

export const takeFloatsForm: FormOf<typeof takeFloats> = {
  of: takeFloats,
  form: taken,
}

const takeIntegers = operation(
  'take',
  (_, out: Int32Array, from: Int32Array, index: Int32Array, columns: number) => {
    for (let i = 0; i < index.length; i++)
      for (let j = 0, at = index[i]! * columns; j < columns; j++)
        out[i * columns + j] = from[at + j]!
  },
)

export const takeIntegersForm: FormOf<typeof takeIntegers> = {
  of: takeIntegers,
  form: taken,
}

const takeBytes = operation(
  'take',
  (_, out: Uint8Array, from: Uint8Array, index: Int32Array, columns: number) => {
    if (columns >= WIDE) takeWide(out, from, index, columns)
    else
      for (let i = 0; i < index.length; i++)
        for (let j = 0, at = index[i]! * columns; j < columns; j++)
          out[i * columns + j] = from[at + j]!
  },
)

export const takeBytesForm: FormOf<typeof takeBytes> = {
  of: takeBytes,
  form: taken,
}

const takeWide = (out: Numbers, from: Numbers, index: Int32Array, columns: number): void => {
  for (let i = 0; i < index.length; i++) {
    const at = index[i]! * columns
    out.set(from.subarray(at, at + columns), i * columns)
  }
}

/** The rows `index` of x [n, …], in that order, on a machine. Rows are not checked. */
export const takeRows = <D extends string[]>(
  machine: Machine,
  x: Tensor<D>,
  index: Int32Array,
): Tensor<D> => {
  const [, ...rest] = x.shape as readonly number[]
  const columns = rest.reduce((a, b) => a * b, 1)
  const length = index.length * columns
  const from = data(x) as Numbers
  const laid = (): Numbers => {
    if (from instanceof Int32Array) {
      const out = machine.integers(length)
      machine.run(takeIntegers, out, from, index, columns)
      return out
    }
    if (from instanceof Uint8Array) {
      const out = machine.bytes(length)
      machine.run(takeBytes, out, from, index, columns)
      return out
    }
    const out = machine.alloc(length)
    machine.run(takeFloats, out, from, index, columns)
    return out
  }
  return own<string[]>([...x.dims], [index.length, ...rest], laid()) as unknown as Tensor<D>
}
