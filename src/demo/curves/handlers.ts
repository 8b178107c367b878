import type { Metrics } from '../../algo/ppo/iterate.ts'

export const curvesHandlers = {
  /** A table with a line for each update. */
  metricsCsv: async (metrics: readonly Metrics[]): Promise<string> =>
    (await import('../../report/metricsCsv.ts')).metricsCsv(metrics),
}
