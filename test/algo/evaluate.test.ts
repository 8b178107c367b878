import { describe, expect, test } from 'vitest'
import { evaluate } from '../../src/algo/evaluate.ts'
import { box, cartPole, timeLimit, type Box, type Environment } from '../../src/env/index.ts'
import { js } from '../../src/kernel/js/js.ts'
import { key } from '../../src/random/index.ts'
import { of, toArray } from '../../src/tensor/index.ts'
import { expectPure } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { begin, small } from '../support/runs.ts'
import { bandit, dice, pension } from '../support/worlds.ts'

const f32 = <S>(env: Environment<S>) => begin(env, 3, small, js.f32)

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

  test('takes the first episode of each world, so that short ones count no more than long ones', () => {
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
    const best = toArray(policy.mode(dist))[0]!
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
    // One step that pays the number that the world is handed, from −2 to 6.
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
      const a = toArray(policy.mode(dist))[0]!
      const options = { key: key(1), episodes: 1, act: 'mode' } as const
      const [episode] = evaluate(told, policy, { params, normaliser: null }, options)
      return [a, episode!.return] as const
    }
    const [clipped, squashed] = [paid('clip'), paid('squash')]
    expect(clipped[1]).toBe(clipped[0])
    expectClose(squashed[1], 2 + 4 * squashed[0], 1e-12, 1e-12)
  })

  test('another key meets other worlds; nothing is changed', () => {
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
})
