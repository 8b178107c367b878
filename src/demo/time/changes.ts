import { settings as fieldsOf } from '../../algo/settings.ts'
import type { PpoRun } from '../link/link.ts'

/** A fork of a run: after which update, and what it changed, in JSON. */
export interface Change {
  readonly at: number
  readonly fields: ReadonlyArray<readonly [path: string, before: string, after: string]>
}

/** What the forks of a run changed, in their order. */
export const changesOf = ({ past, settings }: PpoRun): readonly Change[] => {
  const all = [...past.map((segment) => segment.settings), settings]
  return past.map(({ until }, i) => {
    const before = new Map(fieldsOf(all[i]!))
    return {
      at: until,
      fields: fieldsOf(all[i + 1]!).flatMap(([path, after]) => {
        const was = before.get(path) ?? ''
        return was === after ? [] : [[path, was, after] as const]
      }),
    }
  })
}

/** How a hash compares with what a link says. */
export type Comparison = 'none' | 'notYet' | 'same' | 'differs'

/** Compares the links of the hash chain so far with the one that the address of the page claims. */
export const comparison = (
  claim: { readonly update: number; readonly link: string } | null,
  links: readonly string[],
): Comparison => {
  if (claim === null) return 'none'
  const link = links[claim.update]
  if (link === undefined) return 'notYet'
  return link === claim.link ? 'same' : 'differs'
}
