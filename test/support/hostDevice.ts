import type { Device } from '../../src/kernel/gpu/device.ts'
import type { Handle, Input, Result } from '../../src/kernel/gpu/gpujs.ts'

/** A device that runs the text of kernels as it is, on the host, and keeps what it ran. */
export interface HostDevice extends Device {
  readonly sources: readonly string[]
}

const rowsOf = ({ value, size }: Input): Result => {
  const [columns, rows] = size
  return rows === undefined
    ? value
    : Array.from({ length: rows }, (_, i) => value.subarray(i * columns!, (i + 1) * columns!))
}

/** Runs a kernel at each place of its output. */
const fill = (
  f: Function,
  [columns, rows]: readonly number[],
  args: readonly unknown[],
): Result => {
  const row = (y: number): Float32Array =>
    Float32Array.from({ length: columns! }, (_, x) => Number(f.call({ thread: { x, y } }, ...args)))
  return rows === undefined ? row(0) : Array.from({ length: rows }, (_, y) => row(y))
}

/** Handles are the results themselves. */
const handle = (result: Result): Handle => result as unknown as Handle

export const hostDevice = (): HostDevice => {
  const sources: string[] = []
  return {
    sources,
    mode: 'cpu',
    adapter: 'host',
    isSync: true,
    input: (value, ...size) => ({ value, size }),
    kernel: (source, { output }) => {
      sources.push(source)
      // oxlint-disable-next-line typescript/no-implied-eval -- kernels are text
      const f = new Function(`return ${source}`)() as Function
      return {
        step: (...args) => handle(fill(f, output, args)),
        run: (...args) => fill(f, output, args),
        destroy: () => {},
      }
    },
    plan: (_count, write) => ({
      run: async (...args) =>
        write(...args.map((input) => handle(rowsOf(input)))) as unknown as readonly Result[],
      executor: () => 'host',
      destroy: async () => {},
    }),
    destroy: async () => {},
  }
}
