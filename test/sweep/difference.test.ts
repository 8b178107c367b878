import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { differences } from '../../src/sweep/difference.ts'

const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }))

describe('the differences of two settings', () => {
  test.prop([json])(
    'are none of a value with itself, whatever the order of its fields',
    (value) => {
      const turned = Object.fromEntries(Object.entries(value).toReversed())
      expect(differences(value, turned)).toEqual([])
    },
  )

  test('are a line for each field, inside lists of objects too', () => {
    const cell = { env: 'cartpole', settings: { gamma: 0.9, hidden: [8] } }
    expect(
      differences(
        { seeds: 3, cells: [cell] },
        { seeds: 4, cells: [{ ...cell, settings: { gamma: 0.9, hidden: [8, 8] } }, cell] },
      ),
    ).toEqual([
      'seeds: 3 in the folder, 4 requested',
      'cells.0.settings.hidden: [8] in the folder, [8,8] requested',
      'cells.1.env: nothing in the folder, "cartpole" requested',
      'cells.1.settings.gamma: nothing in the folder, 0.9 requested',
      'cells.1.settings.hidden: nothing in the folder, [8] requested',
    ])
  })

  test('beyond ten are counted', () => {
    const many = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`x${i}`, i]))
    expect(differences(many, {}).at(-1)).toBe('and 5 more differences')
  })
})
