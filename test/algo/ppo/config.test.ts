import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import {
  decodeConfig,
  describeMistakes,
  parts,
  presets,
  type Mistake,
  type PpoConfig,
} from '../../../src/algo/ppo/index.ts'
import { cartPole } from '../../../src/env/index.ts'

const good: PpoConfig = presets.cleanrl

const mistakesIn = (input: unknown): readonly Mistake[] => {
  const decoded = decodeConfig(input)
  return E.isLeft(decoded) ? decoded.left : []
}

describe('decodeConfig', () => {
  test('gives a good config back', () => {
    expect(decodeConfig(good)).toEqual(E.right(good))
    expect(decodeConfig(JSON.parse(JSON.stringify(good)))).toEqual(E.right(good))
  })

  const WHOLE = 'a whole number >= 1'
  const UNIT = 'a number from 0 to 1'
  const POSITIVE = 'a number > 0'
  const DECAY = 'a number from 0 to 0.9999999'
  test.each<[path: string, got: unknown, expected: string]>([
    ['envs', 0, WHOLE],
    ['envs', 2.5, WHOLE],
    ['envs', '4', WHOLE],
    ['steps', -1, WHOLE],
    ['totalSteps', Infinity, WHOLE],
    ['totalSteps', 2 ** 53, WHOLE],
    ['epochs', NaN, WHOLE],
    ['minibatches', null, WHOLE],
    ['gamma', 1.5, UNIT],
    ['gamma', NaN, UNIT],
    ['lambda', -0.1, UNIT],
    ['clip', 0, POSITIVE],
    ['valueClip', 0, 'a number > 0 or null'],
    ['entropyCoef', -1, 'a number >= 0'],
    ['valueCoef', -1, 'a number >= 0'],
    ['maxGradNorm', 0, POSITIVE],
    ['learningRate', Infinity, POSITIVE],
    ['learningRateSchedule', 'cosine', 'one of constant, linear, progress, adaptive'],
    ['adam.beta1', 1, DECAY],
    ['adam.beta2', -0.5, DECAY],
    ['adam.epsilon', 0, POSITIVE],
    ['advantage.normalise', 'always', 'one of minibatch, batch, none'],
    ['advantage.ddof', 2, 'one of 0, 1'],
    ['advantage.epsilon', -1e-9, 'a number >= 0'],
    ['hidden', 64, 'a list of up to 100 whole numbers >= 1'],
    ['gain.hidden', 0, POSITIVE],
    ['gain.policy', -1, POSITIVE],
    ['gain.value', '1', POSITIVE],
  ])('%s = %j is the one mistake, and says what is expected', (path, got, expected) => {
    const [room, field] = path.split('.') as [keyof PpoConfig, string | undefined]
    const inner = good[room]
    const value = field === undefined ? got : { ...(inner as object), [field]: got }
    expect(mistakesIn({ ...good, [room]: value })).toEqual([{ path, expected, got }])
  })

  test('a wrong size of a layer is a mistake at its place in hidden', () => {
    expect(mistakesIn({ ...good, hidden: [64, 0] }).map(({ path }) => path)).toEqual(['hidden.1'])
  })

  test('a field that is missing is a mistake with nothing in it', () => {
    const { clip: _, ...without } = good
    const mistakes = mistakesIn(without)
    expect(mistakes).toEqual([{ path: 'clip', expected: POSITIVE, got: undefined }])
    expect(describeMistakes(mistakes)).toBe('clip: expected a number > 0, got nothing')
  })

  test('every wrong field is listed at once, inner ones too', () => {
    const wrong = {
      ...good,
      envs: 0,
      gamma: 2,
      valueClip: 'no',
      adam: { ...good.adam, epsilon: -1 },
      advantage: { ...good.advantage, normalise: 'always', ddof: 3 },
      gain: { hidden: 1, policy: 1 },
    }
    expect(mistakesIn(wrong).map(({ path }) => path)).toEqual([
      'envs',
      'gamma',
      'advantage.normalise',
      'advantage.ddof',
      'valueClip',
      'adam.epsilon',
      'gain.value',
    ])
  })

  test.each([null, undefined, 7, 'cleanrl', []])('%j is no config', (input) => {
    expect(mistakesIn(input).length).toBeGreaterThan(0)
  })

  test('the ends of each range are inside', () => {
    const edge: PpoConfig = {
      ...good,
      gamma: 1,
      lambda: 0,
      entropyCoef: 0,
      valueCoef: 0,
      valueClip: null,
      hidden: [],
      adam: { ...good.adam, beta1: 0, beta2: 0 },
    }
    expect(decodeConfig(edge)).toEqual(E.right(edge))
  })

  describe('sees what fields do to each other', () => {
    test('minibatches divide the batch', () => {
      expect(mistakesIn({ ...good, minibatches: 5 })).toEqual([
        { path: 'minibatches', expected: 'a divisor of envs · steps = 512', got: 5 },
      ])
    })

    test('a minibatch of one sample has nothing to whiten, and needs nothing where nothing is whitened', () => {
      expect(mistakesIn({ ...good, minibatches: 512 }).map(({ path }) => path)).toEqual([
        'minibatches',
      ])
      expect(mistakesIn({ ...good, minibatches: 256 })).toEqual([])
      const plain = { ...good.advantage, normalise: 'none' }
      expect(mistakesIn({ ...good, minibatches: 512, advantage: plain, shards: 1 })).toEqual([])
    })

    test('every shard of a minibatch has a sample', () => {
      expect(mistakesIn({ ...good, shards: 128 })).toEqual([])
      expect(mistakesIn({ ...good, shards: 129 })).toEqual([
        { path: 'shards', expected: 'at most the 128 samples of a minibatch', got: 129 },
      ])
    })

    test('a run has room for one update', () => {
      expect(mistakesIn({ ...good, totalSteps: 511 })).toEqual([
        { path: 'totalSteps', expected: 'at least one update of envs · steps = 512', got: 511 },
      ])
      expect(mistakesIn({ ...good, totalSteps: 512 })).toEqual([])
    })

    test('both at once', () => {
      const wrong = { ...good, minibatches: 5, totalSteps: 1 }
      expect(mistakesIn(wrong).map(({ path }) => path)).toEqual(['minibatches', 'totalSteps'])
    })
  })
})

describe('parts', () => {
  test('throws all mistakes in one line', () => {
    expect(() => parts({ ...good, envs: 0, gamma: 1.5 }, cartPole)).toThrow(
      new RangeError(
        'envs: expected a whole number >= 1, got 0; gamma: expected a number from 0 to 1, got 1.5',
      ),
    )
    expect(() => parts({ ...good, minibatches: 5 }, cartPole)).toThrow(
      new RangeError('minibatches: expected a divisor of envs · steps = 512, got 5'),
    )
  })
})
