import * as E from 'fp-ts/lib/Either.js'
import { errorAt } from '../../tensor/check.ts'
import type { GpuJs, Handle, Input, RawGpu, RawKernel, Result } from './gpujs.ts'
import { loadGpuJs } from './load.ts'
import { GPU_MODES, probe, type Mode, type Probe } from './modes.ts'
import type { GpuProblem } from './problem.ts'

/** The mode, adapter and version, for the record of a run. */
export interface GpuRecord {
  readonly mode: Mode
  /** the driver's name for itself; the engine's if there is no driver */
  readonly adapter: string
}

export interface KernelSettings {
  /** sizes, the fastest dimension first */
  readonly output: readonly number[]
  readonly constants?: Readonly<Record<string, number>>
}

export interface DeviceKernel {
  /** In a plan: writes the call down. */
  readonly step: (...args: readonly (Handle | number)[]) => Handle
  /** Runs it: at once, or with a promise where the mode has no other way. */
  readonly run: (...args: readonly (Input | number)[]) => Result | Promise<Result>
  readonly destroy: () => void
}

export interface DevicePlan {
  readonly run: (...args: readonly Input[]) => Promise<readonly Result[]>
  /** how gpu.js carried it out: fused into one launch, or kernel by kernel */
  readonly executor: () => string
  readonly destroy: () => Promise<void>
}

/** An open instance of gpu.js, in one fixed mode. */
export interface Device extends GpuRecord {
  /** whether kernels give results, not promises */
  readonly isSync: boolean
  readonly input: (value: Float32Array, ...size: readonly number[]) => Input
  readonly kernel: (source: string, settings: KernelSettings) => DeviceKernel
  /**
   * `write` is called once, with a handle for each of so many arguments, and writes down steps of
   * kernels.
   */
  readonly plan: (
    count: number,
    write: (...args: readonly Handle[]) => readonly Handle[],
  ) => DevicePlan
  /** Destroys all kernels and plans, and the device. */
  readonly destroy: () => Promise<void>
}

const classOf = (lib: GpuJs, mode: Mode) =>
  ({
    webgpu: lib.WebGPUKernel,
    webgl2: lib.WebGL2Kernel,
    headlessgl: lib.HeadlessGLKernel,
    webasm: lib.WebAssemblyKernel,
    cpu: lib.CPUKernel,
  })[mode]

/** What `backend` of a plan says in each mode. */
const BACKENDS: { readonly [M in Mode]: string } = {
  webgpu: 'webgpu',
  webgl2: 'gpu',
  headlessgl: 'gpu',
  webasm: 'webasm',
  cpu: 'cpu',
}

interface Gl {
  readonly isContextLost: () => boolean
  readonly getExtension: (name: string) => { readonly UNMASKED_RENDERER_WEBGL: number } | null
  readonly getParameter: (name: number) => unknown
  readonly RENDERER: number
}

const isGl = (context: unknown): context is Gl =>
  typeof context === 'object' && context !== null && 'isContextLost' in context

const rendererOf = (context: unknown): string => {
  if (!isGl(context)) return 'unknown'
  const names = context.getExtension('WEBGL_debug_renderer_info')
  return String(context.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER))
}

const adapterOf = async (lib: GpuJs, mode: Mode, gpu: RawGpu): Promise<string> => {
  if (mode === 'webasm') return 'WebAssembly'
  if (mode === 'cpu') return 'JavaScript'
  if (mode !== 'webgpu') return rendererOf(gpu.context)
  const { info = {} } = (await lib.WebGPUContext.acquire()).adapter
  const words = [info['vendor'], info['architecture'], info['device'], info['description']]
  return words.filter((word) => word !== undefined && word !== '').join(' ') || 'unknown'
}

const lost = (mode: Mode, why: string) =>
  errorAt(
    { field: 'gpu' },
    `gpu: lost the ${mode} device (${why}); open another and continue from the last state`,
  )

/** What browsers call a wait that a lost device cuts short. */
const CUT_SHORT = new Set(['AbortError', 'OperationError'])

const isLoss = (error: unknown): boolean =>
  error instanceof Error && (/\blost\b/i.test(error.message) || CUT_SHORT.has(error.name))

