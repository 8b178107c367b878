/** The measurements of an evaluation, as columns in the metrics of the update that it follows. */
export interface Evaluated {
  /** mean return of the episodes */
  readonly evalReturn: number
  /** standard deviation of their returns (ddof 0) */
  readonly evalStd: number
  /** lower end of the 95 % interval of the mean return (`rl.meanInterval`); NaN for one episode */
  readonly evalLow: number
  /** upper end of the same interval */
  readonly evalHigh: number
  /** mean length of the episodes in steps */
  readonly evalLength: number
}

/** The columns of an evaluation, in the order in which files contain them. */
export const EVALUATED = [
  'evalReturn',
  'evalStd',
  'evalLow',
  'evalHigh',
  'evalLength',
] as const satisfies ReadonlyArray<keyof Evaluated>

/** The evaluation in the metrics of an update; null if none follows it. */
export const evaluatedOf = (metrics: Partial<Evaluated>): Evaluated | null =>
  metrics.evalReturn === undefined ? null : (metrics as Evaluated)
