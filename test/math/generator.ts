/** Pseudo-random numbers of the tests: the same ones in every run and on every machine. */
export interface Generator {
  /** 32 random bits, as an integer from 0 to 2^32 − 1. */
  readonly bits: () => number
  /** Uniform from `from` up to `to`. */
  readonly uniform: (from: number, to: number) => number
  /** An integer from `from` to `to`, both included. */
  readonly integer: (from: number, to: number) => number
}

/** splitmix32: a counter in steps of the golden ratio, then a bit mixer. */
export const generator = (seed: number): Generator => {
  let counter = seed | 0
  const bits = (): number => {
    counter = (counter + 0x9e3779b9) | 0
    let mixed = counter ^ (counter >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
  const unit = (): number => (bits() * 2097152 + (bits() >>> 11)) / 9007199254740992
  return {
    bits,
    uniform: (from, to) => from + (to - from) * unit(),
    integer: (from, to) => from + Math.floor((to - from + 1) * unit()),
  }
}
