import { describe, expect, test } from 'vitest'
import { csvLines } from '../../src/format/csv.ts'

describe('tables', () => {
  test('quote what would end a cell or a line, and leave NaN empty', () => {
    expect(
      [
        ...csvLines(
          ['a', 'b,c'],
          [
            ['say "x"', NaN],
            ['two\nlines', 0.1],
            ['', -0],
          ],
        ),
      ].join(''),
    ).toBe('a,"b,c"\r\n"say ""x""",\r\n"two\nlines",0.1\r\n,0\r\n')
  })
})
