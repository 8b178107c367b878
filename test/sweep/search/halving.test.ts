import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { fewestSteps, leastBudget, roundsOf } from '../../../src/sweep/search/halving.ts'
import { FIRST_REPORTED } from '../../../src/sweep/protocol.ts'

const size = fc
  .record({
    kind: fc.constantFrom('halving', 'random'),
    steps: fc.integer({ min: 9, max: 1_000_000 }),
    seeds: fc.integer({ min: 1, max: 5 }),
    times: fc.double({ min: 1, max: 500, noNaN: true }),
  } as const)
  .map(({ times, ...rest }) => ({ ...rest, budget: Math.ceil(times * leastBudget(rest)) }))

const costOf = (rounds: ReturnType<typeof roundsOf>): number =>
  rounds.reduce((sum, { trials, steps, seeds }) => sum + trials * steps * seeds.length, 0)

describe('the rounds of a search', () => {
  test.prop([size])('never exceed the budget, and use what another trial would', (given) => {
    const rounds = roundsOf(given, 1)
    const cost = costOf(rounds)
    expect(cost).toBeLessThanOrEqual(given.budget)
    expect(rounds[0]!.trials).toBeGreaterThanOrEqual(2)
    // One more trial at the start brings at most one more to each round.
    const step = rounds.reduce((sum, { steps, seeds }) => sum + steps * seeds.length, 0)
    expect(given.budget - cost).toBeLessThan(step)
  })

  test.prop([size])(
    'end with whole runs, a third as many in each with thrice the steps',
    (given) => {
      const rounds = roundsOf(given, 1)
      expect(rounds.at(-1)!.steps).toBe(given.steps)
      expect(rounds[0]!.steps).toBe(fewestSteps(given))
      for (const [i, { trials, steps }] of rounds.slice(1).entries()) {
        expect(trials).toBe(Math.max(1, Math.floor(rounds[i]!.trials / 3)))
        expect(rounds[i]!.steps).toBe(Math.floor(steps / 3))
      }
    },
  )

  test.prop([size, fc.nat()])(
    'have seeds of their own, which are never reported',
    (given, seed) => {
      const seeds = roundsOf(given, seed).flatMap((round) => round.seeds)
      expect(new Set(seeds).size).toBe(seeds.length)
      for (const each of seeds) expect(each).toBeLessThan(FIRST_REPORTED)
    },
  )
})
