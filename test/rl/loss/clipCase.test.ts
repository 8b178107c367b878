import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { CLIP_CASES, clipCase, clippedSurrogateTerm } from '../../../src/rl/index.ts'

const ratios = fc.double({ min: 0.01, max: 3, noNaN: true })
const advantages = fc.double({ min: -3, max: 3, noNaN: true }).filter((a) => Math.abs(a) > 1e-3)
const clips = fc.double({ min: 0, max: 0.9, noNaN: true })

describe('the six cases of the clipped surrogate', () => {
  test('are those of the article', () => {
    const at = (ratio: number, advantage: number) => CLIP_CASES[clipCase(ratio, advantage, 0.2)]
    expect(at(0.5, 1)).toEqual({ isGood: true, side: 'below', hasGradient: true })
    expect(at(1, 1)).toEqual({ isGood: true, side: 'inside', hasGradient: true })
    expect(at(1.5, 1)).toEqual({ isGood: true, side: 'above', hasGradient: false })
    expect(at(0.5, -1)).toEqual({ isGood: false, side: 'below', hasGradient: false })
    expect(at(1, -1)).toEqual({ isGood: false, side: 'inside', hasGradient: true })
    expect(at(1.5, -1)).toEqual({ isGood: false, side: 'above', hasGradient: true })
  })

  test.prop([ratios, advantages, clips])(
    'have a gradient where the objective has one',
    (ratio, advantage, clip) => {
      const { hasGradient } = CLIP_CASES[clipCase(ratio, advantage, clip)]!
      expect(hasGradient).toBe(clippedSurrogateTerm.grad(ratio, advantage, 0, clip) !== 0)
    },
  )

  test.prop([clips, advantages])('take the unclipped side at the kinks', (clip, advantage) => {
    for (const kink of [1 - clip, 1 + clip])
      expect(CLIP_CASES[clipCase(kink, advantage, clip)]!.side).toBe('inside')
  })

  test('refuse a negative ε', () => {
    expect(() => clipCase(1, 1, -0.1)).toThrow('clip')
  })
})
