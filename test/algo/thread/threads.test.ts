import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { algorithm as a2c } from '../../../src/algo/a2c/algorithm.ts'
import { presets as a2cPresets, type A2cConfig } from '../../../src/algo/a2c/config.ts'
import type { LayoutConfig } from '../../../src/algo/agentLayout.ts'
import { algorithm as ppo } from '../../../src/algo/ppo/algorithm.ts'
import {
  init,
  iterate,
  parts,
  threadedParts,
  train,
  type PpoConfig,
  type ThreadedParts,
  type ThreadOptions,
} from '../../../src/algo/ppo/index.ts'
import { threaded } from '../../../src/algo/thread/threads.ts'
import { trainer, type AlgorithmSpec } from '../../../src/algo/trainer.ts'
import { algorithm as trpo } from '../../../src/algo/trpo/algorithm.ts'
import { presets as trpoPresets, type TrpoConfig } from '../../../src/algo/trpo/config.ts'
import { algorithm as vpg } from '../../../src/algo/vpg/algorithm.ts'
import { presets as vpgPresets, type VpgConfig } from '../../../src/algo/vpg/config.ts'
import {
  cartPole,
  pendulum,
  timeLimit,
  type Discrete,
  type DiscreteEnvironment,
  type Environment,
  type GymEnvironment,
} from '../../../src/env/index.ts'
import { js } from '../../../src/kernel/js/js.ts'
import { key } from '../../../src/random/index.ts'
import { data, leaves, size } from '../../../src/tensor/index.ts'
import { withFlat } from '../../../src/tensor/params.ts'
import { expectSameBits } from '../../law/purity.ts'
import { chainOf, thrownBy } from '../../support/hashes.ts'
import { small } from '../../support/runs.ts'
import { isThorough } from '../../support/thorough.ts'
import { dice } from '../../support/worlds.ts'
import { builtUrl } from '../../support/built.ts'

/** Threads of Node run files of JavaScript: those of the build, which the tests begin with. */
const worker = new URL(builtUrl('algo/thread/worker.js'))
const module = new URL('../../support/threadWorlds.js', import.meta.url).href
const own = (await import(module)) as {
  readonly [name: string]: DiscreteEnvironment<{ readonly age: number }>
}

const config: PpoConfig = { ...small, envs: 6, totalSteps: 3 * 6 * 16, shards: 4 }

const running: Array<Pick<ThreadedParts<unknown>, 'stop'>> = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((all) => all.stop()))
  vi.unstubAllGlobals()
})

const started = async <S>(
  world: Environment<S>,
  options: ThreadOptions,
  choices: Partial<PpoConfig> = {},
): Promise<ThreadedParts<S>> => {
  const all = await threadedParts({ ...config, ...choices }, world, { worker, ...options })
  running.push(all)
  return all
}

interface RunConfig extends LayoutConfig {
  readonly totalSteps: number
  readonly gamma: number
}

/** Runs of a config: without threads, and with. */
interface Case {
  readonly what: string
  readonly shards: number
  readonly alone: () => readonly unknown[]
  readonly on: (
    options: ThreadOptions,
  ) => Promise<{ readonly threads: number; readonly updates: readonly unknown[] }>
}

const runs = <S, C extends RunConfig, O, R, M>(
  what: string,
  algorithm: AlgorithmSpec<C, O, R, M>,
  config: C,
  env: Environment<S>,
  options: Partial<ThreadOptions> = {},
): Case => {
  const { init, parts, train } = trainer(algorithm)
  return {
    what: `${algorithm.name}: ${what}`,
    shards: config.shards,
    alone: () => {
      const all = parts(config, env, 'js')
      return [...train(config, all)(init(all)(key(1)))]
    },
    on: async (how) => {
      const all = await threaded(algorithm)(config, env, { worker, ...options, ...how })
      try {
        return {
          threads: all.threads,
          updates: [...train(config, all)(init(all)(key(1)))],
        }
      } finally {
        await all.stop()
      }
    },
  }
}

