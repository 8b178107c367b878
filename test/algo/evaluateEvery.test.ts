import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { algorithmNames, algorithms } from '../../src/algo/algorithm.ts'
import { evaluate } from '../../src/algo/evaluate.ts'
import { evaluateEvery, evaluationKey, isEvaluationDue } from '../../src/algo/evaluateEvery.ts'
import { cartPole, discrete, type Discrete, type Environment } from '../../src/env/index.ts'
import { foldIn, key, split } from '../../src/random/index.ts'
import { meanInterval } from '../../src/rl/meanInterval.ts'
import { mean, meanStd } from '../../src/rl/meanStd.ts'
import { addressOf } from '../../src/tensor/check.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { small, smallOf } from '../support/runs.ts'

const count = fc.integer({ min: 1, max: 500 })

describe('an evaluation is due', () => {
  test.prop([count, count, count])(
    'after the first update at or past each multiple of so many steps, and after no other',
    (every, perUpdate, update) => {
      const due = Array.from({ length: update }, (_, i) => i + 1).filter((u) =>
        isEvaluationDue({ every }, perUpdate, u),
      )
      const first = new Set<number>()
      for (let at = every; at <= update * perUpdate; at += every)
        first.add(Math.ceil(at / perUpdate))
      expect(due).toEqual([...first])
    },
  )
})

describe.each(algorithmNames)('a run of %s', (name) => {
  const algorithm = algorithms[name]
  const parts = algorithm.parts(smallOf[name], cartPole)
  const start = algorithm.init(parts, key(7))
  const plan = { every: 60, episodes: 3 }

  test('learns the same bits where it is evaluated, by what separate episodes earn', () => {
    const evaluateAt = evaluateEvery(plan, parts, key(7))
    const plain = [...algorithm.train(smallOf[name], parts, start)]
    const seen: unknown[] = []
    let i = 0
    for (const step of algorithm.train(smallOf[name], parts, start)) {
      const evaluated = evaluateAt(step[1])
      expectSameBits(step, plain[i++])
      if (evaluated === null) continue
      const episodes = evaluate(cartPole, parts.policy, step[1].learner, {
        key: evaluationKey(key(7), step[1].update),
        episodes: 3,
        act: 'mode',
      })
      const returns = episodes.map((episode) => episode.return)
      const { mean: evalReturn, std: evalStd } = meanStd(returns)
      const [evalLow, evalHigh] = meanInterval(returns)
      const evalLength = mean(episodes.map(({ length }) => length))
      expect(evaluated).toEqual({ evalReturn, evalStd, evalLow, evalHigh, evalLength })
      seen.push(step[1].update)
    }
    // 48 steps an update
    expect(seen).toEqual([2, 3, 4, 5])
  })
})

describe('an evaluation', () => {
  const parts = algorithms.ppo.parts(small, cartPole)
  const state = { ...algorithms.ppo.init(parts, key(1)), update: 2 }
  const plan = { every: 96, episodes: 4 }

  test('is a function of the state, which it leaves as it is', () => {
    expectPure(evaluateEvery(plan, parts, key(1)), state)
  })

  test('plays other episodes after other updates and with other seeds', () => {
    const keys = [evaluationKey(key(1), 2), evaluationKey(key(1), 4), evaluationKey(key(2), 2)]
    const drawn = [...keys, ...split(key(1), 3), foldIn(key(1), 2)].map(({ words }) => words.join())
    expect(new Set(drawn).size).toBe(drawn.length)
  })

  test('ends although the environment never does', () => {
    const endless: Environment<number, Discrete<2>> = {
      name: 'endless',
      observationSpace: cartPole.observationSpace,
      actionSpace: discrete(2),
      init: () => 0,
      step: () => (state) => [{ reward: 1, terminated: false, truncated: false }, state],
      observe: () => [0, 0, 0, 0],
    }
    const played = evaluateEvery(
      { ...plan, longest: 17 },
      algorithms.ppo.parts(small, endless),
      key(1),
    )(state)
    expect(played).toMatchObject({ evalReturn: 17, evalLength: 17, evalStd: 0 })
  })

  test('says after which update an environment gave an invalid answer', () => {
    const broken: typeof cartPole = {
      ...cartPole,
      step: (action, key) => (state) => {
        const [outcome, next] = cartPole.step(action, key)(state)
        return [{ ...outcome, reward: NaN }, next]
      },
    }
    try {
      evaluateEvery(plan, algorithms.ppo.parts(small, broken), key(1))(state)
      expect.fail('it went on')
    } catch (error) {
      expect((error as Error).message).toMatch(
        /^evaluation after update 2: cartpole: step 0: reward/,
      )
      expect(addressOf(error)).toMatchObject({ update: 2, environment: 'cartpole', env: 0 })
    }
  })

  test.each([
    ['every', 0],
    ['episodes', 1.5],
    ['longest', 0],
  ])('refuses a plan whose %s is %d', (name, x) => {
    expect(() => evaluateEvery({ ...plan, [name]: x }, parts, key(1))).toThrow(
      `${name}: expected a whole number >= 1, got ${x}`,
    )
  })
})
