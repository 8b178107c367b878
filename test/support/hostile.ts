import { box, discrete, type DiscreteEnvironment } from '../../src/env/index.ts'

const boom = (): never => {
  throw new TypeError('boom')
}

/** Throws at everything that can be asked of an object. */
const trap = new Proxy({}, new Proxy({}, { get: () => boom }))

/** An array that throws when it is read. */
const trapArray = (): unknown => new Proxy([0, 0], { get: boom, getPrototypeOf: boom, has: boom })

const revoked = (target: object): unknown => {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

const unreadableError = (): unknown =>
  Object.defineProperties(new RangeError('x'), {
    message: { get: boom },
    name: { get: boom },
    address: { get: boom },
  })

/** Values that throw, or take offence, when somebody computes with them or writes about them. */
export const hostileValues: Readonly<Record<string, () => unknown>> = {
  'a BigInt': () => 1n,
  'a symbol': () => Symbol('x'),
  'an object whose valueOf throws': () => ({ valueOf: boom }),
  'an object whose toString throws': () => ({ toString: boom, valueOf: () => ({}) }),
  'an object whose Symbol.toPrimitive throws': () => ({ [Symbol.toPrimitive]: boom }),
  'an object whose tag throws': () => Object.defineProperty({}, Symbol.toStringTag, { get: boom }),
  'an object that says it has all, and throws': () => new Proxy({}, { has: () => true, get: boom }),
  'an object without a prototype': () => Object.create(null) as unknown,
  'an array whose entries throw': () =>
    Object.defineProperties([0, 0], { 0: { get: boom }, 1: { get: boom } }),
  'a proxy of an array that throws': trapArray,
  'a proxy that throws at everything': () => trap,
  'a revoked proxy': () => revoked({}),
  'a revoked proxy of an array': () => revoked([0, 0]),
  'a revoked proxy of a function': () => revoked(boom),
  'a revoked proxy of an error': () => revoked(new RangeError('x')),
  'a promise that is broken': () => Promise.reject(new Error('lost')),
  'an error that cannot be read': unreadableError,
  'an error with an invalid address': () => Object.assign(new RangeError('x'), { address: null }),
  'an error with an address of objects': () =>
    Object.assign(new RangeError('x'), { address: { field: { toString: boom } } }),
  'a frozen object': () => Object.freeze({}),
  text: () => 'x'.repeat(100_000),
  null: () => null,
  undefined: () => undefined,
}

/** Where the value goes in: the parts of an environment that does this from its seventh step on. */
type Place = (value: () => unknown) => {
  readonly [K in keyof DiscreteEnvironment<number>]?: unknown
}

const FINE = { reward: 1, terminated: false, truncated: false }

const from7 = (age: number, hostile: () => unknown, otherwise: unknown): unknown =>
  age >= 7 ? hostile() : otherwise

const thrown = (value: () => unknown) => (): never => {
  throw value()
}

const steps = (answer: (age: number) => unknown) => () => (age: number) =>
  from7(age, () => answer(age), [FINE, age + 1])

export const hostilePlaces: Readonly<Record<string, Place>> = {
  'for an observation': (value) => ({ observe: (age: number) => from7(age, value, [age, 0]) }),
  'in an observation': (value) => ({
    observe: (age: number) => from7(age, () => [age, value()], [age, 0]),
  }),
  'for the answer of a step': (value) => ({ step: steps(value) }),
  'for an outcome': (value) => ({ step: steps((age) => [value(), age + 1]) }),
  'for a reward': (value) => ({ step: steps((age) => [{ ...FINE, reward: value() }, age + 1]) }),
  'for an end': (value) => ({ step: steps((age) => [{ ...FINE, terminated: value() }, age + 1]) }),
  'for a mask': (value) => ({ actionMask: (age: number) => from7(age, value, [true, true]) }),
  'in a mask': (value) => ({
    actionMask: (age: number) => from7(age, () => [true, value()], [true, true]),
  }),
  'thrown by step': (value) => ({ step: steps(thrown(value)) }),
  'thrown by observe': (value) => ({
    observe: (age: number) => from7(age, thrown(value), [age, 0]),
  }),
  'thrown by actionMask': (value) => ({
    actionMask: (age: number) => from7(age, thrown(value), [true, true]),
  }),
  'thrown by init': (value) => {
    let begun = 0
    return {
      init: () => (++begun > 3 ? thrown(value)() : 0),
      step: () => (age: number) => [{ ...FINE, terminated: age === 7 }, age + 1],
    }
  },
}

/** Counts its steps, and does what it may not from the seventh on. */
export const hostileEnv = (place: Place, value: () => unknown): DiscreteEnvironment<number> =>
  ({
    name: 'hostile',
    observationSpace: box(2, [0, 0], [Infinity, Infinity]),
    actionSpace: discrete(2),
    init: () => 0,
    step: steps((age) => [FINE, age + 1]),
    observe: (age: number) => [age, 0],
    ...place(value),
  }) as DiscreteEnvironment<number>
