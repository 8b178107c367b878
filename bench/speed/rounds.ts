/** How long to measure, and the same work by several contenders in turns. */

export interface Effort {
  readonly rounds: number
  /** about how long a piece lasts */
  readonly seconds: number
  /** updates of a piece of training; null for as many as fill its seconds */
  readonly updates: number | null
}

/** So little time that what takes seconds a piece is left out. */
export const isShort = ({ seconds }: Effort): boolean => seconds < 0.1

/** What each contender measured, by name: one number a round. */
export type Measured<T> = ReadonlyMap<string, readonly T[]>

/**
 * Every contender once a round, so that a machine that slows down slows all of them. The first one
 * of a round is another one each time.
 */
export const interleave = <T>(
  rounds: number,
  contenders: ReadonlyMap<string, () => T>,
): Measured<T> => {
  const measured = new Map([...contenders.keys()].map((name) => [name, [] as T[]]))
  const all = [...contenders]
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < all.length; i++) {
      const [name, measure] = all[(round + i) % all.length]!
      measured.get(name)!.push(measure())
    }
  return measured
}

/** a ÷ b within each round; null where one of them is missing. */
export const ratios = (
  measured: Measured<number>,
  a: string,
  b: string,
): readonly number[] | null => {
  const [over, under] = [measured.get(a), measured.get(b)]
  return over === undefined || under === undefined ? null : over.map((x, i) => x / under[i]!)
}

/** Seconds that f takes. */
export const secondsOf = (f: () => void): number => {
  const started = performance.now()
  f()
  return (performance.now() - started) / 1000
}

/** Warms `run` up for as long at least, and says how many times over it fills so many seconds. */
export const timesToFill = (seconds: number, run: (times: number) => void): number => {
  for (let times = 1; ; times *= 2) {
    const took = secondsOf(() => run(times))
    if (took >= seconds) return Math.max(1, Math.round((times * seconds) / took))
  }
}
