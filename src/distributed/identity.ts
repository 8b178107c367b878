import type { BackendName } from '../kernel/backends.ts'
import { fingerprint } from '../run/fingerprint.ts'
import { version } from '../run/version.ts'

/** What two places have to share so that their results are equal. */
export interface Identity {
  /** the version of the library */
  readonly version: string
  /** the hash of what this engine's arithmetic gives */
  readonly probe: string
}

/** Who this process is. */
export const identity = (kernels: BackendName | 'auto' = 'auto'): Identity => ({
  version,
  probe: fingerprint(kernels).probe,
})

/** How another place differs, in a line with both sides; null where it does not. */
export const differenceOf = (expected: Identity, got: Identity): string | null => {
  if (expected.version !== got.version)
    return `version: expected ${expected.version}, got ${got.version}`
  if (expected.probe !== got.probe)
    return `numeric fingerprint: expected ${expected.probe}, got ${got.probe}`
  return null
}
