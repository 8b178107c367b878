import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import {
  decodePreferences,
  encodePreferences,
  isSameClip,
} from '../../src/preferences/preferenceFile.ts'
import type { Preference } from '../../src/preferences/labeller.ts'
import { clip, clipOf, smallForm } from '../support/clips.ts'
import { right } from '../support/either.ts'

const read = decodePreferences(smallForm)

const preference: fc.Arbitrary<Preference> = fc
  .tuple(clip, clip)
  .filter(([a, b]) => !isSameClip(a, b))
  .map(([chosen, rejected]) => ({ chosen, rejected }))

const whole = clipOf([
  [1, 2, 0],
  [1, 2, 0],
  [1, 2, 0],
  [1, 2, 0],
])
const short = clipOf([[0.5, 2, 1]], true)
const line = encodePreferences([{ chosen: whole, rejected: short }]).trim()

/** Decodes one line with a change, after a line that is right and a blank one. */
const changed = (from: string | RegExp, to: string) => {
  const other = line.replace(from, to)
  expect(other).not.toBe(line)
  return read([line, '', other])
}

describe('preferences in lines of JSON', () => {
  test.prop({ preferences: fc.array(preference, { maxLength: 4 }) })(
    'are what they were after writing and reading',
    ({ preferences }) => {
      const text = encodePreferences(preferences)
      expect(right(read(text.split('\n')))).toStrictEqual(preferences)
    },
  )

  test('are rows that any tool can write', () => {
    expect(encodePreferences([{ chosen: short, rejected: whole }])).toMatch(
      /^\{"chosen":\{"observation":\[\[0.5,2\]\],"action":\[\[1\]\],"terminated":true\},"rejected":\{.*\}\}\n$/,
    )
  })

  test.each([
    ['no JSON', '}}', '}', 'json', 'expected JSON'],
    ['another field', '"rejected"', '"worse"', 'json', 'got other fields'],
    ['a field twice', '"rejected"', '"chosen"', 'json', 'expected different keys'],
    ['a text for a number', '0.5', '"0.5"', 'json', 'rejected: expected {"observation"'],
    ['a field too many', '"terminated":true', '"terminated":true,"reward":1', 'json', 'rejected'],
    ['a missing action', '[[1]]', '[]', 'length', 'rejected.action: expected 1 steps, got 0'],
    ['no steps', /\[\[0.5,2\]\],"action":\[\[1\]\]/, '[],"action":[]', 'length', '1 to 4 steps'],
    ['an episode without its end', '"terminated":true', '"terminated":false', 'length', '4 steps'],
    ['an odd observation', '[0.5,2]', '[0.5]', 'shape', 'rejected.observation[0]: expected 2'],
    ['an odd action', '[[1]]', '[[1,2]]', 'shape', 'rejected.action[0]: expected 1 numbers, got 2'],
    ['a huge number', '0.5', '1e39', 'number', 'rejected.observation[0][0]: expected a number'],
  ] as const)('%s is an error that names the line', (_, from, to, kind, problem) => {
    const result = changed(from, to)
    expect(result).toMatchObject({ _tag: 'Left', left: { kind, row: 2 } })
    expect(E.isLeft(result) && result.left.problem).toContain(problem)
    expect(E.isLeft(result) && result.left.problem).toMatch(/^line 3: /)
  })

  test('more steps than a clip has, and the same clip twice, are errors', () => {
    const long = clipOf(Array.from({ length: 5 }, () => [0, 0, 0] as const))
    expect(read([encodePreferences([{ chosen: long, rejected: short }])])).toMatchObject({
      left: { kind: 'length', row: 0 },
    })
    expect(read([encodePreferences([{ chosen: short, rejected: short }])])).toMatchObject({
      left: { kind: 'equal', row: 0 },
    })
  })
})
