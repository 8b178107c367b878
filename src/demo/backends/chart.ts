import { f64 } from '../../math/real.ts'
import { escaped } from '../../report/text.ts'
import type { Backend } from '../../kernel/gpu/survey.ts'
import type { Speed } from '../../kernel/gpu/speeds.ts'

/** What of a backend is drawn: a line through the sizes it was measured at. */
export type Series = Pick<Backend, 'name' | 'speeds'>

const [TOP, RIGHT, BOTTOM, LEFT] = [14, 84, 40, 62]
const NAME_HEIGHT = 15

const place = (x: number): string => String(Math.round(x * 10) / 10)

type Along = (x: number) => number

/** From `low` to `high` by their logarithms onto pixels; one number alone goes in the middle. */
const logScale = (low: number, high: number, from: number, to: number): Along => {
  const [a, b] = [f64.log(low), f64.log(high)]
  return (x) => (a === b ? (from + to) / 2 : from + ((f64.log(x) - a) / (b - a)) * (to - from))
}

/** Powers of ten, from the one below all numbers to the one above them. */
export const decades = (values: readonly number[]): readonly number[] => {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  let power = 1
  while (power > low) power /= 10
  while (power * 10 <= low) power *= 10
  const powers = [power]
  // Quotients of powers of ten are not exact; their shortest decimals are.
  do powers.push(Number((powers.at(-1)! * 10).toPrecision(3)))
  while (powers.at(-1)! < high)
  return powers
}

/** Heights of names, each pushed down as far as the one above it takes room, and not past the end. */
export const apart = (heights: readonly number[], room: number, end: number): readonly number[] => {
  const order = heights.map((_, i) => i).toSorted((i, j) => heights[i]! - heights[j]!)
  const out = [...heights]
  order.forEach((i, k) => {
    if (k > 0) out[i] = Math.max(out[i]!, out[order[k - 1]!]! + room)
  })
  order.toReversed().forEach((i, k, back) => {
    out[i] = Math.min(out[i]!, k === 0 ? end : out[back[k - 1]!]! - room)
  })
  return out
}

const text = (x: number, y: number, anchor: string, words: string, kind = 'tick', more = '') =>
  `<text class="${kind}" x="${place(x)}" y="${place(y)}" text-anchor="${anchor}"${more}>${escaped(words)}</text>`

const rule = (kind: string, x1: number, x2: number, y1: number, y2: number): string =>
  `<line class="${kind}" x1="${place(x1)}" x2="${place(x2)}" y1="${place(y1)}" y2="${place(y2)}"/>`

/** GFLOP/s over sizes, both by their logarithms, as an `<svg>` of a page; empty without numbers. */
export const chartSvg = (
  sizes: readonly number[],
  series: readonly Series[],
  width: number,
  height: number,
  kind: string,
): string => {
  const lines = series
    .map(({ name, speeds }) => ({
      name,
      points: sizes.flatMap((n, i): ReadonlyArray<readonly [number, Speed]> => {
        const speed = speeds[i]
        return speed === undefined || speed === null ? [] : [[n, speed]]
      }),
    }))
    .filter(({ points }) => points.length > 0)
  if (lines.length === 0) return ''
  const ticks = decades(
    lines.flatMap(({ points }) => points.flatMap(([, { min, max }]) => [min, max])),
  )
  const [bottom, right] = [height - BOTTOM, width - RIGHT]
  const px = logScale(sizes[0]!, sizes.at(-1)!, LEFT + 12, right - 6)
  const py = logScale(ticks[0]!, ticks.at(-1)!, bottom, TOP)
  const names = apart(
    lines.map(({ points }) => py(points.at(-1)![1].median) + 4),
    NAME_HEIGHT,
    bottom,
  )
  return [
    `<svg class="${kind}" viewBox="0 0 ${width} ${height}" role="img" aria-label="GFLOP/s over n, both logarithmic">`,
    ...ticks.flatMap((y) => [
      rule('grid', LEFT, right, py(y), py(y)),
      text(LEFT - 8, py(y) + 4, 'end', String(y)),
    ]),
    rule('axis', LEFT, right, bottom, bottom),
    ...sizes.flatMap((n) => [
      rule('axis', px(n), px(n), bottom, bottom + 4),
      text(px(n), bottom + 17, 'middle', String(n)),
    ]),
    text((LEFT + right) / 2, height - 6, 'middle', 'n'),
    ...lines.flatMap(({ name, points }, i) => {
      const colour = `var(--${name})`
      const at = points.map(([n, { median }]) => `${place(px(n))} ${place(py(median))}`)
      const whiskers = points.map(
        ([n, { min, max }]) => `M${place(px(n))} ${place(py(min))}V${place(py(max))}`,
      )
      const dots = points.map(
        ([n, { median }]) =>
          `<circle class="points" fill="${colour}" cx="${place(px(n))}" cy="${place(py(median))}" r="3.5"/>`,
      )
      return [
        `<path class="whiskers" stroke="${colour}" d="${whiskers.join('')}"/>`,
        `<path class="series" stroke="${colour}" d="M${at.join('L')}"/>`,
        dots.join(''),
        text(px(points.at(-1)![0]) + 10, names[i]!, 'start', name, 'name', ` fill="${colour}"`),
      ]
    }),
    '</svg>',
  ].join('')
}
