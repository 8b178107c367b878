import type Ndarray from 'ndarray'
import type Ops from 'ndarray-ops'
import { plainFill, type Fill } from './fill.ts'
import type { Numbers, Strided } from './strided.ts'

/** Operations of ndarray-ops, which generates a loop for each combination of types and layouts. */
const through = (ndarray: typeof Ndarray, ops: typeof Ops): Fill => {
  const to = (out: Numbers, { shape }: Strided): Ndarray.NdArray<Numbers> =>
    ndarray(out, [...shape])
  const from = ({ buffer, shape, stride, offset }: Strided): Ndarray.NdArray<Numbers> =>
    ndarray(buffer as Numbers, [...shape], [...stride], offset)
  return {
    assign: (out, a) => ops.assign(to(out, a), from(a)),
    add: (out, a, b) => ops.add(to(out, a), from(a), from(b)),
    sub: (out, a, b) => ops.sub(to(out, a), from(a), from(b)),
    mul: (out, a, b) => ops.mul(to(out, a), from(a), from(b)),
    div: (out, a, b) => ops.div(to(out, a), from(a), from(b)),
    shift: (out, a, s) => ops.adds(to(out, a), from(a), s),
    scale: (out, a, s) => ops.muls(to(out, a), from(a), s),
  }
}

interface Host {
  readonly process?: {
    readonly getBuiltinModule?: (name: 'node:module') => {
      readonly createRequire: (from: string) => (name: string) => unknown
    }
  }
}

/**
 * Loads ndarray-ops on first use. Both libraries generate code by `new Function`, ndarray-ops as soon as
 * it is loaded, so they are only loaded on hosts with a synchronous `require`. Null elsewhere: in pages,
 * whose content security policy may forbid generated code, and in Node with
 * --disallow-code-generation-from-strings.
 */
export const loadNdarrayFill = (): Fill | null => {
  const load = (globalThis as Host).process?.getBuiltinModule?.('node:module').createRequire
  if (load === undefined) return null
  try {
    const require = load(import.meta.url)
    return through(require('ndarray') as typeof Ndarray, require('ndarray-ops') as typeof Ops)
  } catch {
    return null
  }
}

let chosen: Fill | null = null

/** The operations for this host: ndarray-ops or plain loops, which give the same bits. */
export const fill = (): Fill => (chosen ??= loadNdarrayFill() ?? plainFill)
