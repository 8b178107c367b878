import { countOf, type Numbers, type ReadonlyNumbers, type Strided } from './strided.ts'

/**
 * Elementwise operations that fill `out` in row-major order. Each result is rounded once, to the element
 * type of `out`.
 */
export interface Fill {
  /** out = a */
  readonly assign: (out: Numbers, a: Strided) => void
  /** out = a + b, and so on, for arrays of one shape */
  readonly add: (out: Numbers, a: Strided, b: Strided) => void
  readonly sub: (out: Numbers, a: Strided, b: Strided) => void
  readonly mul: (out: Numbers, a: Strided, b: Strided) => void
  readonly div: (out: Numbers, a: Strided, b: Strided) => void
  /** out = a + s with a number s */
  readonly shift: (out: Numbers, a: Strided, s: number) => void
  /** out = a · s with a number s */
  readonly scale: (out: Numbers, a: Strided, s: number) => void
}

/** The buffer index of each element, in row-major order. */
const places = ({ shape, stride, offset }: Strided): Int32Array => {
  const at = new Int32Array(countOf(shape))
  if (at.length === 0) return at
  at[0] = offset
  // From the last dimension on, each repeats the indices so far, shifted by its stride.
  for (let d = shape.length - 1, known = 1; d >= 0; known *= shape[d]!, d--)
    for (let i = known; i < known * shape[d]!; i++) at[i] = at[i - known]! + stride[d]!
  return at
}

const pairs =
  (f: (x: number, y: number) => number) =>
  (out: Numbers, a: Strided, b: Strided): void => {
    const [x, y]: [ReadonlyNumbers, ReadonlyNumbers] = [a.buffer, b.buffer]
    const [p, q] = [places(a), places(b)]
    for (let i = 0; i < out.length; i++) out[i] = f(x[p[i]!]!, y[q[i]!]!)
  }

const singles =
  (f: (x: number, s: number) => number) =>
  (out: Numbers, a: Strided, s: number): void => {
    const p = places(a)
    for (let i = 0; i < out.length; i++) out[i] = f(a.buffer[p[i]!]!, s)
  }

/** Plain loops, for engines that do not allow ndarray-ops to generate code. */
export const plainFill: Fill = {
  assign: (out, a) => singles((x) => x)(out, a, 0),
  add: pairs((x, y) => x + y),
  sub: pairs((x, y) => x - y),
  mul: pairs((x, y) => x * y),
  div: pairs((x, y) => x / y),
  shift: singles((x, s) => x + s),
  scale: singles((x, s) => x * s),
}
