import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { attempt, faultOf } from '../../src/algo/fault.ts'
import {
  init,
  parts,
  presets,
  run,
  train,
  type PpoConfig,
  type TrainState,
} from '../../src/algo/ppo/index.ts'
import { box, type DiscreteEnvironment } from '../../src/env/index.ts'
import { js } from '../../src/kernel/index.ts'
import { key } from '../../src/random/index.ts'
import { pension } from '../support/worlds.ts'

const small: PpoConfig = {
  ...presets.cleanrl,
  envs: 2,
  steps: 8,
  totalSteps: 64,
  epochs: 1,
  minibatches: 2,
  hidden: [4],
}

/** Counts its steps, and shows a NaN after the eleventh. */
const failing: DiscreteEnvironment<number> = {
  name: 'failing',
  observationSpace: box(1, [0], [Infinity]),
  actionSpace: pension.actionSpace,
  init: () => 0,
  step: () => (age) => [{ reward: 1, terminated: false, truncated: false }, age + 1],
  observe: (age) => [age === 11 ? NaN : age],
}

const ways = [
  ['by the engine', 'wasm'],
  ['as written', js.f32],
] as const

describe.each(ways)('a run whose world breaks its word, %s', (_, how) => {
  const all = parts(small, failing, how)

  test('ends with a fault that names the environment, which of them, the update, the step and the field', () => {
    const ended = run(small, all)(init(all)(key(1)))
    if (E.isRight(ended)) throw new Error('expected a fault')
    const { cause, ...fault } = ended.left.fault
    expect(fault).toEqual({
      message:
        'update 2: failing: step 2: observation[env=0, feature=0]: expected a finite number, got NaN',
      environment: 'failing',
      env: 0,
      update: 2,
      step: 2,
      field: 'observation',
    })
    expect(cause).toBeInstanceOf(RangeError)
  })

  test('and with what was learned until then', () => {
    const told: Array<TrainState<number>> = []
    const ended = run(small, all)(init(all)(key(1)), (__, state) => told.push(state))
    const before = [...train({ ...small, totalSteps: 16 }, all)(init(all)(key(1)))]
    expect(told).toHaveLength(1)
    expect(E.isLeft(ended) && ended.left.state).toEqual(before[0]![1])
  })
})

/** Pays 1 a step, and 1e25 in the third step of environment 1. */
const rich = (reward: number): DiscreteEnvironment<readonly [draw: number, age: number]> => ({
  name: 'rich',
  observationSpace: box(1, [0], [Infinity]),
  actionSpace: pension.actionSpace,
  init: ({ words }) => [words[0], 0],
  step:
    () =>
    ([draw, age]) => [
      { reward: draw % 2 === 1 && age === 2 ? reward : 1, terminated: false, truncated: false },
      [draw, age + 1],
    ],
  observe: ([, age]) => [age],
})

describe.each(ways)('rewards too large to learn from, %s', (_, how) => {
  const faultBy = (reward: number, more: Partial<PpoConfig> = {}) => {
    const config = { ...small, envs: 8, ...more }
    const all = parts(config, rich(reward), how)
    return run(config, all)(init(all)(key(1)))
  }

  test.each([1e20, -1e25, 1e38])('%d is named, with its address and what to do', (reward) => {
    const ended = faultBy(reward, {
      maxGradNorm: 1,
      advantage: { ...small.advantage, normalise: 'none' },
    })
    if (E.isRight(ended)) throw new Error('expected a fault')
    const { message, update, step, env, field } = ended.left.fault
    expect(message).toMatch(
      /^update 1: reward\[step=2, env=\d\]: expected less than 1000000000000000 in size, got .*: scale rewards down with env.rewardScale or normalise.reward$/,
    )
    expect(message).toContain(String(Math.fround(reward)))
    expect({ update, step, field }).toEqual({ update: 1, step: 2, field: 'reward' })
    expect(env).toEqual(expect.any(Number))
  })

  test('normalise.reward makes them small enough', () => {
    const normalise = { ...small.normalise, reward: true }
    expect(E.isRight(faultBy(1e25, { normalise }))).toBe(true)
  })
})

describe('a run without faults', () => {
  test('ends with its last state, and has told of each update', () => {
    const all = parts(small, pension)
    const told: number[] = []
    const ended = run(small, all)(init(all)(key(1)), ({ update }) => told.push(update))
    expect(told).toEqual([1, 2, 3, 4])
    expect(ended).toEqual(E.right([...train(small, all)(init(all)(key(1)))].at(-1)![1]))
  })
})

describe('what is not a fault', () => {
  test('is null, and thrown on', () => {
    const mistake = new RangeError('gamma: expected a number')
    expect(faultOf(mistake)).toBeNull()
    expect(faultOf('text')).toBeNull()
    expect(() =>
      attempt(() => {
        throw mistake
      })(null),
    ).toThrow(mistake)
  })

  test('a lost thread is one, of no environment', () => {
    const lost = Object.assign(new Error('thread 1: gone'), { name: 'ThreadLost' })
    expect(faultOf(lost)).toEqual({
      message: 'thread 1: gone',
      environment: null,
      env: null,
      update: null,
      step: null,
      field: 'thread',
      cause: lost,
    })
  })
})
