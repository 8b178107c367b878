import * as E from 'fp-ts/lib/Either.js'
import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { key } from '../../src/random/key.ts'
import { corpus, holdOut } from '../../src/rlhf/corpus.ts'
import { decode } from '../../src/rlhf/encode.ts'
import { firstNames } from '../../src/rlhf/corpora/names.ts'
import { readTexts } from '../../src/rlhf/readTexts.ts'
import { right } from '../support/either.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('a corpus', () => {
  test('has the tokens of its texts, and leaves blank ones out', () => {
    const { vocabulary, sequences } = right(corpus(['ba', ' ', 'ca', '']))
    expect(vocabulary.tokens).toStrictEqual(['a', 'b', 'c'])
    expect(sequences).toStrictEqual([
      [1, 0],
      [2, 0],
    ])
  })

  test('of the most frequent words keeps the texts that have no others', () => {
    const texts = ['we the people', 'the people', 'we people', 'the we']
    const { vocabulary, sequences } = right(corpus(texts, { tokens: 'words', most: 2 }))
    expect(vocabulary.tokens).toStrictEqual(['people', 'the'])
    expect(sequences.map(decode(vocabulary))).toStrictEqual(['the people'])
  })

  test.each([[[]], [['', '  ']]])('of %j is empty, which is an error', (texts) => {
    expect(corpus(texts)).toMatchObject(E.left({ kind: 'empty' }))
  })

  test('whose words are written like a special token is refused', () => {
    expect(corpus(['<eos> a'], { tokens: 'words' })).toMatchObject(E.left({ kind: 'vocabulary' }))
  })
})

describe('holding out', () => {
  test.prop({ seed: fc.nat(), n: fc.integer({ min: 1, max: 40 }), part: fc.nat(39) })(
    'parts the items, as the key decides, and keeps their order',
    ({ seed, n, part }) => {
      const items = Array.from({ length: n }, (_, i) => i)
      const count = part % n
      const { train, heldOut } = holdOut(key(seed), count)(items)
      expect(heldOut).toHaveLength(count)
      expect([...train, ...heldOut].toSorted((a, b) => a - b)).toStrictEqual(items)
      for (const side of [train, heldOut])
        expect(side).toStrictEqual(side.toSorted((a, b) => a - b))
      expect(holdOut(key(seed), count)(items)).toStrictEqual({ train, heldOut })
    },
  )

  test('depends on the key, and leaves something to learn from', () => {
    const items = Array.from({ length: 100 }, (_, i) => i)
    expect(holdOut(key(1), 50)(items)).not.toStrictEqual(holdOut(key(2), 50)(items))
    expect(() => holdOut(key(1), 100)(items)).toThrow(
      'count: expected a whole number from 0 to 99, got 100',
    )
  })
})

describe('texts of a file', () => {
  test.prop({
    lines: fc.array(fc.stringMatching(/^[a-zé😀 ]{1,6}x$/u), { minLength: 1, maxLength: 5 }),
    cut: fc.nat(20),
    end: fc.constantFrom('\n', '\r\n'),
    isEnded: fc.boolean(),
  })('are its lines, however it is cut into pieces', ({ lines, cut, end, isEnded }) => {
    const all = bytes(lines.join(end) + (isEnded ? end : ''))
    expect(readTexts([all.subarray(0, cut), all.subarray(cut)])).toStrictEqual(E.right(lines))
  })

  test('are read without a byte order mark', () => {
    expect(readTexts([bytes('\uFEFFab\n')])).toStrictEqual(E.right(['ab']))
  })

  test('may come from a source that uses its piece again', () => {
    const piece = bytes('ab')
    function* source() {
      yield piece
      piece.set(bytes('cd'))
      yield piece
    }
    expect(readTexts(source())).toStrictEqual(E.right(['abcd']))
  })

  test('in another encoding are refused, by line', () => {
    expect(readTexts([Uint8Array.of(0x61, 10, 0xe9, 0x62, 10)])).toStrictEqual(
      E.left({ kind: 'encoding', row: 1, problem: 'line 2: expected UTF-8, got invalid bytes' }),
    )
    expect(readTexts([Uint8Array.of(0xff, 0xfe, 0x61, 0)])).toMatchObject(
      E.left({
        kind: 'encoding',
        problem: 'corpus: expected UTF-8, got UTF-16LE: convert the file',
      }),
    )
  })

  test.each(['', '\n \n'])('that are all blank are an error: %j', (text) => {
    expect(readTexts([bytes(text)])).toMatchObject(E.left({ kind: 'empty' }))
  })

  test('without an end are refused at the limit', () => {
    let pieces = 0
    function* endless() {
      for (;;) {
        pieces++
        yield bytes('abc\n')
      }
    }
    expect(readTexts(endless(), 1000)).toStrictEqual(
      E.left({
        kind: 'large',
        row: null,
        problem: 'corpus: expected at most 1000 bytes, got more',
      }),
    )
    expect(pieces).toBe(251)
  })
})

test('8,403 first names come with the packages, in lower case and each once', async () => {
  const { female, male, all } = right(await firstNames())
  expect(all).toHaveLength(8403)
  expect(new Set(all).size).toBe(8403)
  for (const name of [...female, ...male]) expect(name).toMatch(/^[a-z]{2,15}$/)
  expect(right(corpus(all)).vocabulary.tokens.join('')).toBe('abcdefghijklmnopqrstuvwxyz')
})
