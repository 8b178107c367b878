import { html, svg, type TemplateResult } from 'lit-html'
import { CLIP_CASES, clipCase } from '../../rl/loss/clipCase.ts'
import { clippedSurrogateTerm } from '../../rl/loss/clippedSurrogate.ts'
import type { Anatomy } from './anatomy.ts'
import { markAt } from './marks.ts'
import type { anatomyWords } from './words.ts'

type Words = (typeof anatomyWords)['en']

type Along = (x: number) => number

/** From one range of numbers onto another; what lies beyond stays at the end. */
const onto =
  (from: number, to: number, a: number, b: number): Along =>
  (x) =>
    a + ((Math.min(to, Math.max(from, x)) - from) / (to - from)) * (b - a)

/** The ratios that are shown: 1 in the middle, and at least twice ε on each side. */
const reachOf = ({ ratio, clip }: Anatomy): number => {
  const sorted = Array.from(ratio, (r) => Math.abs(r - 1)).toSorted((a, b) => a - b)
  const most = sorted[Math.floor(0.99 * (sorted.length - 1))] ?? 0
  return Math.min(1, Math.max(2 * clip, 1.1 * most))
}

const tick = (x: number): string => String(Math.round(100 * x) / 100)

const [LEFT, RIGHT, TOP, BOTTOM] = [44, 14, 12, 46]

/** Outlines of all points of each case, as one path each. */
const pathsOf = (
  { ratio, advantage, clip }: Anatomy,
  px: Along,
  py: (r: number, a: number) => number | null,
): readonly string[] => {
  const paths = CLIP_CASES.map(() => '')
  ratio.forEach((r, i) => {
    const a = advantage[i]!
    const place = clipCase(r, a, clip)
    const y = py(r, a)
    if (y !== null) paths[place] += markAt(place, px(r), y)
  })
  return paths
}

/** Every sample by its ratio and its advantage; the regions without a gradient are shaded. */
export const planeChart = (say: Words, anatomy: Anatomy, width: number): TemplateResult => {
  const height = Math.max(260, Math.round(0.62 * width))
  const { advantage, clip, update, ratio } = anatomy
  const reach = reachOf(anatomy)
  const highest = Math.max(1, ...Array.from(advantage, Math.abs))
  const px = onto(1 - reach, 1 + reach, LEFT, width - RIGHT)
  const py = onto(-highest, highest, height - BOTTOM, TOP)
  const paths = pathsOf(anatomy, px, (_, a) => py(a))
  const [low, high] = [px(1 - clip), px(1 + clip)]
  const [top, middle, bottom] = [py(highest), py(0), py(-highest)]
  return html`<svg
    class="plot"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label=${say.plane(ratio.length, update)}
  >
    ${svg`<rect class="flat" x=${high} y=${top} width=${width - RIGHT - high} height=${middle - top} />
      <rect class="flat" x=${LEFT} y=${middle} width=${low - LEFT} height=${bottom - middle} />
      <line class="rule" x1=${LEFT} x2=${width - RIGHT} y1=${middle} y2=${middle} />`}
    ${[1 - clip, 1, 1 + clip].map(
      (r) =>
        svg`<line class="rule" x1=${px(r)} x2=${px(r)} y1=${top} y2=${bottom} />
          <text x=${px(r)} y=${bottom + 16} text-anchor="middle">${tick(r)}</text>`,
    )}
    ${[-highest, 0, highest].map(
      (a) => svg`<text x=${LEFT - 8} y=${py(a) + 4} text-anchor="end">${tick(a)}</text>`,
    )}
    ${svg`<text x=${(LEFT + width - RIGHT) / 2} y=${height - 8} text-anchor="middle">${say.ratio}</text>
      <text x="12" y=${middle} text-anchor="middle" transform="rotate(-90 12 ${middle})">${say.advantage}</text>`}
    ${paths.map((d, i) => svg`<path class="mark case${i}" d=${d} />`)}
  </svg>`
}

const [SMALL, TALL] = [300, 170]

/** The objective of a sample with |Â| = 1 over its ratio, and where the samples of that sign lie on it. */
export const objectiveChart = (say: Words, anatomy: Anatomy, sign: 1 | -1): TemplateResult => {
  const { clip } = anatomy
  const reach = reachOf(anatomy)
  const px = onto(1 - reach, 1 + reach, 10, SMALL - 10)
  const of = (r: number): number => clippedSurrogateTerm.value(r, sign, 0, clip)
  const ends = [of(1 - reach), of(1 + reach)]
  const py = onto(Math.min(...ends) - 0.05, Math.max(...ends) + 0.05, TALL - 26, 10)
  const kink = sign === 1 ? 1 + clip : 1 - clip
  const line = [1 - reach, kink, 1 + reach]
    .map((r) => `${px(r).toFixed(1)},${py(of(r)).toFixed(1)}`)
    .join(' ')
  const paths = pathsOf(anatomy, px, (r, a) => (a > 0 === (sign === 1) ? py(of(r)) : null))
  const [from, to] = sign === 1 ? [px(kink), SMALL - 10] : [10, px(kink)]
  const title = sign === 1 ? say.good : say.bad
  return html`<figure>
    <figcaption class="small">${title}</figcaption>
    <svg class="plot" viewBox="0 0 ${SMALL} ${TALL}" role="img" aria-label=${say.curve(title)}>
      ${svg`<rect class="flat" x=${from} y="10" width=${to - from} height=${TALL - 36} />`}
      ${[1 - clip, 1, 1 + clip].map(
        (r) =>
          svg`<line class="rule" x1=${px(r)} x2=${px(r)} y1="10" y2=${TALL - 26} />
            <text x=${px(r)} y=${TALL - 10} text-anchor="middle">${tick(r)}</text>`,
      )}
      ${svg`<polyline class="curve" points=${line} />`}
      ${paths.map((d, i) => svg`<path class="mark case${i}" d=${d} />`)}
    </svg>
  </figure>`
}

/** The six cases: their marks, what they mean, and how many samples are of each. */
export const caseTable = (say: Words, { cases }: Anatomy): TemplateResult => {
  const total = cases.reduce((sum, count) => sum + count, 0)
  return html`<table class="cases">
    <thead>
      <tr>
        <th scope="col">${say.case}</th>
        <th scope="col" class="end">${say.share}</th>
        <th scope="col" class="end">${say.gradient}</th>
      </tr>
    </thead>
    <tbody>
      ${CLIP_CASES.map(
        ({ hasGradient }, i) =>
          html`<tr>
            <td>
              <svg class="key" viewBox="0 0 12 12" aria-hidden="true">
                ${svg`<path class="mark case${i}" d=${markAt(i, 6, 6)} />`}
              </svg>
              ${say.cases[i as 0]}
            </td>
            <td class="end number">${((100 * cases[i]!) / total).toFixed(1)} %</td>
            <td class="end">${hasGradient ? say.yes : say.no}</td>
          </tr>`,
      )}
    </tbody>
  </table>`
}
