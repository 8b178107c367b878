import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { checkedPreferences, preferencesConfig } from '../../src/preferences/config.ts'
import { labelSchedule } from '../../src/preferences/labelSchedule.ts'

const config = fc.record({
  labels: fc.nat(50),
  firstShare: fc.double({ min: 0, max: 1, noNaN: true }),
  every: fc.integer({ min: 1, max: 9 }),
})

describe('the schedule of labels', () => {
  test.prop({ config, updates: fc.integer({ min: 1, max: 60 }) })(
    'starts with its share, never falls, changes in rounds only, and ends with all labels',
    ({ config, updates }) => {
      const by = labelSchedule(config, updates)
      const all = Array.from({ length: updates }, (_, update) => by(update))
      expect(all.at(-1)).toBe(config.labels)
      if (updates > config.every) expect(all[0]).toBe(Math.round(config.labels * config.firstShare))
      for (let update = 1; update < updates; update++) {
        expect(all[update]).toBeGreaterThanOrEqual(all[update - 1]!)
        if (update % config.every !== 0) expect(all[update]).toBe(all[update - 1])
      }
    },
  )

  test('spreads few labels over many rounds', () => {
    const by = labelSchedule({ labels: 4, firstShare: 0.25, every: 1 }, 10)
    expect(Array.from({ length: 10 }, (_, update) => by(update))).toStrictEqual([
      1, 1, 1, 2, 2, 2, 3, 3, 3, 4,
    ])
  })
})

describe('a config of learning from preferences', () => {
  test('has defaults that are in range', () => {
    expect(checkedPreferences(preferencesConfig)).toBe(preferencesConfig)
    expect(checkedPreferences({ ...preferencesConfig, labels: 0 }).labels).toBe(0)
  })

  test.each([
    [{ clip: 0 }, 'clip: expected a whole number >= 1, got 0'],
    [{ rollouts: 0 }, 'rollouts: expected a whole number >= 1, got 0'],
    [{ every: 1.5 }, 'every: expected a whole number >= 1, got 1.5'],
    [{ labels: -1 }, 'labels: expected a whole number >= 1, got -1'],
    [{ hidden: [32, 0] }, 'hidden[1]: expected a whole number >= 1, got 0'],
    [{ firstShare: NaN }, 'firstShare: expected a share from 0 to 1, got NaN'],
    [{ fit: { ...preferencesConfig.fit, batch: 0 } }, 'fit.batch: expected a whole number >= 1'],
    [{ fit: { ...preferencesConfig.fit, learningRate: 0 } }, 'fit.learningRate: expected'],
  ])('refuses %o', (change, problem) => {
    expect(() => checkedPreferences({ ...preferencesConfig, ...change })).toThrow(problem)
  })
})
