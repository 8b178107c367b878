import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { near } from '../../src/tensor/nearest.ts'

const name = fc.string({ minLength: 6, maxLength: 20 })

describe('near', () => {
  test.prop([name, fc.nat(), fc.string({ minLength: 1, maxLength: 1, unit: 'binary-ascii' })])(
    'finds a name with one letter more, one less or another one',
    (wanted, seed, letter) => {
      const at = seed % wanted.length
      const [before, after] = [wanted.slice(0, at), wanted.slice(at + 1)]
      for (const got of [
        before + letter + wanted.slice(at),
        before + after,
        before + letter + after,
      ])
        expect(near(got, ['', wanted])).toBe(wanted)
    },
  )

  test.prop([name])('finds a name itself before any other', (wanted) => {
    expect(near(wanted, [`${wanted}s`, wanted])).toBe(wanted)
  })

  test('counts insertions, removals and replacements', () => {
    expect(near('kitten', ['sitting'])).toBe('sitting')
    expect(near('kitte', ['sitting'])).toBe(null)
    expect(near('sharde', ['separate', 'shared'])).toBe('shared')
    expect(near('ab', ['ba', 'bb'])).toBe('bb')
  })

  test('is null where nothing is like what came, and for what is longer than any name', () => {
    expect(near('gamma', ['clip', 'envs'])).toBe(null)
    expect(near('gamma', [])).toBe(null)
    expect(near('x'.repeat(65), ['x'.repeat(65)])).toBe(null)
  })
})
