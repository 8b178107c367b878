/** What the over-optimisation experiment does, as data, and its arms. */
import { hashOf, reportedSeeds } from '../../src/sweep/protocol.ts'

/** A run of PPO from the fine-tuned model. */
export interface Arm {
  readonly name: string
  /** comparisons that the reward model learned from; null: the gold score itself is the reward */
  readonly pairs: number | null
  /** outputs of the reward model's hidden layer */
  readonly width: number
  readonly beta: number
  /** mean KL of a response, in nats, that an adaptive β steers to; null: β stays */
  readonly target: number | null
}

const arm = (name: string, differs: Partial<Arm>): Arm => ({
  name,
  pairs: 1000,
  width: 128,
  beta: 0,
  target: null,
  ...differs,
})

export const arms: readonly Arm[] = [
  arm('β = 0', {}),
  arm('β = 0.03', { beta: 0.03 }),
  arm('β = 0.1', { beta: 0.1 }),
  arm('β = 0.3', { beta: 0.3 }),
  arm('β = 1', { beta: 1 }),
  arm('adaptive β, KL 4', { beta: 0.1, target: 4 }),
  arm('β = 0, 500 pairs', { pairs: 500 }),
  arm('β = 0, 4,000 pairs', { pairs: 4000 }),
  arm('β = 0.3, 4,000 pairs', { beta: 0.3, pairs: 4000 }),
  arm('β = 0, width 32', { width: 32 }),
  arm('gold as reward', { pairs: null }),
]

/** All numbers of the experiment. */
export const settings = {
  arms,
  heldOutNames: 800,
  /** responses of the fine-tuned model: those to compare, and those that scores are standardised on */
  candidates: 10_400,
  reference: 2000,
  /** greatest number of tokens of a response */
  longest: 15,
  window: 8,
  /** the gold score: mean log-probability under a trigram of some names, less this for each token off */
  gold: { endings: 'aeiy', length: 7, perToken: 0.15 },
  /** of the labels, in standard deviations of the gold score */
  noise: 1,
  heldOutPairs: 1000,
  updates: 60,
  entropyCoefAtBetaZero: 0.1,
  gain: 0.3,
  /** the policy is measured before every so many updates, by so many responses */
  every: 2,
  responses: 512,
  bestOfN: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
} as const

/** The seeds of a report: they follow from the settings. */
export const protocolSeeds = (count: number): readonly number[] =>
  reportedSeeds(experimentHash, count)

export const experimentHash = hashOf({ experiment: 'overoptimisation', settings })
