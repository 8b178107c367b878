import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { excerpt, printable, printableLines } from '../../src/tensor/printable.ts'

/** What no text from outside may bring, one by one. */
const hostile = [
  ...Array.from({ length: 0x20 }, (_, i) => String.fromCharCode(i)),
  ...Array.from({ length: 0x21 }, (_, i) => String.fromCharCode(0x7f + i)),
  ...Array.from('\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e'),
  ...Array.from('\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad'),
  '\u{e0041}',
  '\ud800',
  '\udfff',
]

const isHostile = (character: string): boolean => hostile.includes(character)

describe('printable', () => {
  test('escapes each character that is not shown, as JSON does', () => {
    for (const character of hostile) {
      const shown = printable(`a${character}b`)
      expect(shown).toMatch(/^a(\\u[0-9a-f]{4})+b$/)
      expect(JSON.parse(`"${shown}"`)).toBe(`a${character}b`)
    }
  })

  test('leaves letters of every script, signs and whole emoji as they are', () => {
    for (const text of ['Größe ± 3 σ', '中文字', 'العربية', 'עברית', 'हिन्दी', '🎈', '⠀⣿ 0…9 «»'])
      expect(printable(text)).toBe(text)
  })

  test.prop([fc.string({ unit: 'binary' })])('leaves no hostile character', (text) => {
    expect(Array.from(printable(text)).filter(isHostile)).toEqual([])
  })

  test.prop([fc.string({ unit: 'binary' })])('changes nothing the second time', (text) => {
    expect(printable(printable(text))).toBe(printable(text))
  })

  test.prop([fc.jsonValue(), fc.string({ unit: 'binary' })])(
    'keeps what JSON means',
    (value, text) => {
      const json = JSON.stringify([value, text])
      expect(JSON.parse(printable(json))).toEqual(JSON.parse(json))
    },
  )

  test('keeps ends of lines where a program has written them', () => {
    expect(printableLines('a\nb\u001b\r\n')).toBe('a\nb\\u001b\\u000d\n')
  })
})

describe('excerpt', () => {
  test('is one line, however many the text has', () => {
    expect(excerpt('a\nproximal: all is well')).toBe('a\\u000aproximal: all is well')
  })

  test('cuts what is too long, and says how long it was', () => {
    expect(excerpt('x'.repeat(1e6), 3)).toBe('xxx… (1000000 characters)')
    expect(excerpt('🎈🎈', 3)).toBe('🎈\\ud83c… (4 characters)')
  })
})
