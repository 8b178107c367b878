/** Labels of a plot, and where they go. */
import { escaped } from '../../src/report/text.ts'

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

export const text = (x: number, y: number, anchor: string, words: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"${more}>${escaped(words)}</text>`
