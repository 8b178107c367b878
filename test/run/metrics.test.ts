import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { decodeMetrics, encodeMetrics } from '../../src/run/metrics.ts'
import { metricsOf } from '../support/metrics.ts'

const lines = (...all: readonly unknown[]): string =>
  all.map((x) => `${typeof x === 'string' ? x : JSON.stringify(x)}\n`).join('')

const problem = (text: string): string => {
  const decoded = decodeMetrics(text)
  return E.isLeft(decoded) ? decoded.left : 'none'
}

describe('metrics.jsonl', () => {
  const MEASURED = [
    'learningRate',
    'policyLoss',
    'valueLoss',
    'entropy',
    'approxKl',
    'clipFraction',
    'gradNorm',
    'explainedVariance',
  ] as const

  test.prop([
    fc.array(
      fc.record({
        name: fc.constantFrom(...MEASURED),
        x: fc.oneof(fc.constantFrom(NaN, Infinity, -Infinity), fc.double()),
      }),
    ),
  ])('is read back as it was written, NaN and infinite numbers too', (numbers) => {
    const metrics = numbers.map(({ name, x }, i) => metricsOf(i + 1, { [name]: x + 0 }))
    expect(decodeMetrics(metrics.map(encodeMetrics).join(''))).toEqual(E.right(metrics))
  })

  test('has null for NaN, the name of an infinite number, and finite numbers as JSON writes them', () => {
    const { episodes: _, ...numbers } = metricsOf(1, { approxKl: Infinity, entropy: -Infinity })
    expect(JSON.parse(encodeMetrics({ ...numbers, gradNorm: NaN, episodes: [] }))).toEqual({
      ...numbers,
      approxKl: 'Infinity',
      entropy: '-Infinity',
      gradNorm: null,
      episodes: [],
    })
    expect(encodeMetrics(metricsOf(1))).toBe(lines(metricsOf(1)))
  })

  test('a field of a later version is left out', () => {
    expect(decodeMetrics(lines({ ...metricsOf(1), later: 1 }))).toEqual(E.right([metricsOf(1)]))
  })

  test('what is wrong is named, with the line that it is in', () => {
    const [one, two] = [metricsOf(1), metricsOf(2)]
    expect(problem(lines(one, { ...two, entropy: 'x' }))).toBe(
      'line 2: entropy: expected a number, null, "Infinity" or "-Infinity", got "x"',
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
    expect(problem(lines(without))).toBe(
      'line 1: gradNorm: expected a number, null, "Infinity" or "-Infinity", got nothing',
    )
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
