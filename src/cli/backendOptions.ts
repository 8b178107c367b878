import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { cores } from '../algo/thread/host.ts'
import { isMode, MODES, type Mode } from '../kernel/gpu/modes.ts'
import { isBackendName, backend, backends, type BackendName } from '../kernel/backends.ts'
import { wholeNumber } from './options.ts'
import { notOneOf, type Problem } from './problem.ts'

/**
 * Options of commands that learn. Threads and CPU backends change only the speed of a run, and no bit of what
 * it learns; a GPU changes bits.
 */
export const backendOptions = {
  threads: { type: 'string' },
  backend: { type: 'string' },
} as const

export interface BackendOptions {
  /** null: one per core */
  readonly threads: number | null
  /** of what acts, and of what learns unless that is a GPU */
  readonly kernels: BackendName
  /** a mode of gpu.js, or 'gpu' for the first that is a GPU; null: the kernels learn */
  readonly gpu: Mode | 'gpu' | null
}

/** The bit-identical backends; `auto` picks the fastest. */
export const BACKEND_NAMES = ['auto', ...Object.keys(backends)]

export const BACKENDS = [...BACKEND_NAMES, 'gpu', ...MODES]

const isGpu = (name: string): name is Mode | 'gpu' => name === 'gpu' || isMode(name)

const backendOf = (name: string): E.Either<Problem, Pick<BackendOptions, 'kernels' | 'gpu'>> => {
  if (isGpu(name)) return E.right({ kernels: backend('auto').name, gpu: name })
  return name === 'auto' || isBackendName(name)
    ? E.right({ kernels: backend(name).name, gpu: null })
    : E.left(notOneOf('--backend', name, BACKENDS))
}

export const parseBackend = (values: {
  readonly threads?: string | undefined
  readonly backend?: string | undefined
}): E.Either<Problem, BackendOptions> =>
  pipe(
    backendOf(values.backend ?? 'auto'),
    E.bind('threads', () =>
      values.threads === undefined ? E.right(null) : wholeNumber('threads', values.threads, 1, 1),
    ),
  )

/** Parses `--backend` and `--threads` for commands that make a run again, to the bit: no GPU. */
export const parseSameBits = (
  values: Parameters<typeof parseBackend>[0],
): E.Either<Problem, BackendOptions> =>
  pipe(
    parseBackend(values),
    E.filterOrElse(
      ({ gpu }) => gpu === null,
      ({ gpu }): Problem =>
        `--backend: expected a bit-reproducible backend (${BACKEND_NAMES.join(', ')}), got ${gpu}`,
    ),
  )

export const threadsOf = async ({ threads }: BackendOptions): Promise<number> => threads ?? cores()

/** A line that says that fewer threads run than requested; null if there are as many. */
export const describeFewer = ({ threads }: BackendOptions, running: number): string | null =>
  threads === null || running >= threads
    ? null
    : `threads ${running} of the ${threads} requested: at most one per shard and four per core are useful`
