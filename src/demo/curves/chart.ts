import uPlot from 'uplot'
import type { Line } from './series.ts'

/** A run among others in a chart. */
export interface Shown {
  readonly label: string
  readonly line: Line
}

export interface CurveChart {
  /** Shows the run at hand, then earlier ones. */
  readonly draw: (runs: readonly Shown[]) => void
  readonly resize: () => void
  readonly end: () => void
}

/** Earlier runs are told apart by their dashes: there is one accent colour. */
const DASHES = [
  [6, 4],
  [2, 3],
  [10, 4, 2, 4],
  [1, 5],
]

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim()

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })

const number = (x: number | null): string =>
  x === null ? '–' : Math.abs(x) < 1e-3 && x !== 0 ? x.toExponential(1) : compact.format(x)

/** The value under the pointer, or the last one. */
const legendNumber = (plot: uPlot, x: number | null, series: number): string =>
  number(x ?? Array.from(plot.data[series]!).findLast((y) => typeof y === 'number') ?? null)

const seriesOf = (runs: readonly Shown[]): uPlot.Series[] => [
  { label: 'x', value: legendNumber },
  ...runs.flatMap(({ label }, i): uPlot.Series[] => [
    {
      label,
      stroke: i === 0 ? colour('--accent') : colour('--soft'),
      width: i === 0 ? 2 : 1.25,
      spanGaps: true,
      points: { show: false },
      value: legendNumber,
      ...(i === 0 ? {} : { dash: DASHES[(i - 1) % DASHES.length]! }),
    },
    // The ends of the spread, of the run at hand alone.
    ...(i === 0
      ? [1, 2].map((): uPlot.Series => ({ width: 0, points: { show: false }, spanGaps: true }))
      : []),
  ]),
]

const tableOf = (runs: readonly Shown[]): uPlot.AlignedData => {
  const tables = runs.map(
    ({ line }, i): uPlot.AlignedData =>
      (i === 0
        ? [line.steps, line.values, line.high, line.low]
        : [line.steps, line.values]) as unknown as uPlot.AlignedData,
  )
  return tables.length === 1 ? tables[0]! : uPlot.join(tables)
}

const axis = (): uPlot.Axis => ({
  stroke: colour('--soft'),
  grid: { stroke: colour('--line'), width: 1 },
  ticks: { show: false },
  font: '11px system-ui, sans-serif',
  values: (_, ticks) => ticks.map((x) => number(x)),
})

export interface ChartOptions {
  /** whether its axis reaches to 0 */
  readonly fromZero: boolean
  readonly stepsLabel: string
  /** pixels, without the legend */
  readonly height: number
}

/** A chart of one curve, which shows values under the pointer in its legend. */
export const curveChart = (
  host: HTMLElement,
  { fromZero, stepsLabel, height }: ChartOptions,
): CurveChart => {
  let plot: uPlot | null = null
  let names = ''
  const width = (): number => Math.max(200, host.clientWidth)

  const make = (runs: readonly Shown[]): uPlot => {
    const [first, ...others] = seriesOf(runs)
    return new uPlot(
      {
        width: width(),
        height,
        series: [{ ...first, label: stepsLabel }, ...others],
        bands: [{ series: [2, 3], fill: colour('--band') }],
        axes: [
          { ...axis(), space: 70, size: 28 },
          { ...axis(), size: 52 },
        ],
        scales: {
          x: { time: false },
          ...(fromZero
            ? { y: { range: (_, low, high) => [Math.min(0, low), Math.max(high, 1e-9)] } }
            : {}),
        },
        cursor: { sync: { key: 'curves' }, y: false, points: { size: 6 } },
        legend: { live: true },
      },
      tableOf(runs),
      host,
    )
  }

  return {
    draw: (runs) => {
      const wanted = `${runs.map(({ label }) => label).join()} ${colour('--accent')}`
      if (plot === null || wanted !== names) {
        plot?.destroy()
        plot = make(runs)
        names = wanted
      } else plot.setData(tableOf(runs))
    },
    resize: () => plot?.setSize({ width: width(), height }),
    end: () => plot?.destroy(),
  }
}
