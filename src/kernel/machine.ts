import type { Floats } from '../tensor/tensor.ts'
import type { Arithmetic } from './kernels.ts'

/**
 * One step of a computation. It fills its outputs, which come first among its arguments, from the others. It
 * may use kernels, and reads every number that changes from an array (or a live key) when it runs, so that it
 * can be recorded once and run again.
 */
export interface Operation<A extends readonly unknown[]> {
  /** `categorical.entropy`, as errors and missing forms name it */
  readonly name: string
  readonly run: (kernels: Arithmetic, ...args: A) => void
}

/** Names a function that fills its first arguments from the others. */
export const operation = <A extends readonly unknown[]>(
  name: string,
  run: (kernels: Arithmetic, ...args: A) => void,
): Operation<A> => ({ name, run })

/**
 * Where operations run. The heap machine allocates, and fills at once: public functions and gradient
 * checks in f64. The recorder lays arrays out in one memory and records operations to replay: training.
 * Functions over machines are written once and work with either.
 *
 * Arrays from a machine hold zeros until an operation fills them; a recorded operation fills them
 * again each time the program runs. So never read or branch on their numbers outside of an operation.
 */
export interface Machine extends Arithmetic {
  /** what runs its kernels: `js`, `wasm` or `gpu <mode>` */
  readonly backend: string
  /** the element type of `alloc` and of all kernels */
  readonly dtype: 'f32' | 'f64'
  readonly alloc: (length: number) => Floats
  /** f64 of either machine, for sums and statistics */
  readonly doubles: (length: number) => Float64Array
  readonly integers: (length: number) => Int32Array
  readonly bytes: (length: number) => Uint8Array
  readonly run: <A extends readonly unknown[]>(operation: Operation<A>, ...args: A) => void
}

/** Arrays of the element type. */
const floats = (dtype: 'f32' | 'f64', length: number): Floats =>
  dtype === 'f32' ? new Float32Array(length) : new Float64Array(length)

/** A machine that allocates, and fills at once. */
export const heapMachine = (
  backend: string,
  dtype: 'f32' | 'f64',
  kernels: Arithmetic,
): Machine => ({
  ...kernels,
  backend,
  dtype,
  alloc: (length) => floats(dtype, length),
  doubles: (length) => new Float64Array(length),
  integers: (length) => new Int32Array(length),
  bytes: (length) => new Uint8Array(length),
  run: ({ run }, ...args) => run(kernels, ...args),
})