const over = async (lib: GpuJs, mode: Mode): Promise<Device> => {
  const gpu = new lib.GPU({ mode })
  const shared = mode === 'webgpu' ? await lib.WebGPUContext.acquire() : null
  // A context is made with the first kernel, and only given back where a kernel is left at the end.
  await gpu.createKernel('function one() { return 1 }', { output: [1] })()
  const adapter = await adapterOf(lib, mode, gpu)
  const Kernel = classOf(lib, mode)

  /** The result, unless the device is gone: lost contexts compute zeros and say nothing. */
  const kept = <R>(result: R): R => {
    if (shared?.isLost === true) throw lost(mode, 'WebGPU says so')
    if (isGl(gpu.context) && gpu.context.isContextLost()) throw lost(mode, 'its context is lost')
    return result
  }
  const failed = (error: unknown): never => {
    if (isLoss(error)) throw lost(mode, (error as Error).message)
    kept(null)
    throw error
  }
  const guarded = <R>(run: () => R | Promise<R>): R | Promise<R> => {
    try {
      const result = run()
      return result instanceof Promise ? result.then(kept, failed) : kept(result)
    } catch (error) {
      return failed(error)
    }
  }
  const expectMode = ({ kernel }: RawKernel): void => {
    if (kernel instanceof Kernel) return
    throw errorAt(
      { field: 'gpu' },
      `gpu: expected ${mode} to run a kernel, got another mode: ${kernel.fallbackReason ?? 'gpu.js does not say why'}`,
    )
  }

  return {
    mode,
    adapter,
    isSync: mode !== 'webgpu',
    input: (value, ...size) => lib.input(value, size),
    kernel: (source, settings) => {
      const made = gpu.createKernel(source, { precision: 'single', ...settings })
      const checked = (result: unknown): Result => {
        expectMode(made)
        return result as Result
      }
      return {
        step: (...args) => made(...args) as Handle,
        run: (...args) =>
          guarded(() => {
            const result = made(...args)
            return result instanceof Promise ? result.then(checked) : checked(result)
          }),
        destroy: () => {
          const { kernel } = made
          void made.destroy()
          // In some modes gpu.js keeps what was destroyed.
          const at = gpu.kernels.indexOf(kernel)
          if (at >= 0) gpu.kernels.splice(at, 1)
        },
      }
    },
    plan: (count, write) => {
      // gpu.js asks the function how many arguments it takes.
      const counted = Object.defineProperty(write.bind(null), 'length', { value: count })
      const pipeline = gpu.createPipeline(counted)
      const run = async (...args: readonly Input[]): Promise<readonly Result[]> => {
        const results = await pipeline(...args)
        if (pipeline.backend !== BACKENDS[mode])
          throw errorAt(
            { field: 'gpu' },
            `gpu: expected ${mode} to run a plan, got ${pipeline.backend}: ${pipeline.fallbackReason ?? 'gpu.js does not say why'}`,
          )
        return results
      }
      return {
        run: async (...args) => guarded(() => run(...args)),
        executor: () => pipeline.executorKind,
        destroy: async () => {
          await pipeline.destroy()
        },
      }
    },
    destroy: () => gpu.destroy(),
  }
}

/**
 * Opens gpu.js in the given mode. 'gpu' is the first of webgpu, webgl2 and headlessgl that works here.
 * If the mode does not work, the result is Left of what was probed: no mode ever stands in for another.
 */
export const openDevice = async (
  wanted: Mode | 'gpu' = 'gpu',
  load: () => Promise<E.Either<GpuProblem, GpuJs>> = loadGpuJs,
): Promise<E.Either<GpuProblem, Device>> => {
  const lib = await load()
  if (E.isLeft(lib)) return lib
  const probed: Probe[] = []
  for (const mode of wanted === 'gpu' ? GPU_MODES : [wanted]) {
    const found = await probe(lib.right, mode)
    if (found.problem !== null) {
      probed.push(found)
      continue
    }
    try {
      return E.right(await over(lib.right, mode))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      probed.push({ mode, problem: `present, but its first kernel failed: ${why}` })
    }
  }
  const list = probed.map(({ mode, problem }) => `${mode} is ${problem}`).join('; ')
  return E.left({
    kind: 'noGpu',
    probed,
    message: `backend: expected ${wanted === 'gpu' ? 'a GPU' : wanted}, got none: ${list}`,
  })
}
