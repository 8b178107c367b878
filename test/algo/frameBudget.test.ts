import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { frameBudget } from '../../src/algo/frameBudget.ts'
import { runPausing, PIECE, type Task } from '../../src/engine/task.ts'

/** Pieces of so many milliseconds on a clock of their own, and the time worked in each frame. */
const worked = async (budget: number, pieces: readonly number[]): Promise<readonly number[]> => {
  let time = 0
  const frames: number[] = []
  const frame = () => {
    // Whatever the page does between frames.
    time += 10
    frames.push(0)
    return Promise.resolve()
  }
  const work = function* (): Task<void> {
    yield PIECE
    for (const piece of pieces) {
      time += piece
      frames.push((frames.pop() ?? 0) + piece)
      yield PIECE
    }
  }
  await runPausing(work(), frameBudget(budget, { frame, now: () => time }))
  return frames
}

describe('a frame budget', () => {
  test.prop([fc.integer({ min: 1, max: 20 }), fc.array(fc.integer({ min: 0, max: 30 }))])(
    'does all the work, no frame of which is over budget by more than its last piece',
    async (budget, pieces) => {
      const frames = await worked(budget, pieces)
      const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0)
      expect(sum(frames)).toBe(sum(pieces))
      const longest = Math.max(0, ...pieces)
      for (const frame of frames) expect(frame).toBeLessThan(budget + Math.max(1, longest))
      // Each frame but the last is used up.
      for (const frame of frames.slice(0, -1)) expect(frame).toBeGreaterThanOrEqual(budget)
    },
  )

  test('begins with the next frame, not in the middle of this one', async () => {
    expect(await worked(6, [])).toEqual([0])
  })

  test('takes the frames of the host by default', async () => {
    const pause = frameBudget(1)
    await expect(Promise.resolve(pause())).resolves.toBeUndefined()
  })

  test('rejects a frame or a clock that is not a function', () => {
    expect(() => frameBudget(6, { frame: 3 as never })).toThrow(
      'frame: expected a function that returns a promise of the next frame, got 3',
    )
    expect(() => frameBudget(6, { now: 'now' as never })).toThrow(
      'now: expected a function that returns milliseconds, such as Date.now, got "now"',
    )
  })

  test.each([0, -1, NaN, Infinity, '6'])('rejects %s', (milliseconds) => {
    expect(() => frameBudget(milliseconds as number)).toThrow(
      'milliseconds: expected a finite number > 0, got',
    )
  })
})
