import { js } from '../kernel/js/js.ts'
import { operation, type Machine, type Operation } from '../kernel/machine.ts'
import { rounding } from '../math/real.ts'
import { expectShape } from '../tensor/check.ts'
import { promote } from '../tensor/elementwise.ts'
import {
  data,
  expectTensor,
  own,
  ownLike,
  type Floats,
  type Numbers,
  type ReadonlyNumbers,
  type Tensor,
} from '../tensor/tensor.ts'
import type { Param, Scalar } from './distribution.ts'

/** What an operation reads. */
export type In = ReadonlyNumbers
/** What it fills: numbers of the machine's element type. */
export type Out = Floats

/** What operations know of parameters [B, param] beside their numbers. */
export interface Table {
  /** the name of the rows' dimension, for errors */
  readonly batch: string
  readonly rows: number
  readonly columns: number
  /** rounds to the machine's element type, as storing does */
  readonly round: (x: number) => number
}

/** How operations are run on parameters [B, param]. */
export interface Fill<B extends string> {
  readonly table: Table
  /** Runs an operation that fills a number per row: [B]. */
  readonly perRow: <A extends readonly unknown[]>(
    operation: Operation<readonly [out: Out, ...A]>,
    ...args: A
  ) => Tensor<[B]>
  /** Runs an operation that fills a number per parameter: [B, param]. */
  readonly perParam: <A extends readonly unknown[]>(
    operation: Operation<readonly [out: Out, ...A]>,
    ...args: A
  ) => Param<B>
  /** The numbers of x [B]. */
  readonly ofRows: (argument: string, x: Tensor) => In
  /** The numbers of x [B, param]. */
  readonly ofParams: (argument: string, x: Tensor) => In
  /** The numbers of actions [B, action]. */
  readonly ofActions: (action: Tensor, count: number) => In
}

export const filling = <B extends string>(machine: Machine, like: Param<B>): Fill<B> => {
  const { dims, shape } = like
  const [batch] = dims
  const [rows, columns] = shape
  return {
    table: { batch, rows, columns, round: rounding(machine.dtype) },
    perRow: (operation, ...args) => {
      const out = machine.alloc(rows)
      machine.run(operation, out, ...args)
      return own<[B]>([batch], [rows], out)
    },
    perParam: (operation, ...args) => {
      const out = machine.alloc(rows * columns)
      machine.run(operation, out, ...args)
      return ownLike(like, out)
    },
    ofRows: (argument, x) => data(expectShape(argument, x, [batch], [rows])),
    ofParams: (argument, x) => data(expectShape(argument, x, dims, shape)),
    ofActions: (action, count) =>
      data(expectShape('action', action, [batch, 'action'], [rows, count])),
  }
}

/** f, which is called at most once: when its result is asked for the first time. */
export const once = <T>(f: () => T): (() => T) => {
  let made: { readonly value: T } | null = null
  return () => (made ??= { value: f() }).value
}

/** The machine for parameters where none is given: that of their element type. */
export const machineFor = (param: Tensor): Machine => {
  expectTensor('param', param)
  return js[promote(param)]
}

const copy = operation('distribution.copy', (_, out: Numbers, x: In) => {
  for (let at = 0; at < out.length; at++) out[at] = x[at]!
})

/** Parameters converted to the machine's element type. */
export const inTypeOf = <B extends string>(machine: Machine, param: Param<B>): Param<B> => {
  if (param.dtype === machine.dtype) return param
  const x = data(param)
  const out = machine.alloc(x.length)
  machine.run(copy, out, x)
  return ownLike(param, out)
}

/** What an operation reads a scalar from. */
export const scalarOf = (x: Scalar): In => (typeof x === 'number' ? [x] : data(x))

/** The arrays that a form reads for a scalar: none where it is a constant. */
export const scalarReads = (x: In): { readonly scalar?: In } =>
  ArrayBuffer.isView(x) ? { scalar: x } : {}

/** A scalar in the text of a form. */
export const scalarText = (x: In): string => (ArrayBuffer.isView(x) ? 'scalar(0)' : `(${x[0]})`)

/** `action[env=3, action=1]: expected …, got 7`, for element `at` of [B, action]. */
export const badAction = (
  batch: string,
  count: number,
  at: number,
  expected: string,
  got: number,
): RangeError =>
  new RangeError(
    `action[${batch}=${Math.floor(at / count)}, action=${at % count}]: expected ${expected}, got ${got}`,
  )
