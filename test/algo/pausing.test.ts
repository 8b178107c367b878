import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import * as a2c from '../../src/algo/a2c/algorithm.ts'
import type { LayoutConfig } from '../../src/algo/agentLayout.ts'
import * as ppo from '../../src/algo/ppo/algorithm.ts'
import { trainer, type AlgorithmSpec } from '../../src/algo/trainer.ts'
import * as trpo from '../../src/algo/trpo/algorithm.ts'
import * as vpg from '../../src/algo/vpg/algorithm.ts'
import type { Pause } from '../../src/engine/task.ts'
import { cartPole, type Environment } from '../../src/env/index.ts'
import { key } from '../../src/random/index.ts'
import { expectSameBits } from '../law/purity.ts'
import { a2cConfigs, ppoConfigs, trpoConfigs, vpgConfigs } from '../support/configs.ts'
import { small } from '../support/runs.ts'
import { cases } from '../support/thorough.ts'

interface RunConfig extends LayoutConfig {
  readonly totalSteps: number
  readonly gamma: number
}

/** Runs with and without pauses, the outcome of each as a list of updates and how it ended. */
const bothWays =
  <C extends RunConfig, O, R, M>(algorithm: AlgorithmSpec<C, O, R, M>) =>
  (config: C) => {
    const { init, parts, pausingParts, train, trainAsync } = trainer(algorithm)
    const env: Environment<unknown> = cartPole as Environment<unknown>
    return {
      atOnce: (): readonly unknown[] => {
        const updates: unknown[] = []
        try {
          const all = parts(config, env, 'js')
          for (const update of train(config, all)(init(all)(key(1)))) updates.push(update)
        } catch (error) {
          updates.push(String(error))
        }
        return updates
      },
      pausing: async (pause: Pause): Promise<readonly unknown[]> => {
        const updates: unknown[] = []
        try {
          const all = pausingParts(config, env, pause, 'js')
          for await (const update of trainAsync(config, all)(init(all)(key(1))))
            updates.push(update)
        } catch (error) {
          updates.push(String(error))
        }
        return updates
      },
      [fc.toStringMethod]: () => `${algorithm.name} ${JSON.stringify(config)}`,
    }
  }

const algorithms = [
  ['ppo', ppoConfigs.map(bothWays(ppo.algorithm))],
  ['vpg', vpgConfigs.map(bothWays(vpg.algorithm))],
  ['a2c', a2cConfigs.map(bothWays(a2c.algorithm))],
  ['trpo', trpoConfigs.map(bothWays(trpo.algorithm))],
] as const

describe.each(algorithms)('%s that pauses', (_, runs) => {
  test.prop([runs, fc.infiniteStream(fc.boolean())], { numRuns: cases(10, 60) })(
    'gives the bits of a run at once, whenever it pauses',
    async ({ atOnce, pausing }, waits) => {
      const pause = () => (waits.next().value === true ? Promise.resolve() : null)
      expectSameBits(await pausing(pause), atOnce())
    },
  )
})

describe('parts that pause', () => {
  const { init, iterate, iterateAsync, parts, pausingParts, run, train } = trainer(ppo.algorithm)

  test('pause within the update: after each operation of a minibatch', async () => {
    let pauses = 0
    const all = pausingParts(small, cartPole, () => {
      pauses++
      return null
    })
    await iterateAsync(small, all)(init(all)(key(1)))
    expect(pauses).toBeGreaterThan(small.steps + 10 * small.epochs * small.minibatches)
  })

  test('refuse an update or a rollout in the middle of another', async () => {
    const all = pausingParts(small, cartPole, () => Promise.resolve())
    const start = init(all)(key(1))
    const first = iterateAsync(small, all)(start)
    await expect(iterateAsync(small, all)(start)).rejects.toThrow(
      'parts: expected the previous rollout or update to be finished',
    )
    await first
  })

  test('can be used again after a pause has ended a run, from the last whole state', async () => {
    const expected = parts(small, cartPole)
    let left = 60
    const all = pausingParts(small, cartPole, () =>
      left-- === 0 ? Promise.reject(new Error('page left')) : null,
    )
    const start = init(all)(key(1))
    const next = iterateAsync(small, all)
    await expect(next(start)).rejects.toThrow('page left')
    expectSameBits(await next(start), iterate(small, expected)(init(expected)(key(1))))
  })

  test('can be used again after a pause has thrown', async () => {
    let left = 60
    const all = pausingParts(small, cartPole, () => {
      if (left-- === 0) throw new Error('page left')
      return null
    })
    const start = init(all)(key(1))
    const next = iterateAsync(small, all)
    await expect(next(start)).rejects.toThrow('page left')
    const expected = parts(small, cartPole)
    expectSameBits(await next(start), iterate(small, expected)(init(expected)(key(1))))
  })

  test('are refused by functions that return at once, and can still be used', async () => {
    const all = pausingParts(small, cartPole, () => null)
    const start = init(all)(key(1))
    const message =
      'parts: expected those of `parts` or `threadedParts`, got ones that return promises: call trainAsync, runAsync or iterateAsync'
    const atOnce = parts(small, cartPole)
    const wrong = all as unknown as typeof atOnce
    expect(() => iterate(small, wrong)(start)).toThrow(message)
    expect(() => [...train(small, wrong)(start)]).toThrow(message)
    expect(() => run(small, wrong)(start)).toThrow(message)
    // What these have begun ends by itself.
    await new Promise((resolve) => {
      setTimeout(resolve)
    })
    await iterateAsync(small, all)(start)
  })

  test('reject a pause that is not a function', () => {
    expect(() => pausingParts(small, cartPole, 6 as never)).toThrow(
      'pause: expected a function, such as frameBudget(6), got 6',
    )
  })
})
