import { withTimeout } from '../../env/timeout.ts'
import type { EnvironmentName } from '../../env/environments.ts'
import type { BackendName } from '../../kernel/backends.ts'
import type { Memory } from '../../kernel/backend.ts'
import type { LayoutConfig } from '../agentLayout.ts'
import type { SpecName } from '../specs.ts'
import type { AgentEnv } from '../samples.ts'
import { nodeModule } from './nodeModule.ts'
import { sending } from './sending.ts'

/** Where a thread finds an environment: among the built-in ones, or as an export of a module. */
export type EnvironmentSource =
  | {
      /** the name of an environment of the library */
      readonly environment: EnvironmentName
    }
  | {
      /** the URL of a module, such as `import.meta.resolve('./game.js')` */
      readonly module: string
      /** the name that it exports the environment by */
      readonly name: string
    }

/** Where a module is: a URL, or anything with an `href`. */
export interface ModuleUrl {
  readonly href: string
}

/** What a thread is sent to begin with. */
export interface Start {
  readonly backend: BackendName
  readonly algorithm: SpecName
  readonly config: LayoutConfig
  readonly env: AgentEnv
  readonly memory: Memory
  readonly rank: number
  /** threads, and how many of them act */
  readonly size: number
  readonly actors: number
  /** where its own arrays begin, and how many numbers of scratch are first among them */
  readonly start: number
  readonly scratch: number
  readonly timeoutMs: number
  readonly spinCount: number
  /** null: it does not act */
  readonly source: EnvironmentSource | null
}

/** What a thread of the web says when it is at its work, or has said why not. */
export const READY = 'ready'

/** Whether a message is what a thread is sent to begin with. */
export const isStart = (data: unknown): data is Start =>
  typeof data === 'object' && data !== null && 'rank' in data && 'memory' in data

/** A thread, as the one that started it sees it. */
export interface Thread {
  /** Sends a value, or takes the one that was sent back; null where threads cannot be asked. */
  readonly mail: { readonly send: (value: unknown) => void; readonly take: () => unknown } | null
  /** Resolves when it is at its work, or has said why not. */
  readonly ready: Promise<void>
  /** Resolves when the thread has ended; `byForce` terminates one that may no longer respond. */
  readonly end: (byForce: boolean) => Promise<void>
}

interface WebWorker {
  terminate: () => void
  postMessage: (message: unknown) => void
  addEventListener: (
    type: string,
    listener: (event: { readonly message?: string; readonly data?: unknown }) => void,
  ) => void
}

type WebWorkerMaker = new (url: URL, options: { readonly type: 'module' | 'classic' }) => WebWorker

/** By this name alone does webpack know what starts a worker, and bundles its module. */
declare const Worker: WebWorkerMaker

/** Whether there is the web's Worker. Some packages put Node's own, which nobody listens to so, in its place. */
const isWeb = (): boolean => {
  const { Worker: found } = globalThis as { readonly Worker?: WebWorkerMaker }
  return found !== undefined && 'addEventListener' in found.prototype
}

/**
 * Whether this code runs in a worker that is a classic script, as some bundlers make of modules. Only there may
 * `importScripts` be called; without arguments it imports nothing.
 */
const isClassicWorker = (): boolean => {
  const { importScripts } = globalThis as { readonly importScripts?: () => void }
  if (importScripts === undefined) return false
  try {
    importScripts()
    return true
  } catch {
    return false
  }
}

/** The type of the script at a URL: that of this worker where it is its own, and otherwise a module. */
const typeOf = ({ href }: ModuleUrl): 'module' | 'classic' => {
  const { location } = globalThis as { readonly location?: ModuleUrl }
  return location?.href === href && isClassicWorker() ? 'classic' : 'module'
}

/** Milliseconds in which a thread has to begin at least: loading its module takes longer than any sign of life. */
const PATIENCE_MS = 30_000

/** What to do where a bundler has not found the module of threads, as esbuild does not. */
const NOT_FOUND = 'name a module that calls `serve` of proximal/worker as the option `worker`'

