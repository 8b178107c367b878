import * as E from 'fp-ts/lib/Either.js'
import { decodeCertificate } from '../../src/run/certificate.ts'
import { engineName, fingerprint } from '../../src/run/fingerprint.ts'
import { certify, describeDifference, verify } from '../../src/run/verify.ts'
import { backends, type BackendName } from '../../src/kernel/backends.ts'

/** A certificate as text, and the update at which every engine has to refuse it: null, none. */
export interface Task {
  readonly run: string
  readonly certificate: string
  readonly refusedAt: number | null
}

/** What an engine found. */
export type Row =
  | { readonly kind: 'engine'; readonly name: string; readonly probes: readonly string[] }
  | {
      readonly kind: 'verified' | 'made' | 'kept'
      readonly run: string
      readonly kernels: BackendName
      /** what should be, and what was */
      readonly expected: string
      readonly found: string
      readonly seconds: number
    }
  | { readonly kind: 'end'; readonly error: string | null }

const NAMES = Object.keys(backends) as readonly BackendName[]

export const at = (update: number | null): string =>
  update === null ? 'same' : `differs at ${update}`

/** Lets the page or the process breathe. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

const toEnd = async <A>(going: Generator<unknown, A, undefined>): Promise<A> => {
  for (let last = performance.now(); ;) {
    const { done, value } = going.next()
    if (done === true) return value
    if (performance.now() - last < 100) continue
    await pause()
    last = performance.now()
  }
}

const decoded = (text: string) => {
  const certificate = decodeCertificate(new TextEncoder().encode(text))
  if (E.isLeft(certificate)) throw new RangeError(certificate.left)
  return certificate.right
}

const timed = async <A>(work: () => Promise<A>): Promise<readonly [A, number]> => {
  const start = performance.now()
  const result = await work()
  return [result, (performance.now() - start) / 1000]
}

/**
 * Verifies every certificate with every backend, and makes those that are true anew. Runs in any engine.
 */
export const work = async (
  tasks: readonly Task[],
  tell: (row: Row) => Promise<unknown>,
): Promise<void> => {
  try {
    const probes = NAMES.map((kernels) => fingerprint(kernels).probe)
    await tell({ kind: 'engine', name: engineName(), probes })
    for (const { run, certificate: text, refusedAt } of tasks) {
      const certificate = decoded(text)
      for (const kernels of NAMES) {
        const [verdict, seconds] = await timed(() => toEnd(verify(certificate, { kernels })))
        const difference = E.isLeft(verdict) ? verdict.left : null
        if (difference?.kind === 'environment') throw new Error(describeDifference(difference))
        const found = at(difference?.update ?? null)
        const doubt = difference !== null && difference.sameArithmetic !== true
        await tell({
          kind: 'verified',
          run,
          kernels,
          expected: at(refusedAt),
          found: doubt ? `${found}, by other arithmetic` : found,
          seconds,
        })
      }
      if (refusedAt !== null) continue
      // The other direction: what is made here is what was made there.
      const kernels = 'wasm'
      const [made, seconds] = await timed(() => toEnd(certify(certificate.config, { kernels })))
      const differs = made.chain.findIndex((link, i) => link !== certificate.chain[i])
      const same = made.chain.length === certificate.chain.length && made.hash === certificate.hash
      const found = differs >= 0 ? at(differs) : same ? 'same' : 'another end'
      await tell({ kind: 'made', run, kernels, expected: 'same', found, seconds })
    }
    await tell({ kind: 'end', error: null })
  } catch (error) {
    await tell({ kind: 'end', error: String(error) })
  }
}
