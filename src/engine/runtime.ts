import type { Machine } from '../kernel/machine.ts'
import type { Backend, Memory } from '../kernel/backend.ts'
import { arenaIn, countingArena, type Arena, type Arrays } from './arrays.ts'
import { direct, type Program } from './program.ts'
import { recorder } from './recorder.ts'
import { singleThread, type ThreadGroup } from './threadGroup.ts'

/** The tools with which one thread builds its programs. */
export interface Runtime {
  readonly group: ThreadGroup
  /** arrays that all threads have at the same place: each asks for the same ones in the same order */
  readonly shared: Arrays
  /** arrays of this thread alone */
  readonly own: Arrays
  /** Makes a program of a function over a machine. */
  readonly record: <T>(f: (machine: Machine) => T) => Program<T>
}

/**
 * Lays out arrays and records programs. It runs twice, first to count bytes, so it must ask for the
 * same each time, and neither read nor write arrays outside of the functions that it returns.
 */
export type Build<T> = (runtime: Runtime) => T

/** Bytes of a build: what threads share, and what one thread has for itself. */
export interface Bytes {
  readonly shared: number
  readonly own: number
  /** numbers of scratch for its kernels, which lie first among its own */
  readonly scratch: number
}

const LINE = 64

/** Counts without a memory. */
export const measure = (
  { name, dtype, machine }: Backend,
  build: Build<unknown>,
  group: Pick<ThreadGroup, 'rank' | 'size'>,
): Bytes => {
  const [shared, own] = [countingArena(dtype), countingArena(dtype)]
  const { record, scratch } = recorder(name, dtype, own, machine)
  build({ group: { ...singleThread, ...group }, shared, own, record })
  return { shared: shared.end(), own: own.end(), scratch: scratch() }
}

/** Bytes of one thread's own arrays, behind its scratch. */
const ownBytes = ({ own, scratch }: Bytes, dtype: 'f32' | 'f64'): number =>
  own + (dtype === 'f32' ? 4 : 8) * scratch + 2 * LINE

/** Bytes of a memory for all threads, and where those of each thread begin. */
export const memoryOf = (
  backend: Backend,
  threads: readonly Bytes[],
): { readonly bytes: number; readonly starts: readonly number[] } => {
  let end = backend.reserved + threads[0]!.shared + LINE
  const starts = threads.map((bytes) => {
    const start = Math.ceil(end / LINE) * LINE
    end = start + ownBytes(bytes, backend.dtype)
    return start
  })
  return { bytes: end, starts }
}

/** Builds in a memory: one thread's part of it. */
export const buildIn = <T>(
  backend: Backend,
  build: Build<T>,
  memory: Memory,
  group: ThreadGroup,
  start: number,
  scratch: number,
  pauses = false,
): T => {
  const { name, dtype, reserved } = backend
  const shared: Arena = arenaIn(dtype, memory.buffer, reserved)
  const own = arenaIn(dtype, memory.buffer, start)
  const kernels = backend.over(memory, own.floats(scratch))
  const heartbeat = group.size > 1 ? group.heartbeat : null
  const { record } = recorder(name, dtype, own, kernels, heartbeat, pauses)
  return build({ group, shared, own, record })
}

/**
 * Builds for one thread in a memory of its own.
 *
 * @param pauses whether `steps` of its programs pause after each operation
 */
export const buildAlone = <T>(backend: Backend, build: Build<T>, pauses = false): T => {
  const bytes = measure(backend, build, singleThread)
  const { bytes: all, starts } = memoryOf(backend, [bytes])
  const memory = backend.memory(all, false)
  return buildIn(backend, build, memory, singleThread, starts[0]!, bytes.scratch, pauses)
}

const heapArrays = (machine: Machine): Arrays => ({
  floats: machine.alloc,
  doubles: machine.doubles,
  integers: machine.integers,
  bytes: machine.bytes,
})

/**
 * Builds programs that are not recorded but call their functions each time: the reference for recorded ones.
 */
export const buildDirect = <T>(machine: Machine, build: Build<T>): T => {
  const arrays = heapArrays(machine)
  return build({ group: singleThread, shared: arrays, own: arrays, record: direct(machine) })
}
