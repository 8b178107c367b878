import { jsMaker } from './js/js.ts'
import type { Maker } from './maker.ts'
import { isSupported } from './wasm/instance.ts'
import { wasm } from './wasm/wasm.ts'

export const makers = { js: jsMaker, wasm } as const

export type MakerName = keyof typeof makers

export const isMakerName = (name: string): name is MakerName => Object.hasOwn(makers, name)

/**
 * The maker of that name; 'auto' is wasm where the engine has WebAssembly with SIMD and
 * may compile it, else js.
 *
 * @throws RangeError when there is none of that name
 */
export const maker = (name: MakerName | 'auto'): Maker => {
  if (name === 'auto') return makers[isSupported() ? 'wasm' : 'js']
  if (!isMakerName(name))
    throw new RangeError(
      `maker: expected auto or one of ${Object.keys(makers).join(', ')}, got ${JSON.stringify(name)}`,
    )
  return makers[name]
}
