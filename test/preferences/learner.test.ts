import { describe, expect, test } from 'vitest'
import { ppo } from '../../src/index.ts'
import { cleanrl } from '../../src/algo/ppo/knownPresets.ts'
import { cartPole } from '../../src/env/cartPole.ts'
import type { Environment } from '../../src/env/environment.ts'
import { box } from '../../src/env/space.ts'
import { timeLimit } from '../../src/env/wrapper/timeLimit.ts'
import { preferencesConfig } from '../../src/preferences/config.ts'
import { trainOnPreferences, type PreferencesState } from '../../src/preferences/learner.ts'
import { synthetic, type BlindLabeller, type Labeller } from '../../src/preferences/labeller.ts'
import { key } from '../../src/random/key.ts'
import { data, toArray } from '../../src/tensor/tensor.ts'
import { expectClose } from '../support/centralDifference.ts'

/** A point that its action pushes; the environment pays what it is told to. */
const line = (pay: (x: number) => number) =>
  timeLimit(16)({
    name: 'line',
    observationSpace: box(1, [-10], [10]),
    actionSpace: box(1, [-1], [1]),
    init: () => 0,
    step:
      ([push]) =>
      (x) => {
        const next = x + 0.5 * Math.max(-1, Math.min(1, push!))
        return [{ reward: pay(next), terminated: false, truncated: false }, next]
      },
    observe: (x) => [x],
  } satisfies Environment<number, ReturnType<typeof box<1>>>)

const ppoConfig = {
  ...cleanrl,
  envs: 4,
  steps: 32,
  totalSteps: 4 * 32 * 12,
  minibatches: 2,
  epochs: 4,
  learningRate: 1e-2,
  hidden: [8],
  gamma: 0.9,
}

const config = {
  ...preferencesConfig,
  clip: 4,
  labels: 60,
  every: 3,
  hidden: [8],
  reference: 32,
  fit: { ...preferencesConfig.fit, steps: 40, batch: 16, learningRate: 1e-2 },
}

/** Likes the point far to the right, by what is seen. */
const rightwards: BlindLabeller = {
  reads: 'clip',
  label: (pairs) =>
    pairs.map(({ first, second }) =>
      data(first.observation)[3]! > data(second.observation)[3]! ? 'first' : 'second',
    ),
}

const learn = <S>(
  env: Environment<S>,
  labeller: Labeller,
  {
    how = 'wasm',
    asked = config,
  }: { readonly how?: 'js' | 'wasm'; readonly asked?: typeof config } = {},
) => {
  const parts = ppo.parts(ppoConfig, env, how)
  const { init, train } = trainOnPreferences(asked, parts, labeller, how)
  const start = init(ppo.init(parts)(key(1)), key(2))
  return { start, updates: [...train(start)], train }
}

const bits = <S>({ run, ensemble, preferences }: PreferencesState<S>) => ({
  policy: toArray(run.learner.params.flat),
  networks: ensemble.members.map(({ params }) => toArray(params.flat)),
  preferences: preferences.map(({ chosen }) => toArray(chosen.observation)),
})

const last = <T>(all: readonly T[]): T => all[all.length - 1]!