const webThread = (
  url: ModuleUrl | undefined,
  start: Start,
  onDeath: (how: string) => void,
): Thread => {
  // Written out, so that bundlers see which file it is.
  const worker =
    url === undefined
      ? new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
      : new Worker(new URL(url.href), { type: typeOf(url) })
  const answered = new Promise<void>((resolve) => {
    worker.addEventListener('message', ({ data }) => {
      // A module that serves requests as well says first that it listens.
      if (data === READY) resolve()
    })
    worker.addEventListener('error', ({ message }) => {
      onDeath(message ?? `could not be started: ${NOT_FOUND}`)
      resolve()
    })
  })
  const patience = Math.max(start.timeoutMs, PATIENCE_MS)
  const late = (): Error => new Error(`did not begin within ${patience} ms: ${NOT_FOUND}`)
  const ready = Promise.resolve(withTimeout(answered, patience, late)).catch((error: Error) =>
    onDeath(error.message),
  )
  worker.postMessage(start)
  const end = (byForce: boolean) => {
    if (byForce) worker.terminate()
    return Promise.resolve()
  }
  return { mail: null, ready, end }
}

/**
 * A worker inherits the options of the process, module loaders included, unless it is given `execArgv`,
 * which may not contain V8 or process options. So give it only to drop `--input-type`, which applies
 * to programs on the command line and keeps a file from running.
 */
const ownOptions = (execArgv: readonly string[]): { readonly execArgv?: string[] } =>
  execArgv.some((option) => option.startsWith('--input-type')) ? { execArgv: [] } : {}

const nodeThread = async (
  url: ModuleUrl | undefined,
  start: Start,
  onDeath: (how: string) => void,
): Promise<Thread> => {
  const { MessageChannel, receiveMessageOnPort, Worker } = nodeModule('node:worker_threads')
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(
    url === undefined ? new URL('./worker.js', import.meta.url) : new URL(url.href),
    {
      workerData: { start, port: port2 },
      transferList: [port2],
      ...ownOptions(process.execArgv),
    },
  )
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', (code) => {
      onDeath(`ended with exit code ${code}`)
      resolve()
    })
  })
  const ready = new Promise<void>((resolve) => {
    worker.once('message', () => resolve())
    worker.once('error', (error) => {
      onDeath(error instanceof Error ? error.message : String(error))
      resolve()
    })
    void ended.then(resolve)
  })
  await ready
  // A program that forgets its threads may still end.
  worker.unref()
  port1.unref()
  return {
    mail: {
      send: sending((value) => port1.postMessage(value)),
      take: () => receiveMessageOnPort(port1)?.message as unknown,
    },
    ready,
    end: async (byForce) => {
      worker.ref()
      if (byForce) await worker.terminate()
      await ended
    },
  }
}

/** Starts a thread: a Worker of the web where there is one, else of Node. */
export const startThread = async (
  url: ModuleUrl | undefined,
  start: Start,
  onDeath: (how: string) => void,
): Promise<Thread> => (isWeb() ? webThread(url, start, onDeath) : nodeThread(url, start, onDeath))

/** Whether threads can be handed environments, and asked for them back, in the middle of a function. */
export const hasMail = (): boolean => !isWeb()

/** How many threads this machine runs at once. */
export const cores = (): number => {
  const { navigator } = globalThis as {
    readonly navigator?: { readonly hardwareConcurrency?: number }
  }
  return navigator?.hardwareConcurrency ?? nodeModule('node:os').availableParallelism()
}

/** Throws in a web page that may not share memory. */
export const expectSharing = (): void => {
  const { crossOriginIsolated } = globalThis as { readonly crossOriginIsolated?: boolean }
  if (crossOriginIsolated === false || typeof SharedArrayBuffer === 'undefined')
    throw new RangeError(
      'threads: expected a cross-origin isolated page, because threads share memory: send Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or use 1',
    )
}
