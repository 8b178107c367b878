import { backend, backends, type BackendName } from '../kernel/backends.ts'
import { codec, fields, oneOf, type TypeOf } from '../algo/codec.ts'
import { probe } from './probe.ts'
import { hash } from './config.ts'

const LONGEST_NAME = 300

const name = codec(
  `a text of up to ${LONGEST_NAME} characters`,
  (u): u is string => typeof u === 'string' && u.length <= LONGEST_NAME,
)

export const fingerprintCodec = fields({
  /** the engine's name for itself */
  engine: name,
  /** the backend of the kernels */
  kernels: oneOf(...(Object.keys(backends) as [BackendName])),
  /** the hash of a fixed computation: see `probe` */
  probe: hash,
})

/**
 * Where numbers were computed. The names are for people. Only the probe tells whether two engines compute the
 * same numbers.
 */
export type Fingerprint = TypeOf<typeof fingerprintCodec>

interface Globals {
  readonly process?: { readonly versions?: Readonly<Record<string, string | undefined>> }
  readonly navigator?: { readonly userAgent?: unknown }
}

/** The engine's own name for itself, `Node 20.20.2` or what a browser sends to every server. */
export const engineName = ({ process, navigator }: Globals = globalThis): string => {
  const versions = process?.versions ?? {}
  // Bun and Deno say that they are Node, too.
  for (const [key, title] of [
    ['bun', 'Bun'],
    ['deno', 'Deno'],
    ['node', 'Node'],
  ] as const)
    if (typeof versions[key] === 'string') return `${title} ${versions[key]}`.slice(0, LONGEST_NAME)
  const agent = navigator?.userAgent
  return typeof agent === 'string' && agent !== '' ? agent.slice(0, LONGEST_NAME) : 'unknown'
}

/** The fingerprint of this engine with the kernels of that backend. */
export const fingerprint = (kernels: BackendName | 'auto' = 'auto'): Fingerprint => {
  const made = backend(kernels)
  return { engine: engineName(), kernels: made.name, probe: probe(made.machine) }
}
