import type { ReadonlyNumbers } from '../tensor/tensor.ts'

/**
 * One output of an operation, as text that gpu.js compiles: how each of its numbers follows from the
 * inputs. Text, not a function, so that a minified program has it as it is written.
 *
 * With a `shape`, `row` and `col` (or `i`, where it has one dimension) say which number is computed.
 * Without one it is of the shape of its inputs, number by number.
 */
export interface Fill {
  readonly out: ReadonlyNumbers
  readonly shape?: readonly [length: number] | readonly [rows: number, columns: number]
  /** arrays that the text reads as `x(i)`, or as `x(row, col)` where they have columns */
  readonly reads?: Readonly<Record<string, Read>>
  /** arrays of whose numbers it reads, by its name, the one at the place that is computed */
  readonly each?: Readonly<Record<string, ReadonlyNumbers>>
  /** whole numbers by the names that the text has for them */
  readonly sizes?: Readonly<Record<string, number>>
  /** functions that the text calls */
  readonly functions?: string
  /** statements before `value` */
  readonly code?: string
  readonly value: string
}

/** An array, or one that lies in rows of so many columns. */
export type Read = ReadonlyNumbers | Table

export interface Table {
  readonly x: ReadonlyNumbers
  readonly columns: number
}

/** What an operation is on a GPU. A fill may read what those before it filled. */
export interface GpuForm {
  readonly fills: readonly Fill[]
  readonly live?: Live
}

/** Numbers that only the host knows, when the operation is to run. */
export interface Live {
  /** what the text calls them */
  readonly names: readonly string[]
  /** Called once each time that the operation is to run, in order: host counters move on here. */
  readonly read: () => readonly number[]
}

/** The largest magnitude that every mode of gpu.js takes for a literal. */
const HUGE = 1e20

/** The logit of a closed choice, since −∞ is beyond some drivers. */
export const CLOSED = -HUGE

/** A number as text; what is beyond ±10²⁰ is cut. */
export const literal = (x: number): string =>
  x < 0 ? `(-${Math.min(-x, HUGE)})` : `${Math.min(x, HUGE)}`

/** Numbers of an array that only a form needs. */
export const temporary = (length: number): Float32Array => new Float32Array(length)

/** An operation that computes each number of its output from those at the same place. */
export const each = (
  out: ReadonlyNumbers,
  each: Readonly<Record<string, ReadonlyNumbers>>,
  value: string,
  more: Pick<Fill, 'reads' | 'code' | 'sizes' | 'functions'> = {},
): Fill => ({ out, each, value, ...more })

/** Numbers that are summed by one thread. */
const stretchOf = (length: number): number => Math.ceil(Math.sqrt(length))

/** Σ over all numbers of an array, in two steps; `term` is that of x. */
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
