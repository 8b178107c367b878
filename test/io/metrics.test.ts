import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { decodeMetrics } from '../../src/io/metrics.ts'
import { metricsOf } from '../support/metrics.ts'

const lines = (...all: readonly unknown[]): string =>
  all.map((x) => `${typeof x === 'string' ? x : JSON.stringify(x)}\n`).join('')

const problem = (text: string): string => {
  const decoded = decodeMetrics(text)
  return E.isLeft(decoded) ? decoded.left : 'none'
}

describe('metrics.jsonl', () => {
  test.prop([
    fc.array(fc.oneof(fc.constant(NaN), fc.double({ noNaN: true, noDefaultInfinity: true }))),
  ])('is read back as it was written, NaN too', (numbers) => {
    const metrics = numbers.map((x, i) => metricsOf(i + 1, { explainedVariance: x + 0 }))
    expect(decodeMetrics(lines(...metrics))).toEqual(E.right(metrics))
  })

  test('a field of a later version is left out', () => {
    expect(decodeMetrics(lines({ ...metricsOf(1), later: 1 }))).toEqual(E.right([metricsOf(1)]))
  })

  test('what is wrong is named, with the line that it is in', () => {
    const [one, two] = [metricsOf(1), metricsOf(2)]
    expect(problem(lines(one, { ...two, entropy: 'x' }))).toBe(
      'line 2: entropy: expected a number or null, got "x"',
    )
    expect(problem(lines(one, { ...two, steps: 1.5 }))).toContain(
      'line 2: steps: expected a whole number',
    )
    expect(problem(lines({ ...one, episodes: [{ env: -1, return: 1, length: 1 }] }))).toContain(
      'line 1: episodes.0.env: expected a whole number >= 0, got -1',
    )
    expect(problem(lines(one, '{"update":'))).toContain('line 2: expected JSON')
    expect(problem(lines(one, ''))).toContain('line 2: expected JSON')
    expect(problem(lines(one, 'null'))).toContain('line 2: all of it: expected')
    const { gradNorm: _, ...without } = one
    expect(problem(lines(without))).toBe('line 1: gradNorm: expected a number or null, got nothing')
  })

  test('updates and steps rise', () => {
    expect(problem(lines(metricsOf(2), metricsOf(2)))).toBe(
      'line 2: update: expected more than 2, got 2',
    )
    expect(problem(lines(metricsOf(1), metricsOf(2, { steps: 100 })))).toBe(
      'line 2: steps: expected more than 100, got 100',
    )
  })

  test('a file that was cut off inside a line is refused, an empty one is not', () => {
    expect(problem(lines(metricsOf(1)).trimEnd())).toBe('line 1: expected a line feed at its end')
    expect(decodeMetrics('')).toEqual(E.right([]))
  })
})
