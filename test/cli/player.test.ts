import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  frameOf,
  isAtEnd,
  keysIn,
  passed,
  pressed,
  startPlayer,
  statusOf,
} from '../../src/cli/player.ts'

describe('the player', () => {
  test('shows frames at the rate, times the speed, and stays at the last', () => {
    const player = startPlayer(101, 50, 2)
    expect(frameOf(passed(player, 0.5))).toBe(50)
    expect(frameOf(passed(player, 9))).toBe(100)
    expect(isAtEnd(passed(player, 9))).toBe(true)
    expect(frameOf(passed(pressed(player, 'pause'), 9))).toBe(0)
  })

  test.prop([fc.integer({ min: 1, max: 50 }), fc.string()])(
    'no keys leave the film',
    (frames, text) => {
      let player = startPlayer(frames, 30, 1)
      for (const key of keysIn(`${text}\u001B[C\u001B[D+-`)) {
        player = passed(pressed(player, key), 0.1)
        expect(frameOf(player)).toBeGreaterThanOrEqual(0)
        expect(frameOf(player)).toBeLessThan(frames)
      }
    },
  )

  test('steps forward and back, paused; restarts; space at the end plays it again', () => {
    const two = pressed(pressed(startPlayer(3, 30, 1), 'forward'), 'forward')
    expect([frameOf(two), two.isPaused]).toEqual([2, true])
    expect(frameOf(pressed(two, 'forward'))).toBe(2)
    expect(frameOf(pressed(two, 'back'))).toBe(1)
    expect(pressed(two, 'pause')).toMatchObject({ at: 0, isPaused: false })
    expect(pressed(two, 'restart')).toMatchObject({ at: 0, isPaused: false })
  })

  test('distinguishes an arrow from Escape, and several keys at once', () => {
    expect(keysIn('\u001B[A\u001B[D q\u001B')).toEqual(['faster', 'back', 'pause', 'quit', 'quit'])
    expect(keysIn('\u0003')).toEqual(['quit'])
    expect(keysIn('x\u001B[5~')).toEqual([])
  })

  test('its status fits', () => {
    for (const columns of [0, 1, 30, 100])
      expect(statusOf(startPlayer(9, 30, 1), 3, columns).length).toBeLessThanOrEqual(columns)
  })
})
