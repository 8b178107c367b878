import { describe, expect, test } from 'vitest'
import { policyFor, type Policy, type PolicyParams } from '../../src/algo/policy.ts'
import { evaluate, evaluation, type EvaluateOptions } from '../../src/algo/evaluate.ts'
import {
  box,
  cartPole,
  choices,
  timeLimit,
  vectorise,
  type Box,
  type Discrete,
  type Environment,
  type Episode,
} from '../../src/env/index.ts'
import { js } from '../../src/kernel/js/js.ts'
import { backend } from '../../src/kernel/index.ts'
import { foldIn, key, split } from '../../src/random/index.ts'
import { addressOf } from '../../src/tensor/check.ts'
import { of, toArray } from '../../src/tensor/index.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { begin, small } from '../support/runs.ts'
import { closing, spaceNames, spaces, walk } from '../support/spaces.ts'
import { bandit, dice, pension } from '../support/worlds.ts'

const f32 = <S>(env: Environment<S>) => begin(env, 3, small, js.f32)

/** All environments go on, restarted, until the last one has ended its first episode. */
const withoutRest = <S>(
  env: Environment<S>,
  policy: Policy,
  params: PolicyParams,
  { key, episodes, act }: EvaluateOptions,
): readonly Episode[] => {
  const [worldKey, actKey] = split(key, 2)
  const worlds = vectorise(env, episodes, policy.machine.dtype, policy.bound)
  const first = new Map<number, Episode>()
  let world = worlds.init(worldKey)
  for (let t = 0; first.size < episodes; t++) {
    const [{ dist }] = policy.forward(params, world.observation, worlds.actionMask(world))
    const action = act === 'mode' ? dist.mode() : dist.sample(foldIn(actKey, t))
    const [{ episodes: ended }, next] = worlds.step(action)(world)
    for (const episode of ended) if (!first.has(episode.env)) first.set(episode.env, episode)
    world = next
  }
  return Array.from({ length: episodes }, (_, i) => first.get(i)!)
}

interface Count {
  readonly world: number
  readonly elapsed: number
}

/** Environment i, told from others by what it shows, ends after 3 i + 1 steps; `pay` is what a step pays. */
const countdown = (
  pay: (world: number, elapsed: number) => number,
  told: (world: number) => void = () => {},
): Environment<Count, Discrete<2>> => {
  let worlds = 0
  return {
    name: 'countdown',
    actionSpace: bandit.actionSpace,
    observationSpace: box(2, [0, 0], [Infinity, Infinity]),
    init: () => ({ world: worlds++, elapsed: 0 }),
    step:
      () =>
      ({ world, elapsed }) => {
        told(world)
        const after = { world, elapsed: elapsed + 1 }
        const reward = pay(world, elapsed)
        return [{ reward, terminated: elapsed === 3 * world, truncated: false }, after]
      },
    observe: ({ world, elapsed }) => [world, elapsed],
  }
}