/** More shards than environments, so that some of 8 threads only learn. */
const wide = { envs: 6, steps: 16, totalSteps: 2 * 6 * 16, shards: 8, hidden: [5] } as const
const apart = { valueEpochs: 2, valueMinibatches: 2 } as const
const ppoOf = (choices: Partial<PpoConfig>): PpoConfig => ({ ...small, ...wide, ...choices })
const vpgConfig: VpgConfig = { ...vpgPresets.cartpole, ...wide, ...apart }
const toGo: VpgConfig = { ...vpgConfig, weight: 'rewardToGo' }
const trpoConfig: TrpoConfig = { ...trpoPresets.cartpole, ...wide, ...apart }
const a2cConfig: A2cConfig = { ...a2cPresets.cartpole, ...wide }
const klStop = {
  target: 1e-4,
  factor: 1,
  estimator: 'exact',
  when: 'minibatch',
  scope: 'both',
} as const
const swing = timeLimit(9)(pendulum)
const choosy = own['choosy'] as unknown as Environment<{ readonly age: number }>
const anywhere = { source: { module, name: 'choosy' } }

const cases: readonly Case[] = [
  runs('its plain form', ppo, ppoOf({}), cartPole),
  runs('a stop by the KL in an epoch', ppo, ppoOf({ klStop, learningRate: 0.01 }), dice),
  runs(
    'a stop of the policy alone, after an epoch',
    ppo,
    ppoOf({
      klStop: { ...klStop, estimator: 'k3', when: 'epoch', scope: 'policy' },
      epochs: 3,
      valueLearningRate: 1e-3,
      gradClip: 'each',
    }),
    cartPole,
  ),
  runs('closed choices and a shared trunk', ppo, ppoOf({ trunk: 'shared' }), choosy, anywhere),
  runs(
    'advantages valued anew, and all that follows the KL',
    ppo,
    ppoOf({
      recomputeAdvantages: true,
      epochs: 3,
      klPenalty: { kind: 'adaptive', beta: 1, target: 1e-4 },
      learningRateSchedule: 'adaptive',
      actionBound: 'squash',
    }),
    swing,
  ),
  runs(
    'whitened observations and bounds of log σ',
    ppo,
    ppoOf({
      normalise: { observation: true, reward: true, clip: 1.5, epsilon: 1e-8 },
      logStd: { kind: 'free', init: 0, min: -0.001, max: 0.0005 },
      shuffle: 'update',
      gradClip: 'element',
    }),
    pendulum,
  ),
  runs('its plain form', vpg, vpgConfig, cartPole),
  runs('closed choices', vpg, toGo, choosy, anywhere),
  runs('a shared trunk', a2c, { ...a2cConfig, trunk: 'shared' }, cartPole),
  runs('numbers as actions', a2c, a2cConfig, swing),
  runs('its plain form', trpo, trpoConfig, cartPole),
  runs('closed choices', trpo, trpoConfig, choosy, anywhere),
  runs('numbers as actions', trpo, { ...trpoConfig, actionBound: 'squash' }, swing),
]

const everyCount = [1, 2, 3, 8] as const
const threadCounts = [
  ['js', isThorough ? everyCount : [3]],
  ['wasm', isThorough ? everyCount : [2, 8]],
] as const

describe('any number of threads of either backend gives the bits of one', () => {
  test.each(cases)('$what', async ({ shards, alone, on }) => {
    const expected = alone()
    expect(expected.length).toBeGreaterThan(1)
    for (const [backend, counts] of threadCounts)
      for (const count of counts) {
        const { threads, updates } = await on({ backend, threads: count })
        expect(threads).toBe(Math.min(count, shards, 4 * availableParallelism()))
        expectSameBits(updates, expected)
      }
  })
})

