/** What a kernel computed: rows of numbers, as deep as its output has dimensions. */
export type Result = Float32Array | readonly Result[]

/** An array with the sizes of its dimensions, the fastest first, as gpu.js's `input` makes it. */
export interface Input {
  readonly value: Float32Array
  readonly size: readonly number[]
}

/** What stands for a result while a plan is written down. */
export interface Handle {
  readonly handle: unique symbol
}

export type Argument = Input | Handle | number

/** What carries a kernel out, of the class of its mode. */
export interface BuiltKernel {
  readonly fallbackReason?: string | null
}

/** A kernel as gpu.js makes it. */
export interface RawKernel {
  (...args: readonly Argument[]): unknown
  readonly kernel: BuiltKernel
  readonly destroy: () => unknown
}

export interface RawPipeline {
  (...args: readonly Input[]): Promise<readonly Result[]>
  readonly executorKind: string
  readonly fallbackReason: string | null
  readonly backend: string
  readonly destroy: () => unknown
}

export interface RawGpu {
  readonly context: unknown
  /** those that are not destroyed */
  readonly kernels: BuiltKernel[]
  readonly createKernel: (source: string, settings: object) => RawKernel
  readonly createPipeline: (write: (...args: readonly Handle[]) => unknown) => RawPipeline
  readonly destroy: () => Promise<void>
}

type KernelClass = abstract new (...args: never[]) => unknown

/** What of the gpu.js module is used, by its own names. */
export interface GpuJs {
  readonly GPU: {
    new (settings: { readonly mode: string }): RawGpu
    readonly isWebGL2Supported: boolean
    readonly isHeadlessGLSupported: boolean
    readonly isWebAssemblySupported: boolean
    readonly isWebGPUAvailable: () => Promise<boolean>
  }
  readonly input: (value: Float32Array, size: readonly number[]) => Input
  readonly WebGPUContext: {
    readonly acquire: () => Promise<{
      readonly adapter: { readonly info?: Readonly<Record<string, string | undefined>> }
      readonly isLost: boolean
    }>
  }
  readonly WebGPUKernel: KernelClass
  readonly WebGL2Kernel: KernelClass
  readonly HeadlessGLKernel: KernelClass
  readonly WebAssemblyKernel: KernelClass
  readonly CPUKernel: KernelClass
}
