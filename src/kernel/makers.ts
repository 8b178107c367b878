import { jsMaker } from './js/js.ts'
import type { Maker } from './maker.ts'
import { isSupported } from './wasm/instance.ts'
import { wasm } from './wasm/wasm.ts'

export const makers = { js: jsMaker, wasm } as const

export type MakerName = keyof typeof makers

/** The maker of that name; 'auto' is wasm where the engine has WebAssembly with SIMD, else js. */
export const maker = (name: MakerName | 'auto'): Maker =>
  makers[name === 'auto' ? (isSupported() ? 'wasm' : 'js') : name]