describe('evaluate', () => {
  test('plays as many episodes as asked, each to its end', () => {
    const world = timeLimit(7)(pension)
    const { policy, params } = f32(world)
    const episodes = evaluate(
      world,
      policy,
      { params, normaliser: null },
      { key: key(1), episodes: 5, act: 'mode' },
    )
    expect(episodes).toEqual(Array.from({ length: 5 }, (_, env) => ({ env, return: 7, length: 7 })))
  })

  test('takes the first episode of each environment, so that short episodes do not count more than long ones', () => {
    const { policy, params } = f32(dice)
    const play = (episodes: number) =>
      evaluate(dice, policy, { params, normaliser: null }, { key: key(2), episodes, act: 'mode' })
    const many = play(40)
    expect(new Set(many.map(({ length }) => length)).size).toBeGreaterThan(2)
    expect(play(10)).toEqual(many.slice(0, 10))
    expect(play(40)).toEqual(many)
  })

  test('by mode does the most probable action, by sample both', () => {
    const { policy, params } = f32(bandit)
    const [{ dist }] = policy.forward(params, of(['sample', 'feature'], [1, 1], Float32Array.of(1)))
    const best = toArray(dist.mode())[0]!
    const returns = (act: 'mode' | 'sample') =>
      evaluate(
        bandit,
        policy,
        { params, normaliser: null },
        { key: key(3), episodes: 200, act },
      ).map((e) => e.return)
    expect(new Set(returns('mode'))).toEqual(new Set([best]))
    expect(new Set(returns('sample'))).toEqual(new Set([0, 1]))
  })

  test('hands on actions within bounds as in training', () => {
    // One step that pays the number that the environment is handed, from −2 to 6.
    const told: Environment<null, Box<1>> = {
      ...pension,
      actionSpace: box(1, [-2], [6]),
      step:
        ([x = 0]) =>
        () => [{ reward: x, terminated: true, truncated: false }, null],
    }
    const paid = (actionBound: 'clip' | 'squash') => {
      const { policy, params } = begin(told, 1, { ...small, actionBound }, js.f32)
      const [{ dist }] = policy.forward(params, of(['env', 'feature'], [1, 1], Float32Array.of(1)))
      const a = toArray(dist.mode())[0]!
      const options = { key: key(1), episodes: 1, act: 'mode' } as const
      const [episode] = evaluate(told, policy, { params, normaliser: null }, options)
      return [a, episode!.return] as const
    }
    const [clipped, squashed] = [paid('clip'), paid('squash')]
    expect(clipped[1]).toBe(clipped[0])
    expectClose(squashed[1], 2 + 4 * squashed[0], 1e-12, 1e-12)
  })

  test('another key meets other environments; nothing is changed', () => {
    const { policy, params } = f32(cartPole)
    const play = (seed: number) =>
      expectPure(
        (theta: typeof params) =>
          evaluate(
            cartPole,
            policy,
            { params: theta, normaliser: null },
            { key: key(seed), episodes: 8, act: 'sample' },
          ),
        params,
      )
    expect(play(1)).not.toEqual(play(2))
  })

  describe.each(
    spaceNames.flatMap((space) =>
      (['mode', 'sample'] as const).flatMap((act) =>
        (choices(spaces[space]) > 0 ? [false, true] : [false]).map((isMasked) => ({
          space,
          act,
          isMasked,
        })),
      ),
    ),
  )('$act of $space, masked: $isMasked', ({ space, act, isMasked }) => {
    test.each(['clip', 'squash'] as const)(
      'has the episodes that there are without rest, to the bit (%s)',
      (actionBound) => {
        const world = walk(spaces[space], isMasked ? closing(spaces[space]) : undefined)
        for (const kernels of [js.f64, backend('auto').machine]) {
          const policy = policyFor(kernels, world, { ...small, actionBound })
          const params = policy.init(key(4))
          const options = { key: key(5), episodes: 17, act }
          const episodes = evaluate(world, policy, { params, normaliser: null }, options)
          expectSameBits(episodes, withoutRest(world, policy, params, options))
          expect(new Set(episodes.map(({ length }) => length)).size).toBeGreaterThan(4)
        }
      },
    )
  })

  test('environments that have ended rest', () => {
    const steps = [0, 0, 0, 0]
    const { policy, params } = begin(
      countdown(() => 1),
      1,
      small,
      js.f32,
    )
    const rows: number[] = []
    const spied: Policy = {
      ...policy,
      forward: (theta, observation, open) => {
        rows.push(observation.shape[0])
        return policy.forward(theta, observation, open)
      },
    }
    const counted = countdown(
      () => 1,
      (i) => steps[i]!++,
    )
    evaluate(
      counted,
      spied,
      { params, normaliser: null },
      { key: key(1), episodes: 4, act: 'sample' },
    )
    expect(steps).toEqual([1, 4, 7, 10])
    expect(rows).toEqual([4, 3, 3, 3, 2, 2, 2, 1, 1, 1])
  })

  const paid = countdown(() => 1)
  const isAt = (world: number, elapsed: number): boolean => world === 2 && elapsed === 5
  test.each<[string, (world: Environment<Count, Discrete<2>>) => Environment<Count>, string]>([
    [
      'a reward',
      () => countdown((world, elapsed) => (isAt(world, elapsed) ? NaN : 1)),
      'reward[env=2]: expected a finite number, got NaN',
    ],
    [
      'an observation',
      (env) => ({ ...env, observe: (s) => [0, isAt(s.world, s.elapsed) ? Infinity : 0] }),
      'observation[env=2, feature=1]: expected a finite number, got Infinity',
    ],
    [
      'a mask',
      (env) => ({ ...env, actionMask: (s) => (isAt(s.world, s.elapsed) ? [true] : [true, true]) }),
      'actionMask[env=2]: expected an array of 2',
    ],
  ])('%s that cannot be is found at its own world, whoever has ended', (_, broken, place) => {
    const { policy, params } = begin(paid, 1, small, js.f32)
    const trained = { params, normaliser: null }
    const play = () =>
      evaluate(broken(countdown(() => 1)), policy, trained, {
        key: key(1),
        episodes: 3,
        act: 'mode',
      })
    expect(play).toThrow(RangeError)
    expect(play).toThrow(place)
  })
})

