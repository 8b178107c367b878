import * as E from 'fp-ts/lib/Either.js'
import { hashIn, seedOf } from '../teach/choices.ts'
import { eventsIn, MOST_EVENTS } from './events.ts'

/** A session about names, and what a link says that it comes to; null where it says nothing. */
export interface NamesLink {
  readonly seed: number
  readonly events: string
  readonly hash: string | null
}

/**
 * Reads the field `names` of a link: `1.lrn3x.HASH`, of which the later parts may be left out.
 *
 * @returns Left of what is wrong, what is allowed, and the nearest link
 */
export const decodeNamesLink = (
  text: string,
): E.Either<{ readonly problem: string; readonly nearest: NamesLink }, NamesLink> => {
  const [seed = '', events = '', hash = ''] = text.split('.')
  const nearest = { seed: seedOf(seed) ?? 1, events: eventsIn(events), hash: hashIn(hash) }
  const wrong = (problem: string) => E.left({ problem, nearest })
  if (seedOf(seed) === null)
    return wrong(
      `seed: expected a whole number from 0 to 4294967295, got ${JSON.stringify(seed.slice(0, 40))}`,
    )
  if (nearest.events !== events)
    return wrong(
      `events: expected at most ${MOST_EVENTS} of l, r, n, x and 0 to 5, got others or more`,
    )
  if (hash !== '' && nearest.hash === null)
    return wrong(`hash: expected 64 hexadecimal digits, got ${JSON.stringify(hash.slice(0, 40))}`)
  return E.right(nearest)
}

/** The field of a link: `decodeNamesLink` reads it. */
export const encodeNamesLink = ({ seed, events, hash }: NamesLink): string =>
  [seed, events, ...(hash === null ? [] : [hash])].join('.')
