import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { box, choices, discrete, multiBinary, multiDiscrete, product } from '../../src/env/index.ts'
import { closedChoice, maskProblem } from '../../src/env/mask.ts'
import { anySpace } from '../support/anySpace.ts'

const off = (n: number): boolean[] => Array.from({ length: n }, () => false)

describe('maskProblem', () => {
  test.prop([anySpace])('has nothing to say where all is open', (space) => {
    expect(maskProblem(space, off(choices(space)).fill(true))).toBe(null)
  })

  test('wants a boolean a choice', () => {
    expect(maskProblem(discrete(2), [true])).toBe(
      'expected an array of 2, one per choice, got an array of 1',
    )
    expect(maskProblem(box(3, [0, 0, 0], [1, 1, 1]), [true])).toBe(
      'expected an array of 0, one per choice, got an array of 1',
    )
    expect(maskProblem(discrete(2), null)).toBe('expected an array of 2, one per choice, got null')
    expect(maskProblem(discrete(2), new Uint8Array(2))).toBe(
      'expected an array of 2, one per choice, got a Uint8Array of 2',
    )
    expect(maskProblem(discrete(2), [true, 1])).toBe('entry 1: expected a boolean, got 1')
    // oxlint-disable-next-line no-sparse-arrays
    expect(maskProblem(discrete(2), [, true])).toBe('entry 0: expected a boolean, got undefined')
  })

  test('wants an open choice in every group', () => {
    expect(maskProblem(discrete(2), off(2))).toBe(
      'entries 0 to 1: expected an allowed choice, got none',
    )
    expect(maskProblem(multiDiscrete([2, 3]), [false, true, ...off(3)])).toBe(
      'entries 2 to 4: expected an allowed choice, got none',
    )
    expect(maskProblem(multiDiscrete([2, 3]), [...off(2), ...off(2), true])).toBe(
      'entries 0 to 1: expected an allowed choice, got none',
    )
    const pad = product({ bits: multiBinary(2), stick: box(1, [0], [1]), button: discrete(2) })
    expect(maskProblem(pad, off(4))).toBe('entries 2 to 3: expected an allowed choice, got none')
    expect(maskProblem(pad, [...off(3), true])).toBe(null)
  })

  test.prop([fc.integer({ min: 1, max: 8 })])('lets all bits be closed', (n) => {
    expect(maskProblem(multiBinary(n), off(n))).toBe(null)
  })
})

describe('closedChoice', () => {
  const pad = product({
    bits: multiBinary(2),
    button: multiDiscrete([2, 3]),
    stick: box(1, [0], [1]),
    wheel: discrete(2),
  })
  const action = [1, 0, 1, 2, 0.5, 0]
  /** The places in the mask of the choices that it takes. */
  const taken = new Set([0, 3, 6, 7])

  test('finds each choice that an action takes, and nothing else', () => {
    for (let choice = 0; choice < choices(pad); choice++) {
      const mask = new Uint8Array(choices(pad)).fill(1)
      mask[choice] = 0
      expect(closedChoice(pad, action, mask)).toBe(taken.has(choice) ? choice : null)
    }
  })

  test('finds nothing where all is open', () => {
    expect(closedChoice(pad, action, new Uint8Array(choices(pad)).fill(1))).toBe(null)
  })
})
