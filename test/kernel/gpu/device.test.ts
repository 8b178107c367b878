import * as E from 'fp-ts/lib/Either.js'
import { afterAll, describe, expect, test } from 'vitest'
import { openDevice, type Device } from '../../../src/kernel/gpu/device.ts'
import type { GpuJs, RawGpu } from '../../../src/kernel/gpu/gpujs.ts'
import { loadGpuJs } from '../../../src/kernel/gpu/load.ts'
import { HOST_MODES, type Mode } from '../../../src/kernel/gpu/modes.ts'
import { thrownBy } from '../../support/hashes.ts'

const opened: Device[] = []
afterAll(() => Promise.all(opened.map((device) => device.destroy())))

const open = async (mode: Mode): Promise<Device> => {
  const device = await openDevice(mode)
  if (E.isLeft(device)) throw new Error(device.left.message)
  opened.push(device.right)
  return device.right
}

const TWICE = `function twice(x) {
  return 2 * x[this.thread.y][this.thread.x];
}`

describe.each(HOST_MODES)('a device in mode %s', (mode) => {
  test('runs kernels, alone and in plans, and says what it is', async () => {
    const device = await open(mode)
    expect([device.mode, device.isSync]).toEqual([mode, true])
    const twice = device.kernel(TWICE, { output: [3, 2] })
    const x = device.input(Float32Array.of(1, 2, 3, 4, 5, 6), 3, 2)
    expect(twice.run(x)).toEqual([Float32Array.of(2, 4, 6), Float32Array.of(8, 10, 12)])
    const plan = device.plan(2, (a, b) => [twice.step(twice.step(a)), twice.step(b)])
    expect(await plan.run(x, x)).toEqual([
      [Float32Array.of(4, 8, 12), Float32Array.of(16, 20, 24)],
      [Float32Array.of(2, 4, 6), Float32Array.of(8, 10, 12)],
    ])
    await plan.destroy()
  })
})

describe('no device', () => {
  test('where there is no GPU: each one that was probed, and how to get it', async () => {
    const found = await openDevice('gpu')
    expect(found).toMatchObject({
      left: {
        kind: 'noGpu',
        probed: [{ mode: 'webgpu' }, { mode: 'webgl2' }, { mode: 'headlessgl' }],
      },
    })
    expect(await openDevice('webgl2')).toMatchObject({
      left: {
        message:
          'backend: expected webgl2, got none: webgl2 is not available: it needs a browser with WebGL 2',
      },
    })
  })

  test('where the package is not installed', async () => {
    const left = E.left({ kind: 'notInstalled', message: 'gpu.js: …' } as const)
    expect(await openDevice('cpu', () => Promise.resolve(left))).toEqual(left)
  })
})

/** gpu.js whose kernels are always those of another mode. */
const swapped = async (): Promise<GpuJs> => {
  const lib = await loadGpuJs()
  if (E.isLeft(lib)) throw new Error(lib.left.message)
  const { GPU } = lib.right
  const make = function (): RawGpu {
    return new GPU({ mode: 'cpu' })
  } as unknown as GpuJs['GPU']
  return {
    ...lib.right,
    GPU: Object.defineProperties(make, { isWebAssemblySupported: { value: true } }),
  }
}

/** gpu.js whose context is lost when it is told to be. */
const losing = async (): Promise<{ readonly lib: GpuJs; readonly lose: () => void }> => {
  const lib = await swapped()
  const { GPU } = lib
  let isLost = false
  const make = function (settings: { readonly mode: string }): RawGpu {
    const context = { isContextLost: () => isLost, getExtension: () => null, getParameter: String }
    return Object.assign(new GPU(settings), { context })
  } as unknown as GpuJs['GPU']
  return {
    lib: {
      ...lib,
      GPU: Object.defineProperties(make, { isWebGL2Supported: { value: true } }),
      WebGL2Kernel: lib.CPUKernel,
    },
    lose: () => {
      isLost = true
    },
  }
}

describe('a device keeps to what was asked for', () => {
  test('a kernel that another mode runs is refused', async () => {
    const lib = await swapped()
    const device = await openDevice('webasm', () => Promise.resolve(E.right(lib)))
    if (E.isLeft(device)) throw new Error(device.left.message)
    opened.push(device.right)
    const { kernel, input, plan } = device.right
    const twice = kernel(TWICE, { output: [1, 1] })
    const x = input(Float32Array.of(1), 1, 1)
    expect(thrownBy(() => twice.run(x))).toContain(
      'expected webasm to run a kernel, got another mode',
    )
    await expect(plan(1, (a) => [twice.step(a)]).run(x)).rejects.toThrow(
      'expected webasm to run a plan, got cpu',
    )
  })

  test('a context that is lost is an error, not zeros', async () => {
    const { lib, lose } = await losing()
    const device = await openDevice('webgl2', () => Promise.resolve(E.right(lib)))
    if (E.isLeft(device)) throw new Error(device.left.message)
    const twice = device.right.kernel(TWICE, { output: [1, 1] })
    const x = device.right.input(Float32Array.of(1), 1, 1)
    expect(twice.run(x)).toEqual([Float32Array.of(2)])
    lose()
    expect(thrownBy(() => twice.run(x))).toContain('gpu: lost the webgl2 device')
  })
})
