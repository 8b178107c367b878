import { describe, expect, test } from 'vitest'
import { box, discrete, vectorise, type Environment } from '../../src/env/index.ts'
import { key } from '../../src/random/index.ts'
import { addressOf } from '../../src/tensor/check.ts'
import { own } from '../../src/tensor/tensor.ts'

/** Counts up; each number that it is asked to count to is its action. */
const counter: Environment<number> = {
  name: 'counter',
  observationSpace: box(2, [0, -0.1], [4, 0.6]),
  actionSpace: discrete(3),
  init: () => 0,
  step: (action) => (count) => [
    { reward: 1, terminated: false, truncated: false },
    count + Number(action),
  ],
  observe: (count) => [count, 0.6],
}

/** What two of them throw where the second takes action 2, and where they say that it was. */
const thrownBy = (change: Partial<Environment<number>>) => {
  const worlds = vectorise({ ...counter, ...change }, 2)
  try {
    const world = worlds.init(key(1))
    worlds.actionMask(world)
    worlds.step(own(['env'], [2], Int32Array.of(0, 2)))(world)
  } catch (error) {
    return { message: (error as Error).message, address: addressOf(error), error: error as Error }
  }
  throw new Error('expected an error, got none')
}

const outcome = (what: unknown) =>
  ((action: unknown) => (count: number) =>
    action === 2
      ? [what, count]
      : [{ reward: 1, terminated: false, truncated: false }, count]) as Environment<number>['step']

const boom = (): never => {
  throw new TypeError('boom')
}

describe('an environment that keeps its word', () => {
  test('is not disturbed', () => {
    const worlds = vectorise(counter, 2)
    const [, world] = worlds.step(own(['env'], [2], Int32Array.of(1, 2)))(worlds.init(key(1)))
    expect(world.slots.map(({ state }) => state)).toEqual([1, 2])
  })

  test('may have a bound that f32 rounds to the other side', () => {
    expect(Math.fround(0.6)).toBeGreaterThan(0.6)
    const seen = { ...counter, observe: () => Float32Array.of(0, 0.6) as unknown as number[] }
    expect(() => vectorise(seen, 1).init(key(1))).not.toThrow()
  })
})

