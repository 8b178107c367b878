import { jsBackend } from './js/js.ts'
import { backendOf, type Backend } from './backend.ts'
import type { Machine } from './machine.ts'
import { isSupported } from './wasm/instance.ts'
import { wasm } from './wasm/wasm.ts'

export const backends = { js: jsBackend, wasm } as const

/** The name of a backend that runs without a GPU. */
export type BackendName = keyof typeof backends

export const isBackendName = (name: string): name is BackendName => Object.hasOwn(backends, name)

/**
 * The backend of that name; 'auto' is wasm where the engine has WebAssembly with SIMD and
 * may compile it, else js.
 *
 * @throws RangeError when the name is unknown
 */
export const backend = (name: BackendName | 'auto'): Backend<BackendName> => {
  if (name === 'auto') return backends[isSupported() ? 'wasm' : 'js']
  if (!isBackendName(name))
    throw new RangeError(
      `backend: expected auto or one of ${Object.keys(backends).join(', ')}, got ${JSON.stringify(name)}`,
    )
  return backends[name]
}

/** The backend whose machine that is, so that its kernels copy nothing; else one that runs on it. */
export const backendFor = (machine: Machine): Backend =>
  Object.values<Backend>(backends).find((one) => one.machine === machine) ?? backendOf(machine)
