import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import * as a2c from '../../../src/algo/a2c/index.ts'
import { describeMistake } from '../../../src/algo/mistake.ts'
import type { Decode } from '../../../src/algo/decodeWith.ts'
import { decodeConfig, presets, type PpoConfig } from '../../../src/algo/ppo/index.ts'
import * as trpo from '../../../src/algo/trpo/index.ts'
import * as vpg from '../../../src/algo/vpg/index.ts'

const good: PpoConfig = presets.cleanrl

const linesBy =
  (decode: Decode<unknown>) =>
  (input: unknown): readonly string[] => {
    const decoded = decode(input)
    return E.isLeft(decoded) ? decoded.left.map(describeMistake) : []
  }

const lines = linesBy(decodeConfig)

/** An object that holds itself, which no text can show. */
const cycle = (): object => {
  const self: { self?: object } = {}
  self.self = self
  return self
}

/** A config with a getter in it. */
const withGetter = (get: () => unknown): object =>
  Object.defineProperty({ ...good }, 'gamma', { enumerable: true, get })

const LAYERS = 'a list of up to 100 whole numbers >= 1'

type Wrong = readonly [what: string, choices: object, ...lines: string[]]

const values: readonly Wrong[] = [
  ['null', { envs: null }, 'envs: expected a whole number >= 1, got null'],
  ['nothing', { envs: undefined }, 'envs: expected a whole number >= 1, got nothing'],
  ['a list', { steps: [128] }, 'steps: expected a whole number >= 1, got [128]'],
  ['an object', { steps: { a: 1 } }, 'steps: expected a whole number >= 1, got {"a":1}'],
  ['a text', { epochs: '4' }, 'epochs: expected a whole number >= 1, got "4"'],
  ['an empty text', { shards: '' }, 'shards: expected a whole number >= 1, got ""'],
  [
    'a text of lines',
    { shards: 'a\nb' },
    String.raw`shards: expected a whole number >= 1, got "a\nb"`,
  ],
  ['a function', { gamma: () => 1 }, 'gamma: expected a number from 0 to 1, got a function'],
  ['a symbol', { gamma: Symbol('γ') }, 'gamma: expected a number from 0 to 1, got a symbol'],
  ['a bigint', { lambda: 1n }, 'lambda: expected a number from 0 to 1, got 1n'],
  ['bigints in a list', { lambda: [1n] }, 'lambda: expected a number from 0 to 1, got an object'],
  ['NaN', { lambda: NaN }, 'lambda: expected a number from 0 to 1, got NaN'],
  ['Infinity', { clip: Infinity }, 'clip: expected a number > 0, got Infinity'],
  ['−Infinity', { entropyCoef: -Infinity }, 'entropyCoef: expected a number >= 0, got -Infinity'],
  ['−0', { clip: -0 }, 'clip: expected a number > 0, got -0'],
  ['true', { clip: true }, 'clip: expected a number > 0, got true'],
  ['a fraction', { minibatches: 2.5 }, 'minibatches: expected a whole number >= 1, got 2.5'],
  [
    'a large one',
    { totalSteps: 2 ** 53 },
    'totalSteps: expected a whole number >= 1, got 9007199254740992',
  ],
  [
    'a boxed one',
    { clip: Object(1) as object },
    'clip: expected a number > 0, got an object (Number)',
  ],
  ['a date', { clip: new Date(0) }, 'clip: expected a number > 0, got an object (Date)'],
  [
    'a map',
    { adam: new Map() },
    'adam: expected an object of beta1, beta2, epsilon, epsilonPlacement, got an object (Map)',
  ],
  ['a circle', { clip: cycle() }, 'clip: expected a number > 0, got an object'],
  [
    'a text without end',
    { clip: 'x'.repeat(100_000) },
    `clip: expected a number > 0, got "${'x'.repeat(60)}"… (100000 characters)`,
  ],
  [
    'an object without end',
    { clip: Array.from({ length: 100 }, () => 1) },
    `clip: expected a number > 0, got [${'1,'.repeat(29)}1… (201 characters)`,
  ],
  [
    'an object that will not be shown',
    {
      clip: {
        toJSON: () => {
          throw new RangeError('no')
        },
      },
    },
    'clip: expected a number > 0, got an object',
  ],
]

