import { afterAll, describe, expect, test } from 'vitest'
import { computing } from '../../src/distributed/compute.ts'
import { findIn } from '../../src/distributed/places.ts'
import { inProcess } from '../../src/distributed/runShards.ts'
import { onThreads } from '../../src/distributed/threads.ts'
import { executorLaws } from '../law/shards.ts'
import { builtUrl } from '../support/built.ts'

/** Threads of Node run files of JavaScript: those of the build, which the tests begin with. */
const worker = new URL(builtUrl('distributed/shardThread.js'))
const threads = onThreads(2, { worker })
afterAll(() => threads.close())

executorLaws('in this process', () => inProcess(computing(findIn([]))), 40)
executorLaws('on threads', () => threads, 15)

describe('threads', () => {
  test.each([0, 1.5, NaN])('need a whole number of them, not %s', (count) => {
    expect(() => onThreads(count)).toThrow(`threads: expected a whole number >= 1, got ${count}`)
  })
})
