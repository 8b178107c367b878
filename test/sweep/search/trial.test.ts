import { fc, test } from '@fast-check/vitest'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect } from 'vitest'
import { algorithmNames, algorithms } from '../../../src/algo/algorithm.ts'
import { settings as fieldsOf } from '../../../src/algo/settings.ts'
import { presets, presetsOf } from '../../../src/builtin/presets.ts'
import { env, random } from '../../../src/index.ts'
import { trialKey } from '../../../src/sweep/search/halving.ts'
import { searchSpace } from '../../../src/sweep/search/space.ts'
import { trialOf, valueAt } from '../../../src/sweep/search/trial.ts'

const start = presets.cleanrl
const space = searchSpace(start, env.cartPole, ['epochs'])
const trial = (index: number, seed = 1) =>
  trialOf(trialKey(seed), index, 'ppo', start, space, 50_000)

describe('the search space', () => {
  test('of continuous actions has the size of their noise, that of choices none', () => {
    const paths = (space: ReturnType<typeof searchSpace>) => space.map(({ path }) => path)
    expect(paths(searchSpace(start, env.pendulum, []))).toContain('logStd.init')
    expect(paths(searchSpace(start, env.cartPole, []))).not.toContain('logStd.init')
    const table = { observationSpace: env.discrete(3), actionSpace: env.discrete(2) }
    expect(paths(searchSpace(start, table, []))).not.toContain('normalise.observation')
    expect(paths(searchSpace(start, env.cartPole, []))).toContain('normalise.observation')
  })

  test('leaves out what the user has set, and what the algorithm has not', () => {
    const paths = space.map(({ path }) => path)
    expect(paths).not.toContain('epochs')
    expect(paths).not.toContain('valueLearningRate')
    expect(paths).not.toContain('maxKl')
    expect(
      searchSpace(presetsOf.trpo['cartpole']!, env.cartPole, []).map(({ path }) => path),
    ).toEqual(expect.arrayContaining(['maxKl', 'valueLearningRate', 'gamma']))
  })

  test.prop([fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })])(
    'gives values between its ends',
    (u) => {
      const value = valueAt({ kind: 'logUniform', path: 'x', low: 1e-4, high: 0.1 }, u)
      expect(value).toBeGreaterThanOrEqual(1e-4)
      expect(value).toBeLessThanOrEqual(0.1)
      const gamma = valueAt({ kind: 'oneMinusLogUniform', path: 'x', low: 1e-3, high: 0.1 }, u)
      expect(gamma).toBeGreaterThanOrEqual(0.9)
      expect(gamma).toBeLessThanOrEqual(0.999)
    },
  )

  test('draws logarithms evenly', () => {
    const at = (u: number) => valueAt({ kind: 'logUniform', path: 'x', low: 1e-4, high: 1 }, u)
    expect([0, 0.25, 0.5, 0.75].map(at)).toEqual([1e-4, 1e-3, 0.01, 0.1])
  })
})

describe('a trial', () => {
  test('of index 0 is the preset, and any other depends only on seed and index', () => {
    expect(trial(0).settings).toBe(start)
    expect(trial(5)).toEqual(trial(5))
    const drawn = Array.from({ length: 20 }, (_, i) => JSON.stringify(trial(i + 1).settings))
    expect(new Set(drawn).size).toBe(20)
    expect(trial(5, 2)).not.toEqual(trial(5))
  })

  test('changes no other field than those of the space', () => {
    const before = new Map(fieldsOf(start))
    const paths = new Set(space.map(({ path }) => path))
    for (let i = 1; i < 20; i++)
      for (const [path, value] of fieldsOf(trial(i).settings))
        if (!paths.has(path)) expect(value).toBe(before.get(path))
  })

  test.each(algorithmNames)('of %s can be learned by, in enough updates', (algorithm) => {
    const begin = Object.values(presetsOf[algorithm])[0]!
    const all = searchSpace(begin, env.pendulum, [])
    for (let i = 1; i < 20; i++) {
      const { settings } = trialOf(random.key(3), i, algorithm, begin, all, 20_000)
      expect(E.isRight(algorithms[algorithm].decode({ ...settings, totalSteps: 20_000 }))).toBe(
        true,
      )
      expect(20_000 / (settings.envs * settings.steps)).toBeGreaterThanOrEqual(4)
    }
  })

  test('is refused where no draw has enough updates', () => {
    expect(() => trialOf(random.key(1), 1, 'ppo', start, space, 100)).toThrow(
      'steps: expected enough for 4 updates of some settings in the shortest run, got 100',
    )
  })
})