const ranges: readonly Wrong[] = [
  ['above 1', { gamma: 1 + 1e-15 }, 'gamma: expected a number from 0 to 1, got 1.000000000000001'],
  ['below 0', { valueLambda: -1 }, 'valueLambda: expected a number from 0 to 1 or null, got -1'],
  ['not above 1', { dualClip: 1 }, 'dualClip: expected a number > 1, got 1'],
  ['no size', { huber: 0 }, 'huber: expected a number > 0 or null, got 0'],
  ['no coefficient', { valueCoef: -1 }, 'valueCoef: expected a number >= 0, got -1'],
  ['no rate', { valueLearningRate: 0 }, 'valueLearningRate: expected a number > 0 or null, got 0'],
  ['no bound', { maxGradNorm: 0 }, 'maxGradNorm: expected a number > 0, got 0'],
  [
    'too wide',
    { logStd: { kind: 'free', init: 3 } },
    'logStd.init: expected a number from -10 to 2, got 3',
  ],
  ['no flag', { recomputeAdvantages: 1 }, 'recomputeAdvantages: expected true or false, got 1'],
  [
    'neither 0 nor 1',
    { advantage: { ...good.advantage, ddof: 2 } },
    'advantage.ddof: expected one of 0, 1, got 2',
  ],
  [
    'no factor',
    { klStop: { ...good.klStop, factor: 0 } },
    'klStop.factor: expected a number > 0, got 0',
  ],
  [
    'a factor of 1',
    { adaptiveRate: { ...good.adaptiveRate, factor: 1 } },
    'adaptiveRate.factor: expected a number > 1, got 1',
  ],
  ['no layer', { hidden: [64, 0] }, 'hidden.1: expected a whole number >= 1, got 0'],
  [
    'a hole',
    { hidden: Array.from({ length: 1 }).concat(Array(1)) },
    'hidden.0: expected a whole number >= 1, got nothing',
    'hidden.1: expected a whole number >= 1, got nothing',
  ],
  [
    'an array of another kind',
    { hidden: Float64Array.of(8) },
    `hidden: expected ${LAYERS}, got an object (Float64Array)`,
  ],
  [
    'too many layers',
    { hidden: Array<number>(101).fill(1) },
    `hidden: expected ${LAYERS}, got [${'1,'.repeat(29)}1… (203 characters)`,
  ],
  [
    'a list without end',
    { hidden: Array(2 ** 32 - 1) },
    `hidden: expected ${LAYERS}, got a list of 4294967295`,
  ],
  [
    'no layer of V',
    { valueHidden: [4, 'x'] },
    'valueHidden.1: expected a whole number >= 1, got "x"',
  ],
  ['no layers of V', { valueHidden: 4 }, `valueHidden: expected ${LAYERS} or null, got 4`],
  ['no gains', { gain: null }, 'gain: expected an object of hidden, policy, value, got null'],
  [
    'a list of gains',
    { gain: [1, 1, 1] },
    'gain: expected an object of hidden, policy, value, got [1,1,1]',
  ],
  [
    'half of them',
    { gain: { hidden: 1 } },
    'gain.policy: expected a number > 0, got nothing',
    'gain.value: expected a number > 0, got nothing',
  ],
]

const names: readonly Wrong[] = [
  [
    'a surrogate',
    { surrogate: 'clips' },
    'surrogate: expected one of clip, clipAlone, dualClip, ratio, got "clips": did you mean clip?',
  ],
  [
    'a surrogate in capitals',
    { surrogate: 'DualClip' },
    'surrogate: expected one of clip, clipAlone, dualClip, ratio, got "DualClip": did you mean dualClip?',
  ],
  [
    'nothing like one',
    { surrogate: 'xyzzy' },
    'surrogate: expected one of clip, clipAlone, dualClip, ratio, got "xyzzy"',
  ],
  [
    'the number of one',
    { surrogate: 0 },
    'surrogate: expected one of clip, clipAlone, dualClip, ratio, got 0',
  ],
  [
    'what every object has',
    { surrogate: 'toString' },
    'surrogate: expected one of clip, clipAlone, dualClip, ratio, got "toString"',
  ],
  [
    'a schedule',
    { learningRateSchedule: 'linaer' },
    'learningRateSchedule: expected one of constant, linear, progress, adaptive, got "linaer": did you mean linear?',
  ],
  [
    'a stop',
    { klStop: { ...good.klStop, when: 'epochs' } },
    'klStop.when: expected one of minibatch, epoch, got "epochs": did you mean epoch?',
  ],
  [
    'a placement',
    { adam: { ...good.adam, epsilonPlacement: 'uncorected' } },
    'adam.epsilonPlacement: expected one of corrected, uncorrected, got "uncorected": did you mean uncorrected?',
  ],
  ['a field', { gama: 0.9 }, 'gama: expected the name of a field, got "gama": did you mean gamma?'],
  [
    'an inner field',
    { adam: { ...good.adam, beta3: 0.9 } },
    'adam.beta3: expected the name of a field, got "beta3": did you mean beta1?',
  ],
  [
    'nothing like an inner field',
    { adam: { ...good.adam, amsgrad: true } },
    'adam.amsgrad: expected one of beta1, beta2, epsilon, epsilonPlacement, got "amsgrad"',
  ],
  [
    'a field of strange letters',
    { gain: { ...good.gain, 'a\nb': 1 } },
    String.raw`gain."a\nb": expected one of hidden, policy, value, got "a\nb"`,
  ],
  [
    'a field named as no field may be',
    { gain: JSON.parse('{"hidden":1,"policy":1,"value":1,"__proto__":1}') as object },
    'gain.__proto__: expected one of hidden, policy, value, got "__proto__"',
  ],
  [
    'a field without end',
    { gain: { ...good.gain, ['x'.repeat(99)]: 1 } },
    `gain."${'x'.repeat(60)}"… (99 characters): expected one of hidden, policy, value, got "${'x'.repeat(60)}"… (99 characters)`,
  ],
]

