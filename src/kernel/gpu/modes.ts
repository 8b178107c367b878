import type { GpuJs } from './gpujs.ts'

/** The modes of gpu.js that run on a GPU, the one to be tried first in front. */
export const GPU_MODES = ['webgpu', 'webgl2', 'headlessgl'] as const

/** The modes that run on the CPU: for tests, and for comparison. */
export const HOST_MODES = ['webasm', 'cpu'] as const

/** All modes of gpu.js: those that run on a GPU, then those that run on the host. */
export const MODES = [...GPU_MODES, ...HOST_MODES] as const

/** The name of a mode of gpu.js. */
export type Mode = (typeof MODES)[number]

/** Whether a name is that of a mode of gpu.js. */
export const isMode = (name: string): name is Mode => (MODES as readonly string[]).includes(name)

/** What was found of a mode: null where it is available, or why it is not. */
export interface Probe {
  readonly mode: Mode
  readonly problem: string | null
}

const CURES: { readonly [M in Mode]: string } = {
  webgpu: 'a browser with WebGPU and a working adapter',
  webgl2: 'a browser with WebGL 2',
  headlessgl: 'the package gl, which npm install gl builds or fetches',
  webasm: 'an engine with WebAssembly',
  cpu: '',
}

/** Asks gpu.js whether a mode is available here. */
export const probe = async ({ GPU }: GpuJs, mode: Mode): Promise<Probe> => {
  const has: { readonly [M in Mode]: () => boolean | Promise<boolean> } = {
    webgpu: () => GPU.isWebGPUAvailable(),
    webgl2: () => GPU.isWebGL2Supported,
    headlessgl: () => GPU.isHeadlessGLSupported,
    webasm: () => GPU.isWebAssemblySupported,
    cpu: () => true,
  }
  const isHere = await has[mode]()
  return { mode, problem: isHere ? null : `not available: it needs ${CURES[mode]}` }
}
