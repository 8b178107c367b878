import { describe, expect, test } from 'vitest'
import { quote, quoteRequest } from '../../src/guide/build/quote.ts'

const SOURCE = `import { a } from './a.ts'

/** What it does. */
export const first = (x: number): number => {
  const y = 2 * x

  return y
}

/** Another. */
const second = {
  value: (r) => r,
}

export type Third = string
`

const quoted = (text: string) => quote(SOURCE, quoteRequest(`src/x.ts#${text}`))

describe('a quote', () => {
  test('is a whole declaration without its docstring, and says where it begins', () => {
    expect(quoted('first')).toEqual({
      line: 4,
      text: 'export const first = (x: number): number => {\n  const y = 2 * x\n\n  return y\n}',
    })
    expect(quoted('second').text).toBe('const second = {\n  value: (r) => r,\n}')
    expect(quoted('Third')).toEqual({ line: 15, text: 'export type Third = string' })
  })

  test('is the lines from one text to another, without common indentation', () => {
    expect(quoted('first from "const y" to "return"')).toEqual({
      line: 5,
      text: 'const y = 2 * x\n\nreturn y',
    })
  })

  test('fails where the declaration or a line is gone', () => {
    expect(() => quoted('fourth')).toThrow('expected a declaration of fourth')
    expect(() => quoted('first from "const z" to "return"')).toThrow('"const z" in first')
    expect(() => quoted('first from "return" to "const y"')).toThrow('"const y" in first')
    expect(() => quoted('first from "const y" to "value"')).toThrow('"value" in first')
  })

  test.each(['', 'src/x.ts', 'src/x.ts#a from "b"', 'src/x.ts #a'])('%j is no request', (text) => {
    expect(() => quoteRequest(text)).toThrow('expected `path#name`')
  })
})
