import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { isDue, parseEvery } from '../../src/cli/checkpointing.ts'

describe('--checkpoint-every', () => {
  test.each([
    [undefined, { unit: 'seconds', count: 60 }],
    ['never', { unit: 'end' }],
    ['1', { unit: 'updates', count: 1 }],
    ['10', { unit: 'updates', count: 10 }],
    ['1s', { unit: 'seconds', count: 1 }],
    ['60s', { unit: 'seconds', count: 60 }],
    ['999999999s', { unit: 'seconds', count: 999_999_999 }],
  ])('%s', (given, every) => expect(parseEvery(given)).toEqual(E.right(every)))

  test.each(['', '0', '0s', 's', '-1', '1.5', '1e3', '10 s', '10m', ' 10', 'Never', '1234567890'])(
    '"%s" is refused',
    (given) =>
      expect(parseEvery(given)).toEqual(
        E.left(
          `--checkpoint-every: expected updates such as 10, seconds such as 60s, or never, got "${given}"`,
        ),
      ),
  )

  test('updates are due after a number of them, whatever the time', () => {
    const every = { unit: 'updates', count: 3 } as const
    expect([2, 3, 4].map((updates) => isDue(every, updates, 0))).toEqual([false, true, true])
    expect(isDue(every, 2, 1e9)).toBe(false)
  })

  test('seconds are due after so long, whatever the updates', () => {
    const every = { unit: 'seconds', count: 3 } as const
    expect([2.999, 3, 4].map((seconds) => isDue(every, 0, seconds))).toEqual([false, true, true])
    expect(isDue(every, 1e9, 2)).toBe(false)
  })

  test('the end alone is never due before it', () => {
    expect(isDue({ unit: 'end' }, 1e9, 1e9)).toBe(false)
  })
})
