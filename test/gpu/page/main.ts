import { counts, loseContexts } from './counters.ts'
import * as E from 'fp-ts/lib/Either.js'
import { openDevice } from '../../../src/kernel/gpu/device.ts'
import { loadGpuJs } from '../../../src/kernel/gpu/load.ts'
import type { Mode } from '../../../src/kernel/gpu/modes.ts'
import { checks } from '../checks/index.ts'

const { gc, performance } = globalThis as unknown as {
  readonly gc?: () => void
  readonly performance: { readonly memory: { readonly usedJSHeapSize: number } }
}

const heap = async (): Promise<number> => {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    gc?.()
  }
  return performance.memory.usedJSHeapSize
}

/** Runs the checks of one mode, in the page that is asked to, telling each as it is done. */
const run = async (mode: Mode, names: readonly string[], tell: (row: unknown) => unknown) => {
  const opened = await openDevice(mode)
  if (E.isLeft(opened)) throw new Error(opened.left.message)
  const device = opened.right
  await tell({ mode: device.mode, adapter: device.adapter })
  // Found beforehand: a device goes at once, in the middle of what it does.
  const lib = await loadGpuJs()
  const shared =
    mode === 'webgpu' && E.isRight(lib)
      ? ((await lib.right.WebGPUContext.acquire()) as unknown as {
          readonly device: { readonly destroy: () => void }
        })
      : null
  const lose = (): void => {
    if (shared === null) loseContexts()
    // While a launch is on its way.
    else setTimeout(() => shared.device.destroy(), 1)
  }
  for (const name of names)
    for await (const check of checks[name]!({ device, counts, heap, lose }))
      await tell({ from: name, ...check })
  await device.destroy().catch(() => undefined)
}

Object.assign(globalThis, { run })
