import { describe, expect, test } from 'vitest'
import { cellsOf, copyCells, layCells, setCells, stateOf } from '../../src/tensor/cells.ts'
import { of } from '../../src/tensor/tensor.ts'

const state = {
  count: 3,
  moments: [of(['param'], [2], Float32Array.of(1, 2)), { power: 0.5 }],
  nothing: null,
} as const

const heap = {
  floats: (n: number) => new Float32Array(n),
  doubles: (n: number) => new Float64Array(n),
}

describe('cells', () => {
  test('give back the state that they were given', () => {
    expect(stateOf(cellsOf(state), state)).toEqual(state)
    const laid = layCells(heap, state)
    setCells(laid, state)
    expect(stateOf(laid, state)).toEqual(state)
    const copied = layCells(heap, state)
    copyCells<typeof state>(copied, laid)
    expect(stateOf(copied, state)).toEqual(state)
  })

  test('are copies: moving them on leaves the state', () => {
    const cells = cellsOf(state)
    cells.count[0] = 4
    ;(cells.moments[0] as unknown as Float32Array)[0] = 7
    expect(state.count).toBe(3)
    expect(state.moments[0].buffer[0]).toBe(1)
    expect(stateOf(cells, state).count).toBe(4)
  })

  test('refuse a state of other lengths, by its path', () => {
    const longer = {
      ...state,
      moments: [of(['param'], [3], Float32Array.of(1, 2, 3)), { power: 1 }],
    }
    expect(() =>
      setCells(layCells(heap, state), longer as unknown as typeof state, 'optim'),
    ).toThrow(new RangeError('optim.moments.0: expected 2 numbers, got 3'))
  })

  test('refuse a state of another form', () => {
    const other = { ...state, moments: [of(['param'], [2], Float32Array.of(1, 2))] }
    expect(() => setCells(layCells(heap, state), other as unknown as typeof state)).toThrow(
      new RangeError('state.moments: expected 0, 1, got 0'),
    )
    const none = { ...state, count: null }
    expect(() => setCells(layCells(heap, state), none as unknown as typeof state)).toThrow(
      new RangeError('state.count: expected a state of the same form, got another'),
    )
  })
})
