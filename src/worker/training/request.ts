import * as E from 'fp-ts/lib/Either.js'
import type { Environment } from '../../env/environment.ts'
import type { BackendName } from '../../kernel/backends.ts'
import type { RunConfig } from '../../run/config.ts'

/** Why a request was refused: the settings are invalid, or the update is not kept. */
export interface Refused {
  readonly kind: 'refused'
  readonly message: string
}

/** The result of a request: Right of the answer, or Left of why it was refused. */
export type Answer<A> = E.Either<Refused, A>

export const refused = (message: string): E.Either<Refused, never> =>
  E.left({ kind: 'refused', message })

/** What to train, where, and from which state. */
export interface StartRequest {
  readonly config: RunConfig
  /** a checkpoint of this run to continue from, as in `checkpoint` of the progress */
  readonly checkpoint?: Uint8Array
  /** `auto` by default; all give the same bits */
  readonly backend?: BackendName | 'auto'
  /** 1 by default; more need a page that is cross-origin isolated; any number gives the same bits */
  readonly threads?: number
  /** whether it starts at once (true) or waits for `go` */
  readonly runs?: boolean
}

/** Which environments a worker that trains knows, and how many states it keeps. */
export interface SessionOptions {
  /** custom environments, by their names in configs; built-in ones need not be listed */
  readonly environments?: { readonly [name: string]: Environment<unknown> }
  /** how many states of a run are kept to go back to (256) */
  readonly mostKept?: number
}