const shared = { trunk: 'shared' } as const

const relations: readonly Wrong[] = [
  [
    'no divisor',
    { minibatches: 5 },
    'minibatches: expected a divisor of envs · steps = 512, got 5',
  ],
  [
    'minibatches of one',
    { minibatches: 512 },
    'minibatches: expected at most 256, so that a minibatch has two samples to normalise, got 512',
  ],
  [
    'minibatches of one where the batch is odd',
    { envs: 3, steps: 5, minibatches: 15, shards: 1 },
    'minibatches: expected at most 5, so that a minibatch has two samples to normalise, got 15',
  ],
  [
    'a minibatch of one since the batch is one',
    { envs: 1, steps: 1, minibatches: 1, shards: 1 },
    'steps: expected envs · steps of at least 2, so that a minibatch has two samples to normalise, got 1',
  ],
  [
    'a batch of one',
    {
      envs: 1,
      steps: 1,
      minibatches: 1,
      shards: 1,
      advantage: { ...good.advantage, normalise: 'batch' },
    },
    'steps: expected at least 2, so that a batch has two samples to normalise, got 1',
  ],
  [
    'too many shards',
    { shards: 129 },
    'shards: expected at most the 128 samples of a minibatch, got 129',
  ],
  [
    'no update',
    { totalSteps: 511 },
    'totalSteps: expected at least one update of envs · steps = 512, got 511',
  ],
  [
    'bounds the wrong way round',
    { adaptiveRate: { ...good.adaptiveRate, min: 1 } },
    'adaptiveRate.min: expected at most adaptiveRate.max = 0.01, got 1',
  ],
  [
    'an adaptive learning rate below its bounds',
    { learningRateSchedule: 'adaptive', learningRate: 1e-6 },
    'learningRate: expected from adaptiveRate.min = 0.00001 to adaptiveRate.max = 0.01 when it is adaptive, got 0.000001',
  ],
  [
    'an adaptive learning rate above its bounds',
    { learningRateSchedule: 'adaptive', learningRate: 0.02 },
    'learningRate: expected from adaptiveRate.min = 0.00001 to adaptiveRate.max = 0.01 when it is adaptive, got 0.02',
  ],
  [
    'bounds of log σ the wrong way round',
    { logStd: { kind: 'free', init: 0, min: 1, max: 0.5 } },
    'logStd.min: expected at most logStd.max = 0.5, got 1',
  ],
  [
    'a log σ that starts below its bounds',
    { logStd: { kind: 'free', init: -3, min: -2, max: null } },
    'logStd.init: expected at least logStd.min = -2, got -3',
  ],
  [
    'a log σ that starts above its bounds',
    { logStd: { kind: 'state', init: 1.5, max: 1 } },
    'logStd.init: expected at most logStd.max = 1, got 1.5',
  ],
  [
    'a bound of log σ that is not a number',
    { logStd: { kind: 'state', init: 1.5, max: '1' } },
    'logStd.max: expected a number from -1000 to 1000 or null, got "1"',
  ],
  [
    'a bound of log σ by another name',
    { logStd: { kind: 'state', init: 1.5, maxx: 1 } },
    'logStd.maxx: expected the name of a field, got "maxx": did you mean max?',
  ],
  [
    'a trunk and layers of V',
    { ...shared, valueHidden: [3] },
    'valueHidden: expected null with a shared trunk: its layers are those of hidden, got [3]',
  ],
  [
    'a trunk and a rate of V',
    { ...shared, valueLearningRate: 1 },
    'valueLearningRate: expected null with a shared trunk: both losses update it, got 1',
  ],
  [
    'a trunk and norms of the parts',
    { ...shared, gradClip: 'each' },
    'gradClip: expected global, element or none with a shared trunk: both losses update it, got "each"',
  ],
  [
    'a stop of the policy only',
    { klStop: { ...good.klStop, target: 1, scope: 'policy' } },
    'klStop.scope: expected both, unless V has a separate network and valueLearningRate, with which it can continue, got "policy"',
  ],
]

