import type { ReadonlyNumbers } from '../tensor/tensor.ts'
import type { Operation } from './machine.ts'

/**
 * How to compute each number of one output of an operation, as text that gpu.js compiles. It is text
 * rather than a function so that minifying a program does not change it.
 *
 * The text has `row` and `col` for the place of the number, or `i` where the shape has one dimension.
 * Without a `shape`, the output has the shape of the arrays in `each`, and the text has no place.
 */
export interface Fill {
  readonly out: ReadonlyNumbers
  readonly shape?: readonly [length: number] | readonly [rows: number, columns: number]
  /**
   * arrays that the text reads anywhere: as `x(i)`, or `x(row, col)` where they have columns, with
   * indices without parentheses
   */
  readonly reads?: Readonly<Record<string, Read>>
  /** arrays of which the text reads only the number at the computed place, by the array's name */
  readonly each?: Readonly<Record<string, ReadonlyNumbers>>
  /** whole numbers that the text names; `inner` is the length of its sum */
  readonly sizes?: Readonly<Record<string, number>>
  /** functions that the text calls */
  readonly functions?: string
  /** statements before `value` */
  readonly code?: string
  /** the expression of the number */
  readonly value: string
}

/** An array, or a matrix of so many columns. */
export type Read = ReadonlyNumbers | Table

export interface Table {
  readonly x: ReadonlyNumbers
  readonly columns: number
}

/** An operation on a GPU: fills, each of which may read what those before it have filled. */
export interface GpuForm {
  readonly fills: readonly Fill[]
  readonly live?: Live
}

/**
 * The form of an operation on a GPU. It is an export of its own beside the operation, rather than a part of
 * it, so that a program without a GPU does not carry its text.
 */
export interface OperationForm<A extends readonly unknown[]> {
  readonly of: Operation<A>
  readonly form: (...args: A) => GpuForm
}

/** The form of an operation of the type `O`. */
export type FormOf<O> = O extends Operation<infer A> ? OperationForm<A> : never

/** Numbers of the host that differ from run to run. */
export interface Live {
  /** the names that the text has for them */
  readonly names: readonly string[]
  /** Called once for each run, in the order of runs. The host's counters advance here. */
  readonly read: () => readonly number[]
}

/** The largest magnitude that every mode of gpu.js accepts as a literal. */
const HUGE = 1e20

/** The logit of a masked choice, because some drivers have no −∞. */
export const CLOSED = -HUGE

/** A number as text, clamped to ±10²⁰. */
export const literal = (x: number): string =>
  x < 0 ? `(-${Math.min(-x, HUGE)})` : `${Math.min(x, HUGE)}`

/** An array that only a form needs, for what one fill hands to the next. */
export const temporary = (length: number): Float32Array => new Float32Array(length)

/** A fill that computes each number from those at the same place. */
export const each = (
  out: ReadonlyNumbers,
  each: Readonly<Record<string, ReadonlyNumbers>>,
  value: string,
  more: Pick<Fill, 'reads' | 'code' | 'sizes' | 'functions'> = {},
): Fill => ({ out, each, value, ...more })

/** How many numbers one thread sums. */
const stretchOf = (length: number): number => Math.ceil(Math.sqrt(length))

/** Σ `term` over the numbers x of an array, in two steps: the threads' sums, and the sum of those. */
export const total = (out: ReadonlyNumbers, x: ReadonlyNumbers, term: string): readonly Fill[] => {
  const stretch = stretchOf(x.length)
  const threads = Math.ceil(x.length / stretch)
  const parts = temporary(threads)
  return [
    {
      out: parts,
      shape: [threads],
      reads: { all: x },
      sizes: { threads, stretch, count: x.length },
      code: `let sum = 0.0;
  for (let j = 0; j < stretch; j++) {
    if (j * threads + i < count) {
      const x = all(j * threads + i);
      sum += ${term};
    }
  }`,
      value: 'sum',
    },
    {
      out,
      shape: [1],
      reads: { parts },
      sizes: { threads },
      code: `let sum = 0.0 * i;
  for (let j = 0; j < threads; j++) sum += parts(j);`,
      value: 'sum',
    },
  ]
}
