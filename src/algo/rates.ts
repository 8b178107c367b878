/** The numbers that change between updates; operations read them when they run. */
export interface Rates {
  readonly learningRate: number
  /** of V's own Adam, where it has one */
  readonly valueLearningRate: number | null
  /** ε of the policy's clip and of V's */
  readonly clip: number
  readonly valueClip: number | null
  /** β */
  readonly beta: number
}

/** What an optimiser's step moves. */
export type Trainable = 'all' | 'policy' | 'value'

/** Rates that learning overwrites from update to update and from step to step. */
export type LiveRates = { -readonly [K in keyof Rates]: Rates[K] } & { trainable: Trainable }

/** Rates of algorithms that have fewer. */
export const plainRates: Rates = {
  learningRate: NaN,
  valueLearningRate: null,
  clip: NaN,
  valueClip: null,
  beta: NaN,
}

export const liveRates = (): LiveRates => ({ ...plainRates, trainable: 'all' })