const several: readonly Wrong[] = [
  [
    'all that a shared trunk may not have',
    {
      ...shared,
      valueHidden: [],
      valueLearningRate: 1,
      gradClip: 'each',
      klStop: { ...good.klStop, target: 1, scope: 'policy' },
    },
    'valueHidden: expected null with a shared trunk: its layers are those of hidden, got []',
    'valueLearningRate: expected null with a shared trunk: both losses update it, got 1',
    'gradClip: expected global, element or none with a shared trunk: both losses update it, got "each"',
    'klStop.scope: expected both, unless V has a separate network and valueLearningRate, with which it can continue, got "policy"',
  ],
  [
    'a value, an inner one, a name, a field, and what the others must not be together',
    {
      clip: 0,
      adam: { ...good.adam, beta1: 1 },
      trunk: 'share',
      gama: 1,
      minibatches: 5,
      totalSteps: 1,
    },
    'clip: expected a number > 0, got 0',
    'adam.beta1: expected a number from 0 to 0.9999999, got 1',
    'trunk: expected one of separate, shared, got "share": did you mean shared?',
    'gama: expected the name of a field, got "gama": did you mean gamma?',
    'minibatches: expected a divisor of envs · steps = 512, got 5',
    'totalSteps: expected at least one update of envs · steps = 512, got 1',
  ],
  [
    'nothing of what reads a field that cannot be',
    { envs: 0, minibatches: 5, shards: 1e6, totalSteps: 1 },
    'envs: expected a whole number >= 1, got 0',
  ],
  [
    'nothing of what reads a part that cannot be',
    { adaptiveRate: { ...good.adaptiveRate, min: 1, max: 'x' }, klStop: 7 },
    'klStop: expected an object of target, factor, estimator, when, scope, got 7',
    'adaptiveRate.max: expected a number > 0, got "x"',
  ],
]

