/** The values of the dial for β, what a nat of KL costs. */
export const BETAS: readonly number[] = [0, 0.03, 0.1, 0.3, 1, 3]

/** Where the dial stands at first. */
export const FIRST_BETA = 3

/** Something that a visitor did. */
export type NamesEvent =
  | { readonly kind: 'answer'; readonly answer: 'first' | 'second' | null }
  /** turned the dial to a place in `BETAS` */
  | { readonly kind: 'beta'; readonly place: number }
  /** asked to see over-optimisation: β = 0 and many updates */
  | { readonly kind: 'overOptimise' }

/** As many events as a link may hold. */
export const MOST_EVENTS = 200

const EVENT = /^[lrnx0-5]$/

/** The event of a letter of a link: l, r, n are answers, digits turn the dial, x over-optimises. */
export const eventOf = (letter: string): NamesEvent => {
  if (letter === 'x') return { kind: 'overOptimise' }
  if (letter === 'l') return { kind: 'answer', answer: 'first' }
  if (letter === 'r') return { kind: 'answer', answer: 'second' }
  if (letter === 'n') return { kind: 'answer', answer: null }
  return { kind: 'beta', place: Number(letter) }
}

/** The letters of a link that are events, no more than it may hold. */
export const eventsIn = (text: string): string =>
  Array.from(text)
    .filter((letter) => EVENT.test(letter))
    .slice(0, MOST_EVENTS)
    .join('')
