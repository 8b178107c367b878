import * as E from 'fp-ts/lib/Either.js'
import type { GpuJs } from './gpujs.ts'
import type { GpuProblem } from './problem.ts'

/** The module, found by the name that the program knows it by. */
export const loadGpuJs = async (): Promise<E.Either<GpuProblem, GpuJs>> => {
  try {
    // A CommonJS module: the loader decides whether its exports are those of the module or of its default.
    const found = (await import('gpu.js')) as unknown as GpuJs | { readonly default: GpuJs }
    return E.right('default' in found ? found.default : found)
  } catch (error) {
    const isMissing = (error as { readonly code?: unknown } | null)?.code === 'ERR_MODULE_NOT_FOUND'
    return E.left({
      kind: 'notInstalled',
      message: `gpu.js: expected the package, got ${isMissing ? 'none' : String(error)}: install it with npm install gpu.js`,
    })
  }
}
