/** Ticks and labels of a plot: which, and where they go. */

/** 0.05, 1.5K, 2M */
export const short = (x: number): string =>
  (x + 0).toLocaleString('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

/** Multiples of 1, 2 or 5 · 10ⁿ from below `low` to above `high`, some five of them. */
export const roundTicks = (low: number, high: number): readonly number[] => {
  const raw = (high - low || Math.abs(high) || 1) / 5
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = power * ([1, 2, 5].find((m) => m * power >= raw * 0.999) ?? 10)
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9))
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step)
}

/** The heights wanted, moved as far as keeps labels 15 apart and above `lowest`. */
export const spaced = (wanted: readonly number[], lowest: number): readonly number[] => {
  const order = wanted.map((_, i) => i).toSorted((a, b) => wanted[a]! - wanted[b]!)
  const out = [...wanted]
  order.forEach((i, place) => {
    if (place > 0) out[i] = Math.max(out[i]!, out[order[place - 1]!]! + 15)
  })
  const over = Math.max(0, out[order.at(-1) ?? 0]! - lowest)
  return out.map((y) => y - over)
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

export const text = (x: number, y: number, anchor: string, words: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"${more}>${escaped(words)}</text>`
