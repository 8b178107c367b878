import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { presets } from '../../src/builtin/presets.ts'
import { canonicalJson } from '../../src/format/json.ts'
import { FIRST_REPORTED, reportedSeeds, rowHash, tuningSeeds } from '../../src/sweep/protocol.ts'

const settings = presets.cartpole
const reported = { env: 'cartpole', algorithm: 'ppo', settings, episodes: 100 } as const

describe('the seeds of a reported row', () => {
  test.prop([fc.jsonValue()])('come from JSON whose fields may stand in any order', (value) => {
    const reversed = (u: unknown): unknown => {
      if (Array.isArray(u)) return u.map(reversed)
      if (typeof u !== 'object' || u === null) return u
      const fields = Object.entries(u).toReversed()
      return Object.fromEntries(fields.map(([name, field]) => [name, reversed(field)]))
    }
    expect(canonicalJson(reversed(value))).toBe(canonicalJson(value))
    expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
  })

  test('change with anything that is reported', () => {
    const hash = rowHash(reported)
    const others = [
      { ...reported, env: 'acrobot' },
      { ...reported, episodes: 99 },
      { ...reported, module: { sha256: '0'.repeat(64) } },
      { ...reported, settings: { ...settings, totalSteps: settings.totalSteps + 1 } },
      { ...reported, settings: { ...settings, gamma: settings.gamma / 2 } },
    ].map(rowHash)
    expect(new Set([hash, ...others]).size).toBe(6)
    expect(reportedSeeds(hash, 20)).not.toEqual(reportedSeeds(others[0]!, 20))
  })

  test.prop([fc.stringMatching(/^[0-9a-f]{64}$/), fc.integer({ min: 1, max: 50 })])(
    'are none of those for tuning, and the first of more are those of fewer',
    (hash, n) => {
      const seeds = reportedSeeds(hash, n)
      expect(reportedSeeds(hash, n + 3).slice(0, n)).toEqual(seeds)
      for (const seed of seeds) {
        expect(Number.isSafeInteger(seed)).toBe(true)
        expect(seed).toBeGreaterThanOrEqual(FIRST_REPORTED)
      }
      expect(Math.max(...tuningSeeds(n))).toBeLessThan(FIRST_REPORTED)
    },
  )
})
