import { fc, test } from '@fast-check/vitest'
import { describe, expect, expectTypeOf } from 'vitest'
import { actor, type ActorParts } from '../../src/algo/actor.ts'
import { evaluate } from '../../src/algo/evaluate.ts'
import type { Normaliser } from '../../src/algo/look.ts'
import type { PolicyParams } from '../../src/algo/policy.ts'
import {
  box,
  cartPole,
  discrete,
  multiDiscrete,
  product,
  type Environment,
  type Space,
} from '../../src/env/index.ts'
import { a2c, ppo, trpo, vpg } from '../../src/index.ts'
import { js, type Machine } from '../../src/kernel/index.ts'
import { backends } from '../../src/kernel/backends.ts'
import { foldIn, key, normal, split } from '../../src/random/index.ts'
import { of as momentsOf } from '../../src/rl/moments.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { data, of, type Floats } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { agentFor } from '../support/acting.ts'
import { small } from '../support/runs.ts'
import { closing, spaceNames, spaces, walk, type SpaceName, type Walk } from '../support/spaces.ts'

/** Parameters of which none is 0 by design, as after training. */
const noisy = ({ tree, flat }: PolicyParams): PolicyParams =>
  withFlat(tree, data(normal(key(9), ['param'], [...flat.shape], flat.dtype as 'f32')) as Floats)

const seen: Normaliser = {
  observation: momentsOf(of(['step', 'feature'], [3, 2], Float64Array.of(0, 0, 1, 0.5, -2, 2))),
  reward: null,
}

const kernelKinds: { readonly [name: string]: Machine } = {
  'js f32': js.f32,
  'js f64': js.f64,
  wasm: backends.wasm.machine,
}

describe('an actor', () => {
  test.prop([
    fc.constantFrom(...spaceNames),
    fc.boolean(),
    fc.constantFrom('clip', 'squash', 'none'),
    fc.constantFrom('free', 'state'),
    fc.constantFrom('separate', 'shared'),
    fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 2 }),
    fc.boolean(),
    fc.constantFrom(...Object.keys(kernelKinds)),
    fc.constantFrom('mode', 'sample'),
    fc.nat(),
  ])(
    'takes the actions that evaluate takes, to the bit',
    (name, closes, actionBound, kind, trunk, hidden, normalises, how, act, seed) => {
      const taken: Array<readonly [unknown, Walk]> = []
      const mask = closes ? closing(spaces[name]) : undefined
      const env = walk(spaces[name], mask, (action, state) => taken.push([action, state]))
      const config = {
        ...small,
        actionBound,
        trunk,
        hidden,
        logStd: { kind, init: -0.5 },
        normalise: { observation: normalises, reward: false, clip: 0.5, epsilon: 1e-8 },
      } as const
      const agent = agentFor(config, env, kernelKinds[how])
      const trained = {
        params: noisy(agent.policy.init(key(seed))),
        normaliser: normalises ? seen : null,
      }
      evaluate(env, agent.policy, trained, { key: key(seed), episodes: 1, act })

      const choose = actor({ ...agent, config }, trained)
      const [, actKey] = split(key(seed), 2)
      expect(taken.length).toBeGreaterThan(0)
      for (const [t, [action, state]] of taken.entries())
        expect(
          choose(env.observe(state), {
            ...(act === 'sample' ? { key: foldIn(actKey, t) } : {}),
            ...(mask === undefined ? {} : { mask: mask(state) }),
          }),
        ).toEqual(action)
    },
  )

  const begun = (env: Environment<Walk> = walk(spaces.discrete)) => {
    const parts = ppo.parts(small, env)
    return { parts, learner: ppo.init(parts)(key(1)).learner }
  }

  test('takes observations in any array of numbers', () => {
    const { parts, learner } = begun()
    const act = actor(parts, learner)
    const plain = act([-3, 1])
    for (const observation of [
      Float32Array.of(-3, 1),
      Float64Array.of(-3, 1),
      Int8Array.of(-3, 1),
      Int16Array.of(-3, 1),
      Int32Array.of(-3, 1),
    ])
      expect(act(observation)).toBe(plain)
    for (const observation of [
      Uint8Array.of(3, 1),
      Uint8ClampedArray.of(3, 1),
      Uint16Array.of(3, 1),
      Uint32Array.of(3, 1),
    ])
      expect(act(observation)).toBe(act([3, 1]))
  })

  test('keeps no state, changes nothing, and returns new values', () => {
    const { parts, learner } = begun(walk(spaces.product))
    const act = actor(parts, learner)
    const [first, second] = [act([0, 1]), act([5, 2])]
    expect(second).not.toEqual(first)
    expect(expectPure(act, [0, 1])).toEqual(first)
    expect(expectPure(act, [0, 1], { key: key(2) })).toEqual(act([0, 1], { key: key(2) }))
    expect(actor(parts, learner)([0, 1])).toEqual(first)
  })

  test('acts by the learner that it was made of, not by a later one', () => {
    const { parts, learner } = begun(walk(spaces.box))
    const act = actor(parts, learner)
    const before = act([0, 1])
    actor(parts, { ...learner, params: noisy(learner.params) })([0, 1])
    expect(act([0, 1])).toEqual(before)
  })

  test.each([
    ['a2c', a2c, a2c.parts({ ...a2c.presets.cartpole, envs: 1 }, cartPole)],
    ['vpg', vpg, vpg.parts({ ...vpg.presets.cartpole, envs: 1 }, cartPole)],
    ['trpo', trpo, trpo.parts({ ...trpo.presets.cartpole, envs: 1 }, cartPole)],
  ] as const)('is the same for %s', (_, algorithm, parts) => {
    const { params } = { params: noisy(parts.policy.init(key(1))) }
    const act = algorithm.actor(parts, { params, normaliser: null })
    const observation = of(['env', 'feature'], [1, 4], Float32Array.of(0.1, -0.2, 0.05, 1))
    const [{ dist }] = parts.policy.forward(params, observation)
    expect(act(Float32Array.of(0.1, -0.2, 0.05, 1))).toBe(data(dist.mode())[0])
  })

  test('returns actions of the space’s own type', () => {
    const typed = <A extends Space>(actionSpace: A) => {
      const env = { ...walk(actionSpace), actionSpace } as Environment<Walk, A>
      const parts = ppo.parts(small, env)
      return actor(parts, ppo.init(parts)(key(1)).learner)
    }
    const choice = typed(discrete(3))([0, 0])
    expectTypeOf(choice).toEqualTypeOf<0 | 1 | 2>()
    expect([0, 1, 2]).toContain(choice)
    const tuple = typed(multiDiscrete([3, 2]))([0, 0])
    expectTypeOf(tuple).toEqualTypeOf<readonly [0 | 1 | 2, 0 | 1]>()
    expect(tuple).toHaveLength(2)
    const record = typed(product({ stick: box(1, [-1], [1]), fire: discrete(2) }))([0, 0])
    expectTypeOf(record).toEqualTypeOf<{
      readonly stick: readonly number[]
      readonly fire: 0 | 1
    }>()
    expect(Object.keys(record)).toEqual(['stick', 'fire'])
  })
})

