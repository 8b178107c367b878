import { fc, test as prop } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { grouped } from '../../src/cli/console.ts'

describe('a number for people', () => {
  prop.prop([fc.double({ noNaN: true })])('is as the locale en-US groups it', (x) => {
    expect(grouped(x)).toBe((Math.round(x) + 0).toLocaleString('en-US'))
  })

  prop.prop([fc.maxSafeInteger()])('is as the locale en-US groups it, where it is whole', (n) => {
    expect(grouped(n)).toBe(n.toLocaleString('en-US'))
  })

  test('has no sign where it is nothing', () => {
    expect(grouped(-0.2)).toBe('0')
  })
})