describe('evaluation', () => {
  test('says after each step how many have ended, and how many steps all have played', () => {
    const { policy, params } = begin(
      countdown(() => 1),
      1,
      small,
      js.f32,
    )
    const playing = evaluation(
      countdown((i) => i),
      policy,
      { params, normaliser: null },
      { key: key(1), episodes: 3, act: 'mode' },
    )
    const told: Array<readonly [ended: number, steps: number]> = []
    let next = playing.next()
    for (; next.done !== true; next = playing.next())
      told.push([next.value.ended, next.value.steps])
    expect(told).toEqual([
      [1, 3],
      [1, 5],
      [1, 7],
      [2, 9],
      [2, 10],
      [2, 11],
      [3, 12],
    ])
    expect(next.value).toEqual([
      { env: 0, return: 0, length: 1 },
      { env: 1, return: 4, length: 4 },
      { env: 2, return: 14, length: 7 },
    ])
  })

  test('of no episodes has nothing to say', () => {
    const { policy, params } = f32(dice)
    const options = { key: key(1), episodes: 0, act: 'mode' } as const
    const trained = { params, normaliser: null }
    expect(evaluation(dice, policy, trained, options).next()).toEqual({ done: true, value: [] })
    expect(evaluate(dice, policy, trained, options)).toEqual([])
  })
})

describe('what cannot be evaluated is an error with an address', () => {
  const { policy, params } = f32(pension)
  const play = (change: Partial<Environment<number>>, options: Partial<EvaluateOptions> = {}) => {
    const world = { ...timeLimit(3)(pension), ...change } as Environment<number>
    const given: EvaluateOptions = { key: key(1), episodes: 2, act: 'mode', ...options }
    return () => evaluate(world, policy, { params, normaliser: null }, given)
  }
  const errorOf = (f: () => unknown): unknown => {
    try {
      return f()
    } catch (error) {
      return error
    }
  }
  const boom = () => {
    throw new TypeError('boom')
  }

  test.each([
    ['init', 'start: init'],
    ['step', 'step 0: step'],
    ['observe', 'step 0: observe'],
  ])('an environment that throws in %s', (field, place) => {
    const error = errorOf(play({ [field]: boom }))
    expect(String(error)).toContain(`pension: ${place}[env=0]: expected the environment to return`)
    expect(addressOf(error)).toEqual({ environment: 'pension', step: 0, env: 0, field })
  })

  test.each([-1, 1.5, NaN])('%d episodes', (episodes) => {
    expect(play({}, { episodes })).toThrow(
      new RangeError(`episodes: expected a whole number >= 0, got ${episodes}`),
    )
  })

  test('another way to act', () => {
    expect(play({}, { act: 'best' as 'mode' })).toThrow(
      new RangeError('act: expected one of mode, sample, got best'),
    )
  })
})