describe('an environment that breaks its word is an error with an address', () => {
  const good = { reward: 1, terminated: false, truncated: false }
  test.each([
    [{ ...good, reward: NaN }, 'reward', 'a finite number, got NaN'],
    [{ ...good, reward: Infinity }, 'reward', 'a finite number, got Infinity'],
    [
      { ...good, reward: -1e39 },
      'reward',
      'at most 3.4028234663852886e+38 in magnitude, the limit of f32, got -1e+39',
    ],
    [{ ...good, reward: '1' }, 'reward', 'a finite number, got "1"'],
    [{ ...good, reward: undefined }, 'reward', 'a finite number, got undefined'],
    [{ ...good, terminated: 1 }, 'terminated', 'true or false, got 1'],
    [{ ...good, truncated: undefined }, 'truncated', 'true or false, got undefined'],
    [null, 'outcome', 'a reward, terminated and truncated, got null'],
  ])('an outcome of %j', (what, field, said) => {
    const { message, address } = thrownBy({ step: outcome(what) })
    expect(message).toBe(`${field}[env=1]: expected ${said}`)
    expect(address).toEqual({ env: 1, field })
  })

  test('a step that is no pair', () => {
    const step = (() => () => good) as unknown as Environment<number>['step']
    const { message, address } = thrownBy({ step })
    expect(message).toBe('step[env=0]: expected an outcome and a state, got an object')
    expect(address).toEqual({ env: 0, field: 'step' })
  })

  test('a step that is a promise', () => {
    const step = (() => () => Promise.resolve([good, 0])) as unknown as Environment<number>['step']
    expect(thrownBy({ step }).message).toBe(
      'step[env=0]: expected an outcome and a state, got a Promise: use ppo.asyncParts, evaluateAsync and vectoriseAsync for an environment that returns promises',
    )
  })

  test('an environment that returns a promise of its first state', () => {
    const init = (() => Promise.reject(new Error('lost'))) as unknown as () => number
    const { message, address } = thrownBy({ init })
    expect(message).toBe(
      'counter: start: init[env=0]: expected a state, got a Promise: use ppo.asyncParts, evaluateAsync and vectoriseAsync for an environment that returns promises',
    )
    expect(address).toMatchObject({ env: 0, field: 'init' })
  })

  test('an observation that is a promise', () => {
    const observe = (() => Promise.reject(new Error('lost'))) as unknown as () => number[]
    expect(thrownBy({ observe }).message).toContain(
      'got a Promise: observe is synchronous in every environment',
    )
  })

  test('an unknown name', () => {
    const name = Symbol('x') as unknown as string
    expect(() => vectorise({ ...counter, name }, 1)).toThrow(
      'env.name: expected a string, got Symbol(x)',
    )
  })

  test.each([
    [[5, 0], 0, "from 0 to 4, as in the environment's observationSpace, got 5"],
    [
      [0, -0.1000001],
      1,
      "from -0.10000000149011612 to 0.6000000238418579, as in the environment's observationSpace, got -0.1000001",
    ],
    [['1', 0], 0, 'from 0 to 4, as in the environment\'s observationSpace, got "1"'],
  ])('an observation beyond its space: %j', (seen, feature, said) => {
    const observe = ((count: number) => (count === 2 ? seen : [0, 0])) as () => number[]
    const { message, address } = thrownBy({ observe })
    expect(message).toBe(`observation[env=1, feature=${feature}]: expected a number ${said}`)
    expect(address).toEqual({ env: 1, feature, field: 'observation' })
  })

  test.each([[null], [[1]], [[1, 2, 3]], [{ 0: 1, 1: 2 }]])('an observation %j', (seen) => {
    const observe = ((count: number) => (count === 2 ? seen : [0, 0])) as () => number[]
    const { message, address } = thrownBy({ observe })
    expect(message).toMatch(/^observation\[env=1\]: expected 2 numbers as in counter's/)
    expect(address).toEqual({ env: 1, field: 'observation' })
  })

  test('its first observation, with the name of the environment', () => {
    const { message, address } = thrownBy({ observe: () => [0, NaN] })
    expect(message).toBe(
      'counter: start: observation[env=0, feature=1]: expected a finite number, got NaN',
    )
    expect(address).toEqual({
      environment: 'counter',
      step: 0,
      env: 0,
      feature: 1,
      field: 'observation',
    })
  })

  test.each([
    ['init', { init: boom }],
    ['step', { step: () => boom }],
    ['step', { step: boom }],
    ['observe', { observe: boom }],
    ['actionMask', { actionMask: boom }],
  ])('an environment that throws in %s', (field, change) => {
    const { message, address, error } = thrownBy(change)
    expect(message).toMatch(
      `${field}[env=0]: expected the environment to return, it threw TypeError: boom`,
    )
    expect(address).toMatchObject({ env: 0, field })
    let cause: unknown = error
    while (cause instanceof RangeError) cause = cause.cause
    expect(cause).toBeInstanceOf(TypeError)
  })

  test('an environment that throws what cannot be written', () => {
    const init = () => {
      throw Object.create(null)
    }
    expect(thrownBy({ init }).message).toContain(
      'expected the environment to return, it threw an object',
    )
  })

  test.each([
    [
      'of another length',
      [true, true],
      'expected an array of 3, one per choice, got an array of 2',
    ],
    ['of other entries', [true, 1, true], 'entry 1: expected a boolean, got 1'],
    [
      'that closes everything',
      [false, false, false],
      'entries 0 to 2: expected an allowed choice, got none',
    ],
  ])('a mask %s', (_, mask, said) => {
    const { message, address } = thrownBy({ actionMask: () => mask as boolean[] })
    expect(message).toBe(`actionMask[env=0]: ${said}`)
    expect(address).toEqual({ env: 0, field: 'actionMask' })
  })
})
