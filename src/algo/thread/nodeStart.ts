import { isStart, type Start } from './host.ts'
import { nodeModule } from './nodeModule.ts'

/** What a thread of training is handed in Node: what it is sent to begin with, and its mail. */
export interface NodeStart {
  readonly start: Start
  readonly port: import('node:worker_threads').MessagePort
}

const isNodeStart = (data: unknown): data is NodeStart =>
  typeof data === 'object' && data !== null && 'start' in data && isStart(data.start)

/** What this thread was handed, where it is a thread of training in Node; null anywhere else. */
export const nodeStart = (): NodeStart | null => {
  const { process } = globalThis as { readonly process?: { readonly getBuiltinModule?: unknown } }
  if (typeof process?.getBuiltinModule !== 'function') return null
  const { workerData } = nodeModule('node:worker_threads') as { readonly workerData: unknown }
  return isNodeStart(workerData) ? workerData : null
}