describe('learning from preferences', () => {
  const { start, updates, train } = learn(
    line(() => 0),
    rightwards,
  )
  const [, end] = last(updates)

  test('finds what is preferred where the environment pays nothing', () => {
    const rewards = updates.map(([{ predictedReward }]) => predictedReward)
    expect(rewards.every(Number.isFinite)).toBe(true)
    const seen = end.history.slice(-32).flatMap(({ observation }) => toArray(observation))
    const before = start.history.flatMap(({ observation }) => toArray(observation))
    const mean = (x: readonly number[]) => x.reduce((a, b) => a + b, 0) / x.length
    expect(mean(seen)).toBeGreaterThan(mean(before) + 1)
  })

  test('asks for a share of the labels first, the rest in rounds, and no more than all', () => {
    const rounds = updates.flatMap(([{ update, round }]) =>
      round === null ? [] : { update, round },
    )
    expect(rounds.map(({ update }) => update)).toStrictEqual([1, 4, 7, 10])
    expect(rounds.map(({ round }) => round.labels)).toStrictEqual([12, 28, 44, 60])
    expect(end.preferences).toHaveLength(60)
    for (const { round } of rounds) {
      expect(round.foreseen).toBeGreaterThanOrEqual(0)
      expect(round.foreseen).toBeLessThanOrEqual(1)
      expect(Number.isFinite(round.loss)).toBe(true)
    }
  })

  test('follows from its seeds, to the same bits on js and wasm', () => {
    const again = learn(
      line(() => 0),
      rightwards,
      { how: 'js' },
    )
    expect(bits(last(again.updates)[1])).toStrictEqual(bits(end))
  })

  test('goes on from any of its states to the same bits, and changes none', () => {
    const [, middle] = updates[5]!
    const before = structuredClone(bits(middle))
    expect(bits(last([...train(middle)])[1])).toStrictEqual(bits(end))
    expect(bits(middle)).toStrictEqual(before)
  })

  test('learns nothing from what the environment pays, unless the labeller is synthetic', () => {
    const pays = line((x) => -100 * x)
    expect(bits(last(learn(pays, rightwards).updates)[1])).toStrictEqual(bits(end))
    const [, other] = last(learn(pays, synthetic()).updates)
    const seen = other.history.slice(-32).flatMap(({ observation }) => toArray(observation))
    expect(seen.reduce((a, b) => a + b, 0)).toBeLessThan(0)
  })

  test('continues without labels, with unfitted networks', () => {
    const { updates: all } = learn(
      line(() => 0),
      rightwards,
      { asked: { ...config, labels: 0 } },
    )
    expect(all).toHaveLength(updates.length)
    expect(all.every(([{ round }]) => round === null)).toBe(true)
    expect(last(all)[1].ensemble).toStrictEqual(start.ensemble)
  })

  test('asks for all labels where there are fewer of them than rounds', () => {
    const { updates: all } = learn(
      line(() => 0),
      rightwards,
      { asked: { ...config, labels: 3, every: 1 } },
    )
    const labels = all.flatMap(([{ update, round }]) =>
      round === null ? [] : [[update, round.labels]],
    )
    expect(labels).toStrictEqual([
      [1, 1],
      [7, 2],
      [12, 3],
    ])
  })

  test('counts pairs that were skipped as asked, and does not ask again', () => {
    const { updates: all } = learn(
      line(() => 0),
      { reads: 'clip', label: (pairs) => pairs.map(() => null) },
    )
    const [{ round }, state] = all[0]!
    expect(round).toMatchObject({ labels: 0, foreseen: NaN, loss: NaN })
    expect(last(all)[1]).toMatchObject({ asked: 60, rounds: 4, preferences: [] })
    expect(state.ensemble).toStrictEqual(start.ensemble)
  })
})

describe('where episodes terminate', () => {
  const parts = ppo.parts(ppoConfig, cartPole, 'js')
  const asked = { ...config, clip: 16, labels: 20 }
  const { init, train } = trainOnPreferences(asked, parts, synthetic(), 'js')

  test('"episode over" is worth 0 once clips with an end were compared, and steps more', () => {
    const [[metrics, state]] = [...train(init(ppo.init(parts)(key(3)), key(4)))].slice(-1) as [
      ReturnType<typeof train> extends Generator<infer U, void> ? U : never,
    ]
    expect(state.preferences.some(({ chosen }) => chosen.terminated)).toBe(true)
    // Of two clips, the one that stays up longer is paid more.
    expect(metrics.predictedReward).toBeGreaterThan(0)
  })

  test('clips that are longer than all that was seen are an error', () => {
    const long = trainOnPreferences(
      { ...asked, clip: 1000 },
      ppo.parts(
        ppoConfig,
        line(() => 0),
        'js',
      ),
      synthetic(),
    )
    expect(() =>
      long.init(
        ppo.init(
          ppo.parts(
            ppoConfig,
            line(() => 0),
            'js',
          ),
        )(key(1)),
        key(1),
      ),
    ).toThrow('clip: expected clips so short')
  })
})

test('the prediction replaces the reward of every step', () => {
  const parts = ppo.parts(
    ppoConfig,
    line((x) => x),
    'js',
  )
  const { init, train } = trainOnPreferences(config, parts, rightwards, 'js')
  const [first] = train(init(ppo.init(parts)(key(1)), key(2)))
  const other = ppo.parts(
    ppoConfig,
    line((x) => -x),
    'js',
  )
  const again = trainOnPreferences(config, other, rightwards, 'js')
  const [second] = again.train(again.init(ppo.init(other)(key(1)), key(2)))
  expectClose(first![0].predictedReward, second![0].predictedReward, 0, 0)
  expect(first![0].valueLoss).toBe(second![0].valueLoss)
})
