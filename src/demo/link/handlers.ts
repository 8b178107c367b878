import { builtIns, type BuiltInName } from '../../builtin/index.ts'
import { decodeLink, encodeLink, runOf, type Claim, type Linked, type PpoRun } from './link.ts'

/** What the worker knows of links, so that the page itself need not load what checks configs. */
export const linkHandlers = {
  /** The run that the query of a link describes. */
  readLink: (query: string): Linked => decodeLink(query),

  /** The query of a link to a run, with what it comes to. */
  writeLink: ({ run, claim }: { readonly run: PpoRun; readonly claim: Claim | null }): string =>
    encodeLink(run, claim),

  /** A run of an environment's preset. */
  presetRun: ({ env, seed }: { readonly env: BuiltInName; readonly seed: number }): PpoRun =>
    runOf(env, seed, builtIns[env].preset),
}
