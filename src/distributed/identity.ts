import type { BackendName } from '../kernel/backends.ts'
import { fingerprint } from '../run/fingerprint.ts'
import { version } from '../run/version.ts'

/** What two processes must have in common for equal results. */
export interface Identity {
  /** the version of the library */
  readonly version: string
  /** the hash of a fixed computation, which identifies this engine's arithmetic */
  readonly probe: string
}

/** The identity of this process. */
export const identity = (kernels: BackendName | 'auto' = 'auto'): Identity => ({
  version,
  probe: fingerprint(kernels).probe,
})

/** The difference from another process, in one line with both values; null if there is none. */
export const differenceOf = (expected: Identity, got: Identity): string | null => {
  if (expected.version !== got.version)
    return `version: expected ${expected.version}, got ${got.version}`
  if (expected.probe !== got.probe)
    return `numeric fingerprint: expected ${expected.probe}, got ${got.probe}`
  return null
}
