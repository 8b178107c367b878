import { describe, expect, test } from 'vitest'
import {
  actionClip,
  actionScale,
  autoReset,
  episodeStatistics,
  frameStack,
  fromGym,
  fromGymAsync,
  normalise,
  normaliseByBounds,
  rewardScale,
  timeLimit,
  vectorise,
  vectoriseAsync,
  type AsyncEnvironment,
  type AutoResetMode,
  type Box,
  type Environment,
  type EnvActions,
} from '../../../src/env/index.ts'
import { foldIn, key } from '../../../src/random/index.ts'
import { own } from '../../../src/tensor/tensor.ts'
import { expectSameBits } from '../../law/purity.ts'
import { countGame, far, newLog, windGame, windTwin } from '../../support/games.ts'

const pushes = (t: number): EnvActions =>
  own(['env', 'action'], [3, 1], Float64Array.of(Math.sin(t), 1.5, -0.25 * (t % 3)))

/** Everything that is seen of three environments in 40 steps. */
const live = <S>(env: Environment<S>): readonly unknown[] => {
  const worlds = vectorise(env, 3, 'f64')
  let world = worlds.init(key(3))
  const seen: unknown[] = [env.observationSpace, env.actionSpace, world.observation]
  for (let t = 0; t < 40; t++) {
    const [batch, next] = worlds.step(pushes(t))(world)
    seen.push(batch, next.observation)
    world = next
  }
  return seen
}

const liveLater = async <S>(env: AsyncEnvironment<S>): Promise<readonly unknown[]> => {
  const worlds = vectoriseAsync(env, 3, 'f64')
  let world = await worlds.init(key(3))
  const seen: unknown[] = [env.observationSpace, env.actionSpace, world.observation]
  for (let t = 0; t < 40; t++) {
    const [batch, next] = await worlds.step(pushes(t))(world)
    seen.push(batch, next.observation)
    world = next
  }
  return seen
}

interface Wrapping {
  readonly now: (env: Environment<unknown, Box<1>>) => Environment<unknown>
  readonly later: (env: AsyncEnvironment<unknown, Box<1>>) => AsyncEnvironment<unknown>
}

const all: Readonly<Record<string, Wrapping>> = {
  timeLimit: {
    now: (env) => timeLimit(7)(env) as Environment<unknown>,
    later: (env) => timeLimit(7)(env) as AsyncEnvironment<unknown>,
  },
  frameStack: {
    now: (env) => frameStack(3)(env) as Environment<unknown>,
    later: (env) => frameStack(3)(env) as AsyncEnvironment<unknown>,
  },
  episodeStatistics: {
    now: (env) => episodeStatistics(env) as Environment<unknown>,
    later: (env) => episodeStatistics(env) as AsyncEnvironment<unknown>,
  },
  'autoReset, nextStep': {
    now: (env) => timeLimit(30)(autoReset('nextStep')(env)) as Environment<unknown>,
    later: (env) => timeLimit(30)(autoReset('nextStep')(env)) as AsyncEnvironment<unknown>,
  },
  rewardScale: { now: rewardScale(0.3), later: rewardScale(0.3) },
  normalise: {
    now: normalise({ mean: [1, 2], std: [3, 0.5], clip: 2 }),
    later: normalise({ mean: [1, 2], std: [3, 0.5], clip: 2 }),
  },
  normaliseByBounds: { now: normaliseByBounds, later: normaliseByBounds },
  actionClip: {
    now: (env) => actionClip(env),
    later: (env) => actionClip(env),
  },
  actionScale: {
    now: (env) => actionScale({ low: -2, high: 2 })(env),
    later: (env) => actionScale({ low: -2, high: 2 })(env),
  },
  'several, one around the other': {
    now: (env) => frameStack(2)(timeLimit(5)(rewardScale(2)(env))) as Environment<unknown>,
    later: (env) => frameStack(2)(timeLimit(5)(rewardScale(2)(env))) as AsyncEnvironment<unknown>,
  },
}

