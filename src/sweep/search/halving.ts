/**
 * Synchronous successive halving in rounds: all trials learn for a few steps, the best third continues to
 * three times as many, and so on.
 *
 * ASHA (Li et al. 2020, arXiv:1810.05934) promotes a trial as soon as it is among the best third of
 * those that have ended so far, which keeps all machines busy, but makes the choice depend on which
 * run ends first. Here a round ends before the next one begins, so that the result is the same with
 * any number of workers, whatever the machine does meanwhile, and after a kill. What it costs is idle
 * cores at the end of a round, one run per worker at most.
 *
 * A promoted trial learns again from the start. A run whose learning rate falls to 0 in a third of the
 * steps is not the beginning of the longer run, and cannot be continued to it. Every run is
 * therefore one that `train` makes, at 29 % more steps than with continued runs for three rounds.
 */
import { key as keyOf, foldIn, type Key } from '../../random/key.ts'
import { uniformAt } from '../../random/uniform.ts'
import { FIRST_REPORTED } from '../protocol.ts'

/** Of the trials of a round, one in so many is promoted, to so many times the steps. */
export const REDUCTION = 3

/** A round of a search. */
export interface Round {
  /** how many trials learn */
  readonly trials: number
  /** environment steps of each run */
  readonly steps: number
  /** runs of each trial learn by these; the same for all trials, others in each round */
  readonly seeds: readonly number[]
}

export type SearchKind = 'halving' | 'random'

/** How much a search may try. */
export interface SearchSize {
  readonly kind: SearchKind
  /** environment steps of a whole run */
  readonly steps: number
  /** environment steps of all runs together */
  readonly budget: number
  /** runs of each trial in a round */
  readonly seeds: number
}

const ROUNDS: { readonly [K in SearchKind]: number } = { halving: 3, random: 1 }

/** Seeds below 2³¹, so that none is ever one that results are reported on. */
export const searchSeeds = (key: Key, round: number, count: number): readonly number[] => {
  const own = foldIn(key, round)
  return Array.from({ length: count }, (_, i) => Math.floor(uniformAt(own, i) * FIRST_REPORTED))
}

const stepsIn = (steps: number, rounds: number, round: number): number => {
  let part = steps
  for (let i = round + 1; i < rounds; i++) part = Math.floor(part / REDUCTION)
  return part
}

const trialsIn = (trials: number, round: number): number => {
  let left = trials
  for (let i = 0; i < round; i++) left = Math.max(1, Math.floor(left / REDUCTION))
  return left
}

/** Environment steps of the runs of a search that begins with so many trials. */
const costOf = ({ kind, steps, seeds }: SearchSize, trials: number): number => {
  let sum = 0
  for (let round = 0; round < ROUNDS[kind]; round++)
    sum += trialsIn(trials, round) * stepsIn(steps, ROUNDS[kind], round) * seeds
  return sum
}

/** The steps of the shortest runs. */
export const fewestSteps = ({ kind, steps }: Pick<SearchSize, 'kind' | 'steps'>): number =>
  stepsIn(steps, ROUNDS[kind], 0)

/** The least budget of a search: for two trials. */
export const leastBudget = (size: Omit<SearchSize, 'budget'>): number =>
  costOf({ ...size, budget: 0 }, 2)

/**
 * The rounds of a search: as many trials as the budget allows, which all rounds together never exceed.
 * `random` search has one round, of whole runs.
 *
 * @param seed of the search
 */
export const roundsOf = (size: SearchSize, seed: number): readonly Round[] => {
  // A bound that is exact but for rounding down, so that the search for it is short.
  let trials = 1
  while (costOf(size, 2 * trials) <= size.budget) trials *= 2
  for (let more = trials / 2; more >= 1; more = Math.floor(more / 2))
    if (costOf(size, trials + more) <= size.budget) trials += more
  const key = foldIn(keyOf(seed), 1)
  return Array.from({ length: ROUNDS[size.kind] }, (_, round) => ({
    trials: trialsIn(trials, round),
    steps: stepsIn(size.steps, ROUNDS[size.kind], round),
    seeds: searchSeeds(key, round, size.seeds),
  }))
}

/** The key that trials are drawn with. */
export const trialKey = (seed: number): Key => foldIn(keyOf(seed), 0)
