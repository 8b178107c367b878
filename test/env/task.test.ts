import { describe, expect, test } from 'vitest'
import { ask, askAll, atOnce, inTime, type Later, type Task } from '../../src/env/task.ts'

const sum = function* (answers: ReadonlyArray<Later<number>>): Task<number> {
  const all = yield* askAll(answers)
  const first = yield* ask(answers[0]!)
  return all.reduce((a, b) => a + b, 0) * first
}

const soon = <T>(value: T, milliseconds: number): Promise<T> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds, value)
  })

describe('a task', () => {
  test('is one and the same at once and in time', async () => {
    expect(atOnce(sum([2, 3]))).toBe(10)
    expect(await inTime(sum([2, 3]))).toBe(10)
    expect(await inTime(sum([soon(2, 3), 3]))).toBe(10)
  })

  test('gets answers in the order in which it asked, not in that in which they came', async () => {
    const listed = function* (): Task<readonly number[]> {
      return yield* askAll([soon(1, 6), 2, soon(3, 1)])
    }
    expect(await inTime(listed())).toEqual([1, 2, 3])
  })

  test('is told of the first broken promise in order when the others are in, and may go on', async () => {
    let isIn = false
    const caught = function* (): Task<string> {
      try {
        yield* askAll([
          soon(1, 6).then(() => {
            isIn = true
          }),
          soon(0, 3).then(() => Promise.reject(new Error('second'))),
          Promise.reject(new Error('third')),
        ])
        return 'none'
      } catch (error) {
        return `${(error as Error).message} ${isIn} ${yield* ask(soon('on', 1))}`
      }
    }
    expect(await inTime(caught())).toBe('second true on')
  })

  test('throws what it does not catch, also before it asks', async () => {
    const lost = function* (): Task<unknown> {
      return yield* ask(Promise.reject<unknown>(new Error('lost')))
    }
    const never = function* (): Task<number> {
      if (Number('0') === 0) throw new RangeError('never')
      return yield* ask(1)
    }
    await expect(inTime(lost())).rejects.toThrow('lost')
    await expect(inTime(never())).rejects.toThrow('never')
    expect(() => atOnce(never())).toThrow('never')
  })

  test('that asks for nothing has its answer', async () => {
    const none = function* (): Task<readonly number[]> {
      return yield* askAll<number>([])
    }
    expect(atOnce(none())).toEqual([])
    expect(await inTime(none())).toEqual([])
  })
})
