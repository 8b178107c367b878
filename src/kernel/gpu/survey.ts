import * as E from 'fp-ts/lib/Either.js'
import { backends, type BackendName } from '../backends.ts'
import { isSupported } from '../wasm/instance.ts'
import { deviceContender, makerContender } from './contenders.ts'
import { openDevice, type Device } from './device.ts'
import type { GpuJs } from './gpujs.ts'
import { loadGpuJs } from './load.ts'
import { measurement, type Course, type Progress } from './measure.ts'
import { GPU_MODES, MODES, type Mode } from './modes.ts'
import type { GpuProblem } from './problem.ts'
import { winsFrom, type Speed } from './speeds.ts'

/** A backend that multiplies matrices on this machine, or why it is not available. */
export interface Backend {
  readonly name: BackendName | Mode
  readonly isGpu: boolean
  /** what it runs on; null where it is not available */
  readonly adapter: string | null
  /** one for each size */
  readonly speeds: ReadonlyArray<Speed | null>
  /** why it is not available or what ended its measurement, or null */
  readonly problem: string | null
}

export interface Survey {
  readonly sizes: readonly number[]
  readonly backends: readonly Backend[]
  /** what each GPU is compared with: wasm, or js where there is no wasm */
  readonly host: BackendName
  /** of each GPU that was measured, the size from which on it is faster than the host, or null */
  readonly wins: ReadonlyArray<{ readonly mode: Mode; readonly from: number | null }>
  /** how to install gpu.js, where it is not */
  readonly missing: string | null
}

/** A course of seconds. */
export const COURSE: Omit<Course, 'now'> = {
  sizes: [32, 64, 128, 256, 512],
  rounds: 5,
  least: 20,
  budget: 2500,
}

const isGpu = (name: BackendName | Mode): boolean => (GPU_MODES as readonly string[]).includes(name)

const ADAPTERS: { readonly [M in BackendName]: string } = {
  js: 'JavaScript',
  wasm: 'WebAssembly with 128-bit vectors',
}

/** The device of a mode, or why there is none. */
const opened = async (
  mode: Mode,
  lib: E.Either<GpuProblem, GpuJs>,
): Promise<E.Either<string, Device>> => {
  try {
    const device = await openDevice(mode, () => Promise.resolve(lib))
    if (E.isRight(device)) return device
    const { left } = device
    return E.left(
      left.kind === 'noGpu' ? left.probed[0]!.problem! : 'not available: it needs gpu.js',
    )
  } catch (error) {
    return E.left(error instanceof Error ? error.message : String(error))
  }
}

/** The backends of this machine, and how fast each one multiplies matrices. */
export async function* survey(
  course: Course,
  load: () => Promise<E.Either<GpuProblem, GpuJs>> = loadGpuJs,
): AsyncGenerator<Progress, Survey, void> {
  const lib = await load()
  const names = (Object.keys(backends) as BackendName[]).filter(
    (x) => x !== 'wasm' || isSupported(),
  )
  const host = names.includes('wasm') ? 'wasm' : 'js'
  const devices = new Map<Mode, E.Either<string, Device>>()
  for (const mode of MODES) devices.set(mode, await opened(mode, lib))
  const usable = [...devices.values()].flatMap((device) =>
    E.isRight(device) ? [device.right] : [],
  )
  try {
    const table = yield* measurement(
      [...names.map(makerContender), ...usable.map(deviceContender)],
      course,
    )
    const measured = (name: BackendName | Mode, adapter: string): Backend => {
      const { speeds, problem } = table.rows.find((row) => row.name === name)!
      return { name, isGpu: isGpu(name), adapter, speeds, problem }
    }
    const absent = (name: BackendName | Mode, problem: string): Backend => ({
      name,
      isGpu: isGpu(name),
      adapter: null,
      speeds: course.sizes.map(() => null),
      problem,
    })
    return {
      sizes: course.sizes,
      backends: [
        ...(Object.keys(backends) as BackendName[]).map((name) =>
          names.includes(name)
            ? measured(name, ADAPTERS[name])
            : absent(name, 'not available: it needs an engine with WebAssembly SIMD'),
        ),
        ...[...devices].map(([mode, device]) =>
          E.isRight(device) ? measured(mode, device.right.adapter) : absent(mode, device.left),
        ),
      ],
      host,
      wins: usable
        .filter(({ mode }) => isGpu(mode))
        .map(({ mode }) => ({ mode, from: winsFrom(table, mode, host) })),
      missing: E.isLeft(lib) ? lib.left.message : null,
    }
  } finally {
    await Promise.all(usable.map((device) => device.destroy()))
  }
}
