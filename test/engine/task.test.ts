import { describe, expect, test } from 'vitest'
import {
  PIECE,
  wait,
  waitAll,
  runSync,
  runAsync,
  runPausing,
  type Later,
  type Task,
} from '../../src/engine/task.ts'

const sum = function* (answers: ReadonlyArray<Later<number>>): Task<number> {
  const all = yield* waitAll(answers)
  const first = yield* wait(answers[0]!)
  return all.reduce((a, b) => a + b, 0) * first
}

const soon = <T>(value: T, milliseconds: number): Promise<T> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds, value)
  })

describe('a task', () => {
  test('is the same for synchronous and asynchronous answers', async () => {
    expect(runSync(sum([2, 3]))).toBe(10)
    expect(await runAsync(sum([2, 3]))).toBe(10)
    expect(await runAsync(sum([soon(2, 3), 3]))).toBe(10)
  })

  test('gets answers in the order in which it asked, not in that in which they came', async () => {
    const listed = function* (): Task<readonly number[]> {
      return yield* waitAll([soon(1, 6), 2, soon(3, 1)])
    }
    expect(await runAsync(listed())).toEqual([1, 2, 3])
  })

  test('receives the first rejection in order once all promises have settled, and can continue', async () => {
    let isIn = false
    const caught = function* (): Task<string> {
      try {
        yield* waitAll([
          soon(1, 6).then(() => {
            isIn = true
          }),
          soon(0, 3).then(() => Promise.reject(new Error('second'))),
          Promise.reject(new Error('third')),
        ])
        return 'none'
      } catch (error) {
        return `${(error as Error).message} ${isIn} ${yield* wait(soon('on', 1))}`
      }
    }
    expect(await runAsync(caught())).toBe('second true on')
  })

  test('throws what it does not catch, also before it asks', async () => {
    const lost = function* (): Task<unknown> {
      return yield* wait(Promise.reject<unknown>(new Error('lost')))
    }
    const never = function* (): Task<number> {
      if (Number('0') === 0) throw new RangeError('never')
      return yield* wait(1)
    }
    await expect(runAsync(lost())).rejects.toThrow('lost')
    await expect(runAsync(never())).rejects.toThrow('never')
    expect(() => runSync(never())).toThrow('never')
  })

  test('that asks for nothing has its answer', async () => {
    const none = function* (): Task<readonly number[]> {
      return yield* waitAll<number>([])
    }
    expect(runSync(none())).toEqual([])
    expect(await runAsync(none())).toEqual([])
  })
})

describe('a task that pauses', () => {
  const pieces = function* (log: string[]): Task<string> {
    for (const name of ['a', 'b', 'c']) {
      log.push(name)
      yield PIECE
    }
    return yield* wait('d')
  }

  test('waits between its pieces, and gives the same result', async () => {
    const log: string[] = []
    let waits = 0
    const pause = () => {
      waits++
      return waits === 2 ? soon(null, 1).then(() => log.push('rest')) : null
    }
    expect(await runPausing(pieces(log), pause)).toBe('d')
    expect(log).toEqual(['a', 'b', 'rest', 'c'])
    expect(waits).toBe(4)
    expect(runSync(pieces([]))).toBe('d')
  })

  test('gets the reason for which a pause rejects or throws, and may clean up', async () => {
    const log: string[] = []
    const guarded = function* (): Task<string> {
      try {
        return yield* pieces(log)
      } finally {
        log.push('clean')
      }
    }
    const abort = () => Promise.reject(new Error('aborted'))
    await expect(runPausing(guarded(), abort)).rejects.toThrow('aborted')
    expect(log).toEqual(['a', 'clean'])
    const fail = () => {
      throw new Error('thrown')
    }
    await expect(runPausing(guarded(), fail)).rejects.toThrow('thrown')
    expect(log).toEqual(['a', 'clean', 'a', 'clean'])
  })
})
