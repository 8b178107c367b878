import { CHART_STYLE, PAGE_STYLE } from '../../report/style.ts'

/** Colours that everyone can distinguish: Okabe and Ito 2008, without black and yellow. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9']

/** The dashes of each further round of colours. */
const DASHES = ['none', '7 3', '2 3', '9 3 2 3']

/** The classes of series i: a colour and a dash. */
export const seriesClass = (i: number): string =>
  `c${i % COLOURS.length} d${Math.floor(i / COLOURS.length) % DASHES.length}`

const SERIES = [
  '.series{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}',
  '.band{stroke:none;fill-opacity:.14}',
  '.dot{stroke:none}',
  '.name{font-size:12px;fill:var(--ink)}',
  ...COLOURS.map((colour, i) => `.c${i}{stroke:${colour}}.band.c${i},.dot.c${i}{fill:${colour}}`),
  '.band,.dot{stroke:none}',
  ...DASHES.map((dash, i) => `.series.d${i}{stroke-dasharray:${dash}}`),
].join('')

/** The style of a sweep's page. */
export const SWEEP_PAGE_STYLE = `${PAGE_STYLE}${SERIES}.numbers{margin-top:12px}.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:12px;margin-top:12px}`

/** The style of a sweep's picture. */
export const SWEEP_CHART_STYLE = `${CHART_STYLE}${SERIES}`