describe.each(Object.entries(all))('%s', (_, { now, later }) => {
  test('around an environment of promises shows the same bits as around one that answers at once', async () => {
    const pure = live(now(windTwin as Environment<unknown, Box<1>>))
    const log = newLog()
    const wind = await fromGymAsync('wind', () => far(windGame(log)))
    expectSameBits(await liveLater(later(wind as AsyncEnvironment<unknown, Box<1>>)), pure)
    expect(log.made).toHaveLength(3)
  })
})

describe.each(['sameStep', 'nextStep'] as const)('autoReset(%s)', (mode: AutoResetMode) => {
  test('begins the same episodes when it has to wait for them', async () => {
    const now = autoReset(mode)(windTwin)
    const log = newLog()
    const later = autoReset(mode)(await fromGymAsync('wind', () => far(windGame(log))))
    let [state, other] = [now.init(key(4)), await later.init(key(4))]
    for (let t = 0; t < 60; t++) {
      const [outcome, next] = now.step([0.1], foldIn(key(5), t))(state)
      const [told, after] = await later.step([0.1], foldIn(key(5), t))(other)
      expectSameBits([told, later.observe(after)], [outcome, now.observe(next)])
      ;[state, other] = [next, after]
    }
    expect(log.made).toHaveLength(1)
  })
})

describe('a time limit around games', () => {
  test.each([
    ['that are made', (log: ReturnType<typeof newLog>) => () => far(windGame(log))],
    [
      'of a list as long as there are environments',
      (log: ReturnType<typeof newLog>) => Array.from({ length: 3 }, () => far(windGame(log))),
    ],
  ])('%s leaves none of them behind in an episode that it cuts off', async (_, games) => {
    const log = newLog()
    await liveLater(timeLimit(2)(await fromGymAsync('wind', games(log))))
    expect(log.made).toHaveLength(3)
  })

  test('that answer at once leaves none behind either', () => {
    const log = newLog()
    live(timeLimit(2)(fromGym('wind', () => windGame(log))))
    expect(log.made).toHaveLength(3)
    expect(log.steps).toHaveLength(3 * 40)
  })
})

describe('a mask', () => {
  test('is seen through wrappers around promises', async () => {
    const masked = () => far(countGame({ actionMask: () => [true, false, true] }))
    const count = await fromGymAsync('count', masked)
    for (const env of [timeLimit(3)(count), autoReset('nextStep')(count), frameStack(2)(count)]) {
      const worlds = vectoriseAsync(env as AsyncEnvironment<unknown>, 1)
      const { buffer } = worlds.actionMask(await worlds.init(key(1)))!
      expect([...(buffer as Uint8Array)]).toEqual([1, 0, 1])
    }
  })
})

describe('what is released', () => {
  test('is the last state of each episode, as the wrapped environment knows it', async () => {
    const told: unknown[] = []
    const wind = { ...windTwin, release: (state: unknown) => told.push(state) }
    const worlds = vectorise(timeLimit(4)(frameStack(2)(episodeStatistics(wind))), 1, 'f64')
    let world = worlds.init(key(3))
    const action = own(['env', 'action'] as ['env', 'action'], [1, 1], Float64Array.of(0))
    const last: unknown[] = []
    for (let t = 0; t < 20; t++) {
      const [{ episodes, nextObservation }, next] = worlds.step(action)(world)
      if (episodes.length > 0)
        last.push(Array.from(nextObservation.buffer as Float64Array).slice(2))
      world = next
    }
    expect(last.length).toBeGreaterThan(3)
    expect(told.map((state) => windTwin.observe(state as never))).toEqual(last)
  })

  test('and what throws there is an error with an address', () => {
    const release = () => {
      throw new TypeError('boom')
    }
    const worlds = vectorise({ ...timeLimit(1)(windTwin), release }, 3, 'f64')
    expect(() => worlds.step(pushes(0))(worlds.init(key(1)))).toThrow(
      'release[env=0]: expected the environment to return, it threw TypeError: boom',
    )
  })
})
