import { describe, expect, test } from 'vitest'
import * as random from '../../src/random/index.ts'
import * as rl from '../../src/rl/index.ts'

type Call = (list: never) => unknown
/** Functions of lists, by what their errors say. */
const calls: Readonly<Record<string, readonly Call[]>> = {
  'xs: expected a list of numbers': [
    rl.mean,
    rl.meanStd,
    rl.meanInterval,
    rl.interquartileMean,
    rl.bootstrap(random.key(1), rl.mean, 10),
  ],
  'scores: expected a list of numbers': [rl.performanceProfile([0])],
  'thresholds: expected a list of numbers': [rl.performanceProfile],
  'tasks: expected a list of scores of rivals': [
    rl.probabilityOfImprovement,
    rl.improvementInterval(random.key(1), 10),
  ],
}

describe.each(Object.entries(calls))('%s', (message, functions) => {
  test.each([
    ['nothing', undefined],
    ['null', null],
    ['{}', {}],
    ['3', 3],
  ])('is what a function of one says where it gets %s', (shown, value) => {
    for (const f of functions)
      expect(() => f(value as never)).toThrow(new RangeError(`${message}, got ${shown}`))
  })
})

test('plain lists and typed arrays are lists, empty ones among them', () => {
  expect([rl.mean([1, 2]), rl.mean(Float32Array.of(1, 2)), rl.mean([])]).toEqual([1.5, 1.5, NaN])
})
