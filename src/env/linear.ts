/** x held within [low, high]. */
export const clip = (x: number, low: number, high: number): number =>
  Math.max(low, Math.min(x, high))

/**
 * x, held within [from, to], on its way from low to high:
 * (to − x)/(to − from) · low + (x − from)/(to − from) · high, so that `from` is low and `to` is
 * high to the bit, and nothing lies outside. It never falls as x rises.
 */
export const lay = (x: number, from: number, to: number, low: number, high: number): number => {
  const held = clip(x, from, to)
  const span = to - from
  return clip(((to - held) / span) * low + ((held - from) / span) * high, low, high)
}

/** (x − mean) / deviation, held within ±clip: one feature of one row, in f64. */
export const normalised = (x: number, mean: number, deviation: number, clip: number): number =>
  Math.min(Math.max((x - mean) / deviation, -clip), clip)

/** √(m2 / count + ε), in f64; 1 before any row was seen, since there is no scale yet. */
export const deviationOf = (count: number, m2: number, epsilon: number): number =>
  count === 0 ? 1 : Math.sqrt(m2 / count + epsilon)