describe('threads', () => {
  const written = chainOf(config, parts(config, cartPole, js.f32))

  test('are Node’s own where a package has put them in the place of the web’s', async () => {
    vi.stubGlobal('Worker', Worker)
    expect(chainOf(config, await started(cartPole, { threads: 2 }))).toEqual(written)
  })

  test('more shards than environments, and environments and samples that shards do not divide', async () => {
    const uneven = { ...config, envs: 3, steps: 20, totalSteps: 120, shards: 4, hidden: [9] }
    const all = await started(cartPole, { threads: 3 }, uneven)
    expect(chainOf(uneven, all)).toEqual(chainOf(uneven, parts(uneven, cartPole, js.f32)))
  })

  test('an environment of one’s own acts on the caller’s thread, or everywhere if threads can import it', async () => {
    const expected = chainOf(config, parts(config, dice, 'js'))
    expect(chainOf(config, await started(dice, { threads: 2 }))).toEqual(expected)
    const counter = own['counter']!
    const found = await started(counter, { threads: 2, source: { module, name: 'counter' } })
    expect(chainOf(config, found)).toEqual(chainOf(config, parts(config, counter, js.f32)))
  })

  test('games act on all threads that can make them', async () => {
    const games = new URL('../../support/threadGames.js', import.meta.url).href
    const { walk } = (await import(games)) as { readonly walk: GymEnvironment<Discrete<2>> }
    const expected = chainOf(config, parts(config, walk, js.f32))
    const found = await started(walk, { threads: 2, source: { module: games, name: 'walk' } })
    expect(chainOf(config, found)).toEqual(expected)
    expect(chainOf(config, await started(walk, { threads: 2 }))).toEqual(expected)
  })

  test('numbers as actions, free log σ or by the state', async () => {
    for (const kind of ['free', 'state'] as const) {
      const swings = { ...config, logStd: { kind, init: 0 } }
      const all = await started(pendulum, { threads: 3 }, swings)
      expect(all.threads).toBe(3)
      expect(chainOf(swings, all)).toEqual(chainOf(swings, parts(swings, pendulum, js.f32)))
    }
  })

  test('any state can be continued, with threads or without', async () => {
    const all = await started(cartPole, { threads: 2 })
    const alone = parts(config, cartPole)
    const [, kept] = iterate(config, all)(init(all)(key(1)))
    expect([...train(config, alone)(kept)]).toEqual([...train(config, all)(kept)])
  })

  test('a NaN is said to be where it is, as without threads', async () => {
    const all = await started(cartPole, { threads: 2 })
    const start = init(all)(key(1))
    const { params } = start.learner
    const flat = Float32Array.from(data(params.flat) as Float32Array)
    const critic = leaves(params.tree).findIndex(([path]) => path.startsWith('critic'))
    const before = leaves(params.tree).slice(0, critic)
    flat[before.reduce((n, [, leaf]) => n + size(leaf), 0)] = NaN
    const poisoned = {
      ...start,
      learner: { ...start.learner, params: withFlat(params.tree, flat) },
    }
    const message = thrownBy(() => iterate(config, parts(config, cartPole))(poisoned))
    expect(thrownBy(() => iterate(config, all)(poisoned))).toBe(message)
    expect(message).toMatch(/^RangeError: update 1: cartpole: step 0: value\[env=0\]/)
  })

  test('no number of threads but whole ones from 1 on', async () => {
    for (const threads of [0, 1.5, NaN])
      await expect(started(cartPole, { threads })).rejects.toThrow(
        `threads: expected a whole number >= 1, got ${threads}`,
      )
  })

  test.each([
    [undefined, 'options: expected an object such as { threads: 2 }, got nothing'],
    [{ threads: '2' }, 'threads: expected a whole number >= 1, got "2"'],
    [{ threads: 2, timeoutMs: '9' }, 'timeoutMs: expected milliseconds > 0, got "9"'],
    [
      { threads: 2, worker: './worker.js' },
      `worker: expected a URL, such as new URL('./worker.js', import.meta.url), got "./worker.js"`,
    ],
    [
      { threads: 2, worker: null },
      `worker: expected a URL, such as new URL('./worker.js', import.meta.url), got null`,
    ],
  ])('options %o are refused by name', async (options, message) => {
    await expect(threadedParts(config, cartPole, options as never)).rejects.toThrow(message)
  })

  test('so is a gradient or a parameter that overflows, however the threads race', async () => {
    for (const learningRate of [3e37, 1e38]) {
      const wild = { ...config, learningRate, hidden: [30, 30] }
      const alone = parts(wild, cartPole)
      const message = thrownBy(() => [...train(wild, alone)(init(alone)(key(1)))])
      expect(message).toMatch(/^RangeError: update 1: epoch \d: minibatch \d: /)
      for (let again = 0; again < (isThorough ? 5 : 2); again++) {
        const all = await started(cartPole, { threads: 4 }, wild)
        expect(thrownBy(() => [...train(wild, all)(init(all)(key(1)))])).toBe(message)
      }
    }
  })

  test('the timeout is a number above 0', async () => {
    for (const timeoutMs of [0, -5, NaN])
      await expect(started(cartPole, { threads: 2, timeoutMs })).rejects.toThrow(
        `timeoutMs: expected milliseconds > 0, got ${timeoutMs}`,
      )
  })

  test('a source that is another environment is refused', async () => {
    const all = await started(cartPole, { threads: 2, source: { module, name: 'counter' } })
    expect(thrownBy(() => iterate(config, all)(init(all)(key(1))))).toBe(
      'RangeError: update 1: source: expected an environment of 4 features and 2 actions, got counter of 1 features and 2 actions',
    )
  })

  test('stopping twice is stopping, and what is stopped does not begin again', async () => {
    const all = await started(cartPole, { threads: 2 })
    await all.stop()
    await all.stop()
    expect(() => iterate(config, all)(init(all)(key(1)))).toThrow(
      'update 1: threads: expected running parts, got stopped ones',
    )
  })
})

