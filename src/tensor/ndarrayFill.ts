import type Ndarray from 'ndarray'
import type Ops from 'ndarray-ops'
import { plainFill, type Fill } from './fill.ts'
import type { Numbers, Strided } from './strided.ts'

/** Through ndarray-ops, which writes a loop for each combination of element types and layouts. */
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
 * Both libraries generate code by `new Function`, ndarray-ops as soon as it is loaded. So they are
 * loaded where they are first used, and only on hosts that can load a package in the middle of a
 * function. Null elsewhere: in pages, whose content policy may refuse generated code, and in Node
 * under --disallow-code-generation-from-strings.
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

/** The one that this host can have; both give the same bits. */
export const fill = (): Fill => (chosen ??= loadNdarrayFill() ?? plainFill)
