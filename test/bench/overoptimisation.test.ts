import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { fitLinear, fitLogarithmic } from '../../bench/overoptimisation/fits.ts'
import { arms, settings } from '../../bench/overoptimisation/settings.ts'

const coefficient = fc.double({ min: -3, max: 3, noNaN: true })
const distances = [0, 0.2, 0.5, 1, 1.7, 2.5, 4, 7]

describe('the laws of over-optimisation', () => {
  test.prop({ alpha: coefficient, beta: coefficient })(
    'are found again in data that follow them',
    ({ alpha, beta }) => {
      const laws = [
        [fitLinear, (d: number) => d],
        [fitLogarithmic, Math.log],
      ] as const
      for (const [fit, f] of laws) {
        const points = distances.map((d) => ({ d, gold: d === 0 ? 0 : d * (alpha - beta * f(d)) }))
        const found = fit(points)
        expect(found.alpha).toBeCloseTo(alpha, 8)
        expect(found.beta).toBeCloseTo(beta, 8)
      }
    },
  )

  test('explain all of such data, and less of data that follow another law', () => {
    const points = distances.slice(1).map((d) => ({ d, gold: d * (1 - 0.5 * Math.log(d)) }))
    expect(fitLogarithmic(points).r2).toBeCloseTo(1, 10)
    expect(fitLinear(points).r2).toBeLessThan(0.999)
  })
})

describe('the experiment', () => {
  test('has arms of different names, the first of which no KL holds back', () => {
    expect(new Set(arms.map(({ name }) => name)).size).toBe(arms.length)
    expect(settings.arms[0]).toMatchObject({ beta: 0, target: null, pairs: 1000 })
  })
})
