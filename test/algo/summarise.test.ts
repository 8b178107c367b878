import { describe, expect, test } from 'vitest'
import { ppo, random, rl } from '../../src/index.ts'
import { expectPure } from '../law/purity.ts'

const episodesOf = (...returns: readonly number[]) =>
  returns.map((earned, env) => ({ env, return: earned, length: 10 * (env + 1) }))

describe('summarise', () => {
  test('says what returns and lengths come to, in this order', () => {
    const returns = [9, 2, 4, 4, 5, 5, 7, 4]
    const summary = expectPure(ppo.summarise, episodesOf(...returns))
    expect(Object.keys(summary)).toEqual(['episodes', 'mean', 'std', 'iqm', 'interval', 'length'])
    expect(summary).toEqual({
      episodes: 8,
      mean: 5,
      std: 2,
      iqm: 4.5,
      interval: rl.bootstrap(random.key(0), rl.interquartileMean)(returns),
      length: { mean: 45, min: 10 },
    })
    expect(summary.interval[0]).toBeLessThan(4.5)
    expect(summary.interval[1]).toBeGreaterThan(4.5)
  })

  test('the shortest may be any of them', () => {
    expect(ppo.summarise(episodesOf(1, 2).toReversed()).length).toEqual({ mean: 15, min: 10 })
  })

  test('one episode is all there is to say', () => {
    expect(ppo.summarise(episodesOf(-3))).toEqual({
      episodes: 1,
      mean: -3,
      std: 0,
      iqm: -3,
      interval: [-3, -3],
      length: { mean: 10, min: 10 },
    })
  })

  test('none is refused', () => {
    expect(() => ppo.summarise([])).toThrow(
      new RangeError('episodes: expected one or more, got none'),
    )
  })
})
