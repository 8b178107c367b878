import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  cartPole,
  checkEnv,
  checkEnvAsync,
  describeReport,
  fromGymAsync,
  timeLimit,
  type AsyncEnvironment,
  type AsyncGym,
  type CheckReport,
  type Discrete,
  type Environment,
} from '../../src/env/index.ts'
import { expectEnvAsync } from '../../src/testing/index.ts'
import { countGame, cartPoleGame, far, lcg, newLog, windGame } from '../support/games.ts'
import { bandit, corridor, darts, dice, pension } from '../support/worlds.ts'

afterEach(() => {
  vi.useRealTimers()
})

/** That environment, answering with promises. */
const promising = (env: Environment<unknown>): AsyncEnvironment<unknown> => ({
  ...env,
  init: async (key) => env.init(key),
  step: (action, key) => {
    const step = env.step(action, key)
    return async (state) => step(state)
  },
})

const changed = (change: { readonly [K in keyof Environment<number>]?: unknown }) =>
  ({ ...dice, ...change }) as Environment<unknown>

const boom = (): never => {
  throw new TypeError('boom')
}

let count = 0

const problems = ({ laws }: CheckReport) =>
  laws.flatMap(({ id, kind, problem }) =>
    problem === null || kind === 'note' ? [] : [[id, problem]],
  )

describe('an environment that returns promises', () => {
  test.each<[string, Environment<unknown>]>([
    ['good', dice as Environment<unknown>],
    ['good, and long', cartPole as Environment<unknown>],
    ['of vectors', darts as Environment<unknown>],
    ['without chance', corridor as Environment<unknown>],
    ['without an end', pension as Environment<unknown>],
    ['wrapped', timeLimit(3)(bandit) as Environment<unknown>],
    ['without a view', changed({ observe: undefined })],
    ['of no space', changed({ actionSpace: { kind: 'graph' } })],
    [
      'that pays NaN',
      changed({
        step: () => (s: unknown) => [{ reward: NaN, terminated: true, truncated: false }, s],
      }),
    ],
    ['that throws', changed({ step: () => boom })],
    ['that throws at first', changed({ init: boom })],
    ['that shows too much', changed({ observe: () => [1, 2, 3] })],
    ['whose mask closes all', changed({ actionMask: () => [false, false, false] })],
  ])('is held to the same laws, with the same report: %s', async (_, env) => {
    const options = { steps: 60 }
    expect(await checkEnvAsync(promising(env), options)).toEqual(checkEnv(env, options))
  })

  test('that does otherwise the second time is found out', async () => {
    const drifting = () => changed({ init: () => count++ })
    expect(problems(await checkEnvAsync(promising(drifting())))[0]![0]).toBe('init')
  })

  test.each(['init', 'step', 'observe'] as const)(
    'is refused by checkEnv in a report, and its broken promises end nothing: %s',
    (place) => {
      const lost = () => Promise.reject(new Error('lost'))
      const env = changed({ [place]: place === 'step' ? () => lost : lost })
      const report = checkEnv(env)
      expect(report.ok).toBe(false)
      expect(problems(report)).toEqual([
        place === 'observe'
          ? ['observe', expect.stringContaining('expected an answer, got a Promise')]
          : [
              place,
              expect.stringMatching(
                /^episode 0, .*: expected an answer, got a Promise: check an environment that returns promises with checkEnvAsync$/,
              ),
            ],
      ])
    },
  )

  test('that never answers breaks a law', async () => {
    vi.useFakeTimers()
    const env: AsyncEnvironment<unknown> = {
      ...promising(dice as Environment<unknown>),
      timeout: 500,
      step: () => () => new Promise(() => undefined),
    }
    const checking = checkEnvAsync(env)
    await vi.advanceTimersByTimeAsync(1000)
    expect(problems(await checking)).toEqual([
      ['step', expect.stringContaining('expected an answer within 500 ms, got none')],
    ])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('in a test is good or an error', async () => {
    await expectEnvAsync(promising(dice as Environment<unknown>))
    const bad = promising(changed({ observe: () => [] }))
    await expect(expectEnvAsync(bad)).rejects.toThrow(
      new Error(describeReport(await checkEnvAsync(bad))),
    )
  })
})

describe('games that promise their answers', () => {
  const masked = () => far(countGame({ actionMask: () => [1, 0, 1] }))
  const games: Readonly<Record<string, () => Promise<unknown>>> = {
    'of a maker': () => fromGymAsync('pole', () => far(cartPoleGame())),
    'a single game': () => fromGymAsync('pole', [far(cartPoleGame())]),
    'that go back by replay': () => fromGymAsync('wind', () => far(windGame()), { replay: true }),
    'that make snapshots': () => fromGymAsync('wind', () => far(windGame(newLog(), true))),
    'with masks': () => fromGymAsync('count', masked),
  }

  test.each(Object.entries(games))('keep the laws: %s', async (_, make) => {
    const env = (await make()) as AsyncEnvironment<unknown>
    expect(problems(await checkEnvAsync(env, { steps: 40 }))).toEqual([])
  })

  test('that cannot go back are played in one game, and its states are not tried out', async () => {
    const log = newLog()
    const pole = await fromGymAsync('pole', () => far(cartPoleGame(log)))
    const { laws } = await checkEnvAsync(pole)
    expect(log.made).toHaveLength(1)
    expect(laws.find(({ id }) => id === 'replay')!.ok).toBe(true)
    expect(laws.find(({ id }) => id === 'plain')!.ok).toBeNull()
  })

  test('that are not decided by seed and actions are found out', async () => {
    let draw = 1
    const step: AsyncGym<Discrete<3>>['step'] = async () => {
      draw = lcg(draw)
      return [[(draw % 1000) / 1000, 0], 1, draw % 5 === 0, false, {}]
    }
    const drift = await fromGymAsync('drift', () => ({ ...far(countGame()), step }))
    const report = await checkEnvAsync(drift)
    expect(problems(report)).toEqual([
      ['replay', expect.stringMatching(/^episode 0, step 0, again: .*, then /)],
    ])
  })
})