describe('a wrong config is a line for each mistake: path, what may be, what came, what may be meant', () => {
  const groups = [
    ['in place of a value', values],
    ['out of range', ranges],
    ['an unknown name', names],
    ['fields that may not be together', relations],
    ['several', several],
  ] as const
  for (const [title, group] of groups)
    for (const [what, choices, ...expected] of group)
      test(`${title}: ${what}`, () => {
        expect(lines({ ...good, ...choices })).toEqual(expected)
      })

  test.each([
    [null, 'null'],
    [undefined, 'nothing'],
    [7, '7'],
    ['cleanrl', '"cleanrl"'],
    [[], '[]'],
    [[good], expect.stringMatching(/^\[\{"envs":4.*… \(\d+ characters\)$/) as string],
    [() => good, 'a function'],
    [Symbol('config'), 'a symbol'],
    [1n, '1n'],
    [new Map(), 'an object (Map)'],
  ])('no config at all', (input, got) => {
    const [line, ...others] = lines(input)
    expect(others).toEqual([])
    expect(line?.startsWith('all of it: expected a config, got ')).toBe(true)
    expect(line?.slice('all of it: expected a config, got '.length)).toEqual(got)
  })

  test('an empty one lacks every field, in their order', () => {
    const missing = lines({})
    expect(missing.map((line) => line.split(':')[0])).toEqual(
      expect.arrayContaining(Object.keys(good)),
    )
    expect(missing).toHaveLength(Object.keys(good).length)
    for (const line of missing) expect(line).toMatch(/^\w+: expected .*, got nothing$/)
  })

  test('every line is one line', () => {
    const all = [...values, ...ranges, ...names, ...relations, ...several]
    expect(all.length).toBeGreaterThan(70)
    for (const [, choices] of all)
      for (const line of lines({ ...good, ...choices })) {
        expect(line).not.toMatch(/[\n\r]/)
        expect(line.length).toBeLessThan(400)
      }
  })
})

describe('a config may be any object that has the fields', () => {
  const asGood = E.right(good)

  test('without a prototype, frozen, with getters', () => {
    expect(decodeConfig(Object.assign(Object.create(null) as object, good))).toEqual(asGood)
    expect(decodeConfig(Object.freeze({ ...good }))).toEqual(asGood)
    expect(decodeConfig(withGetter(() => good.gamma))).toEqual(asGood)
  })

  test('each field is read once: the result is what was checked, whatever happens to the object later', () => {
    let reads = 0
    const decoded = decodeConfig(withGetter(() => (reads++ === 0 ? 0.5 : 7)))
    expect(reads).toBe(1)
    expect(decoded).toEqual(E.right({ ...good, gamma: 0.5 }))
    const mine = { ...good, hidden: [3] }
    const kept = decodeConfig(mine)
    mine.hidden.push(-1)
    expect(kept).toEqual(E.right({ ...good, hidden: [3] }))
  })

  test('what throws when it is read is not there', () => {
    const refusing = () => {
      throw new RangeError('no')
    }
    expect(lines(withGetter(refusing))).toEqual([
      'gamma: expected a number from 0 to 1, got nothing',
    ])
    expect(lines(new Proxy({ ...good }, { ownKeys: refusing }))).toEqual([
      'all of it: expected a config, got nothing',
    ])
    const revoked = Proxy.revocable([], {})
    revoked.revoke()
    expect(lines({ ...good, hidden: revoked.proxy })).toEqual([
      `hidden: expected ${LAYERS}, got nothing`,
    ])
  })

  test('but fields of its prototype are not its own', () => {
    expect(lines(Object.create(good))).toHaveLength(Object.keys(good).length)
  })

  test('one that holds itself is one with a field too many', () => {
    const self: PpoConfig & { self?: object } = { ...good }
    self.self = self
    expect(lines(self)).toHaveLength(1)
    expect(lines(self)[0]).toMatch(/^self: expected /)
  })
})

describe.each([
  ['vpg', vpg.decodeConfig, vpg.presets.spinningup],
  ['a2c', a2c.decodeConfig, a2c.presets.sb3],
  ['trpo', trpo.decodeConfig, trpo.presets.spinningup],
] as const)('%s', (_, decode, preset) => {
  const said = linesBy(decode)
  const batch = preset.envs * preset.steps

  test('takes its own preset and tells one mistake a line', () => {
    expect(said(preset)).toEqual([])
    expect(said({ ...preset, gamma: 2, steps: 1n, lamda: 1 })).toEqual([
      'steps: expected a whole number >= 1, got 1n',
      'gamma: expected a number from 0 to 1, got 2',
      'lamda: expected the name of a field, got "lamda": did you mean lambda?',
    ])
  })

  test('wants room for one update, and two samples where a batch is whitened', () => {
    expect(said({ ...preset, totalSteps: batch - 1 })).toEqual([
      `totalSteps: expected at least one update of envs · steps = ${batch}, got ${batch - 1}`,
    ])
    const whitened = { ...preset.advantage, normalise: 'batch' }
    expect(said({ ...preset, steps: 1, advantage: whitened })).toEqual([
      'steps: expected at least 2, so that a batch has two samples to normalise, got 1',
    ])
  })
})

test.each([
  ['vpg', vpg.decodeConfig, vpg.presets.spinningup],
  ['trpo', trpo.decodeConfig, trpo.presets.spinningup],
] as const)('%s has V take a whole number of equal steps, in a network of its own', (...given) => {
  const [, decode, preset] = given
  expect(linesBy(decode)({ ...preset, valueMinibatches: 3, trunk: 'shared' })).toEqual([
    'trunk: expected one of separate, got "shared"',
    'valueMinibatches: expected a divisor of envs · steps = 4000, got 3',
  ])
})

test('a2c has no layers of V beside a shared trunk', () => {
  const said = linesBy(a2c.decodeConfig)
  expect(said({ ...a2c.presets.sb3, trunk: 'shared' })).toEqual([])
  expect(said({ ...a2c.presets.sb3, trunk: 'shared', valueHidden: [8] })).toEqual([
    'valueHidden: expected null with a shared trunk: its layers are those of hidden, got [8]',
  ])
})
