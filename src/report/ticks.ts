/** The largest power of ten that is no larger than x > 0. */
const powerBelow = (x: number): number => {
  let power = 1
  while (power > x) power /= 10
  while (power * 10 <= x) power *= 10
  return power
}

/** Smaller ranges than this part of the numbers in them are drawn as if they were one number. */
const FINEST = 1e-9

/** A step that f64 still divides: smaller ones are drawn as if they were it. */
const SMALLEST = 1e-300

/**
 * Multiples of 1, 2 or 5 · 10ⁿ from below `low` to above `high`, two at least and some `about` of
 * them. Where `low` and `high` are one number, it lies between the ends. Throws a `RangeError` where
 * one of them is not a finite number.
 */
export const roundTicks = (low: number, high: number, about = 5): readonly number[] => {
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    throw new RangeError(`low, high: expected finite numbers, got ${low}, ${high}`)
  }
  const largest = Math.max(Math.abs(low), Math.abs(high))
  const range = high / about - low / about
  const finest = largest === 0 ? 1 : largest
  const raw = Math.max(range > FINEST * largest ? range : finest / about, SMALLEST)
  const power = powerBelow(raw)
  const step = power * ([1, 2, 5].find((m) => m * power >= raw * 0.999) ?? 10)
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9))
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  )
}
