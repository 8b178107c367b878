import type { Metrics } from '../../algo/ppo/iterate.ts'
import { metricsCsv } from '../../report/metricsCsv.ts'

export const curvesHandlers = {
  /** A table with a line for each update. */
  metricsCsv: (metrics: readonly Metrics[]): string => metricsCsv(metrics),
}