describe('an actor refuses', () => {
  const acting = (name: SpaceName, closes: boolean) => {
    const env = walk(spaces[name], closes ? closing(spaces[name]) : undefined)
    const parts: ActorParts<Space> = ppo.parts(small, env)
    return actor(parts, { params: parts.policy.init(key(1)), normaliser: null })
  }

  test.each([
    ['too few numbers', [1], 'observation: expected 2 numbers, got an array of 1'],
    ['no numbers', 'up', 'observation: expected 2 numbers, got "up"'],
    ['NaN', [NaN, 0], 'observation[0]: expected a finite number from -Infinity to Infinity'],
    ['a number that f32 cannot hold', [1e39, 0], 'observation[0]: expected a finite number'],
    ['a number outside the space', [0, -1], 'observation[1]: expected a finite number from 0 to'],
    ['text', [0, '1'], 'got "1"'],
    ['whole numbers of 64 bits', BigInt64Array.of(0n, 1n), 'got 0n'],
  ])('%s for an observation', (_, observation, message) => {
    expect(() => acting('discrete', false)(observation as number[])).toThrow(message)
  })

  test('a mask that is missing, of another length, or that leaves nothing open', () => {
    const act = acting('discrete', true)
    expect(() => act([0, 0])).toThrow(
      'mask: expected the allowed choices, because walk has an actionMask, got none: pass { mask }',
    )
    expect(() => act([0, 0], { mask: [true] })).toThrow('mask: expected an array of 3')
    expect(() => act([0, 0], { mask: [false, false, false] })).toThrow(
      'mask: entries 0 to 2: expected an allowed choice, got none',
    )
    expect(act([0, 0], { mask: [false, true, false] })).toBe(1)
  })

  test('parameters of another environment or config', () => {
    const parts = ppo.parts(small, walk(spaces.discrete))
    const other = ppo.parts(small, walk(spaces.box))
    expect(() => actor(parts, { params: other.policy.init(key(1)), normaliser: null })).toThrow(
      `params: expected ${parts.policy.network.paramCount} numbers for walk, got ${other.policy.network.paramCount}`,
    )
  })
})
