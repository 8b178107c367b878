import type { Attribute, Initializer, Node } from './model.ts'

/** A part of a graph: its nodes in the order in which they run, and their constants. */
export interface Piece {
  readonly nodes: readonly Node[]
  readonly initializers: readonly Initializer[]
}

/** Pieces one after the other. */
export const join = (...pieces: readonly Piece[]): Piece => ({
  nodes: pieces.flatMap(({ nodes }) => nodes),
  initializers: pieces.flatMap(({ initializers }) => initializers),
})

/** One node. */
export const apply = (
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: { readonly [name: string]: Attribute } = {},
): Piece => ({ nodes: [{ op, inputs, output, attributes }], initializers: [] })

/** A list of numbers, rounded to f32. */
export const floats = (name: string, values: readonly number[]): Piece => ({
  nodes: [],
  initializers: [{ name, shape: [values.length], values: Float32Array.from(values) }],
})

/** A number, rounded to f32. */
export const float = (name: string, value: number): Piece => ({
  nodes: [],
  initializers: [{ name, shape: [], values: Float32Array.of(value) }],
})

/** A list of whole numbers. */
export const wholes = (name: string, values: readonly number[]): Piece => ({
  nodes: [],
  initializers: [{ name, shape: [values.length], values: BigInt64Array.from(values, BigInt) }],
})

/** Elements `from` … `from + count − 1` along an axis of `total`. */
export const slice = (
  input: string,
  output: string,
  { axis, from, count, total }: Readonly<Record<'axis' | 'from' | 'count' | 'total', number>>,
): Piece => {
  if (count === total) return apply('Identity', [input], output)
  const [start, end, along] = [`${output}.from`, `${output}.to`, `${output}.axis`]
  return join(
    wholes(start, [from]),
    wholes(end, [from + count]),
    wholes(along, [axis]),
    apply('Slice', [input, start, end, along], output),
  )
}