describe('a thread that fails is an error with a name, not a hang', () => {
  const failing = (name: string, timeoutMs = 30_000): unknown => {
    const script = fileURLToPath(new URL('../../support/failingThreads.js', import.meta.url))
    const args = [script, name, String(timeoutMs)]
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 }))
  }

  test.each([
    [
      'an error of an environment there comes here, and again at every later call',
      'throwing',
      'RangeError: update 1: counter: step 9: step[env=2]: expected the environment to return, it threw RangeError: reward: expected a day off, got none',
    ],
    [
      'a thread that ends at its work',
      'exiting',
      'ThreadLost: thread 1: exited with code 7 during its work',
    ],
    [
      'an environment that is not where it is said to be',
      'nobody',
      `RangeError: update 1: source: expected an export nobody in ${module}, got none`,
    ],
  ])('%s', (_, name, message) => {
    expect(failing(name)).toEqual([message, message])
  })

  test('a thread that does not come back', () => {
    const message =
      'ThreadLost: threads: expected a heartbeat from all 2, got none for 300 ms: one of them has died or is hanging'
    expect(failing('hanging', 300)).toEqual([message, message])
  })

  test('a worker that is no file', async () => {
    const all = await started(cartPole, { threads: 2, worker: new URL('./nobody.js', worker) })
    expect(thrownBy(() => iterate(config, all)(init(all)(key(1))))).toMatch(
      /^ThreadLost: thread 1: Cannot find module/,
    )
  })
})

test('a module of a program that serves requests can be the thread, to the same bits', async () => {
  const serves = new URL('../../support/threadServes.js', import.meta.url)
  const alone = parts(config, cartPole, 'js')
  const expected = [...train(config, alone)(init(alone)(key(1)))]
  const all = await started(cartPole, { threads: 2, worker: serves })
  expect(all.threads).toBe(2)
  expect([...train(config, all)(init(all)(key(1)))]).toEqual(expected)
})
