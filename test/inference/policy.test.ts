import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { actor } from '../../src/algo/actor.ts'
import { distributionFor } from '../../src/algo/actions.ts'
import type { Normaliser } from '../../src/algo/look.ts'
import { networkFor, policyFor, type PolicyConfig } from '../../src/algo/policy.ts'
import { sigmoid } from '../../src/distribution/scalars.ts'
import type { Fitted } from '../../src/distribution/index.ts'
import { box, choices, width, type Box, type Space } from '../../src/env/index.ts'
import { decodePolicy, loadPolicy } from '../../src/inference/index.ts'
import { encodePolicy } from '../../src/run/policy/encodePolicy.ts'
import { readActor } from '../../src/run/policy/readActor.ts'
import { readPolicy } from '../../src/run/policy/readPolicy.ts'
import { backends } from '../../src/kernel/backends.ts'
import { js } from '../../src/kernel/index.ts'
import { f64 } from '../../src/math/real.ts'
import { foldIn, key, normal } from '../../src/random/index.ts'
import { of as momentsOf } from '../../src/rl/moments.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { data, of, type Floats } from '../../src/tensor/tensor.ts'
import { arbitrary } from '../../src/testing/index.ts'
import { anySpace, bounds } from '../support/anySpace.ts'
import { numbersIn } from '../support/spaces.ts'

const base: PolicyConfig = {
  hidden: [5],
  valueHidden: null,
  trunk: 'separate',
  weights: 'fanIn',
  gain: { hidden: 1, policy: 1, value: 1 },
  logStd: { kind: 'free', init: -0.5 },
  actionBound: 'clip',
}

const isBounded = (space: Space): boolean =>
  space.kind === 'box'
    ? space.low.every(Number.isFinite) && space.high.every(Number.isFinite)
    : space.kind === 'product' || space.kind === 'tuple'
      ? Object.values<Space>(space.spaces).every(isBounded)
      : true

const observed: fc.Arbitrary<Box> = fc.array(bounds, { minLength: 1, maxLength: 6 }).map((pairs) =>
  box(
    pairs.length,
    pairs.map(([low]) => low),
    pairs.map(([, high]) => high),
  ),
)

/** Statistics of a few rows. */
const seen = (features: number, seed: number): Normaliser => ({
  observation: momentsOf(normal(key(seed), ['step', 'feature'], [3, features], 'f64')),
  reward: null,
})

interface Case {
  readonly env: { name: string; observationSpace: Box; actionSpace: Space; actionMask?: unknown }
  readonly config: PolicyConfig
  readonly trained: Parameters<typeof actor>[1]
  readonly seed: number
}

/** A policy of any spaces and sizes whose parameters are as after training. */
const anyPolicy: fc.Arbitrary<Case> = fc
  .record({
    observationSpace: observed,
    actionSpace: anySpace,
    hidden: fc.array(fc.integer({ min: 1, max: 19 }), { maxLength: 3 }),
    valueHidden: fc.option(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 2 })),
    trunk: fc.constantFrom('separate', 'shared'),
    actionBound: fc.constantFrom('clip', 'squash', 'none'),
    kind: fc.constantFrom('free', 'state'),
    min: fc.option(fc.constantFrom(-3, -0.7)),
    masks: fc.boolean(),
    normalises: fc.boolean(),
    size: fc.constantFrom(0.1, 1, 6),
    seed: fc.nat(),
  })
  .map(({ observationSpace, actionSpace, actionBound, kind, min, masks, normalises, ...rest }) => {
    const { hidden, valueHidden, trunk, size, seed } = rest
    const env = {
      name: 'any',
      observationSpace,
      actionSpace,
      ...(masks ? { actionMask: () => [] } : {}),
    }
    const config: PolicyConfig = {
      ...base,
      hidden,
      valueHidden: trunk === 'shared' ? null : valueHidden,
      trunk,
      actionBound: actionBound === 'squash' && !isBounded(actionSpace) ? 'none' : actionBound,
      logStd: { kind, init: -0.5, min, max: 1.5 },
      normalise: { observation: normalises, reward: false, clip: 2, epsilon: 1e-8 },
    }
    const { tree, flat } = networkFor(env, config).init(key(0), 'f32')
    const noise = Float32Array.from(data(normal(key(seed), ['param'], flat.shape)), (x) => size * x)
    const normaliser = normalises ? seen(observationSpace.size, seed) : null
    return { env, config, trained: { params: withFlat(tree, noise as Floats), normaliser }, seed }
  })

/** Masks with an open choice in each group: the mode's own. */
const maskFor = (space: Space, element: unknown, seed: number): readonly boolean[] => {
  const draws = data(normal(key(seed), ['choice'], [choices(space)]))
  const out = Array.from(draws, (x) => x > 0)
  let at = 0
  const open = (part: Space, value: unknown): void => {
    if (part.kind === 'discrete') {
      out[at + (value as number) - (part.start ?? 0)] = true
      at += part.n
    } else if (part.kind === 'multiDiscrete') {
      part.sizes.forEach((n, i) => {
        out[at + (value as number[])[i]! - (part.start?.[i] ?? 0)] = true
        at += n
      })
    } else if (part.kind === 'multiBinary') at += part.n
    else if (part.kind !== 'box')
      for (const [name, inner] of Object.entries<Space>(part.spaces))
        open(inner, (value as Record<string, unknown>)[name])
  }
  open(space, element)
  return out
}

const bits = (x: ArrayLike<number>): readonly string[] =>
  Array.from(x, (v) => (Object.is(v, -0) ? '-0' : String(v)))

/** The probabilities of each choice, as the distributions of the library have them. */
const probabilitiesOf = (space: Space, dist: unknown): readonly number[] => {
  if (space.kind === 'box') return []
  if (space.kind === 'multiBinary')
    return Array.from(data((dist as Fitted).param), (x) =>
      Math.fround(sigmoid(x, f64.exp(-Math.abs(x)))),
    )
  if (space.kind === 'discrete')
    return Array.from((dist as { readonly p: () => ArrayLike<number> }).p())
  const { parts } = dist as { readonly parts: readonly unknown[] }
  const spaces =
    space.kind === 'multiDiscrete'
      ? space.sizes.map((n): Space => ({ kind: 'discrete', n }))
      : Object.values<Space>(space.spaces)
  return parts.flatMap((part, i) => probabilitiesOf(spaces[i]!, part))
}

describe('a policy loaded from its file', () => {
  test.prop([
    anyPolicy.chain((policy) =>
      fc.tuple(fc.constant(policy), arbitrary(policy.env.observationSpace)),
    ),
  ])(
    'takes the actions of the library, has its probabilities and its V, to the bit',
    ([{ env, config, trained, seed }, observation]) => {
      // A number beyond f32 is outside every space.
      fc.pre(observation.every((x) => Number.isFinite(Math.fround(x))))
      const policy = policyFor(seed % 2 === 0 ? js.f32 : backends.wasm.machine, env, config)
      const choose = actor({ config, policy, env: { env } }, trained)
      const loaded = loadPolicy(encodePolicy({ env, config, trained }))
      const free = actor(
        { config, policy, env: { env: { ...env, actionMask: undefined } } },
        trained,
      )
      const mask =
        env.actionMask === undefined
          ? {}
          : { mask: maskFor(env.actionSpace, free(observation), seed) }

      const into = new Float64Array(width(env.actionSpace))
      for (const how of [
        mask,
        { ...mask, key: key(seed) },
        { ...mask, key: foldIn(key(seed), 1) },
      ]) {
        const expected = choose(observation, how)
        expect(loaded.act(observation, how)).toEqual(expected)
        loaded.actInto(into, observation, how)
        expect(bits(into)).toEqual(bits(numbersIn(expected)))
      }

      const seenBy = policy.normaliseObservation(trained.normaliser)
      const batch = seenBy(
        of(['env', 'feature'], [1, observation.length], Float32Array.from(observation)),
      )
      const open =
        'mask' in mask
          ? of(['env', 'choice'], [1, mask.mask.length], Uint8Array.from(mask.mask, Number))
          : null
      const [{ dist, value }] = policy.forward(trained.params, batch, open)
      expect(bits(loaded.probabilities(observation, mask))).toEqual(
        bits(probabilitiesOf(env.actionSpace, dist)),
      )
      expect(bits([loaded.value!(observation)])).toEqual(bits(data(value)))
    },
  )

  test.prop([anyPolicy])(
    'can be read by readPolicy and readActor, too',
    ({ env, config, trained }) => {
      const bytes = encodePolicy({ env, config, trained })
      expect(readPolicy(bytes)).toMatchObject({
        _tag: 'Right',
        right: {
          found: {
            layout: 'proximal',
            ignored: [],
            warnings: [],
            header: { name: 'any', actionSpace: env.actionSpace },
          },
          normaliser: trained.normaliser === null ? null : { reward: null },
        },
      })
      expect(readActor(bytes)._tag).toBe('Right')
      const small = encodePolicy({ env, config, trained, value: false })
      expect(loadPolicy(small).value).toBeNull()
      expect(small.length).toBeLessThan(bytes.length)
    },
  )
})

describe('what is wrong with the arguments', () => {
  const env = {
    name: 'two',
    observationSpace: box(2, -1, 1),
    actionSpace: { kind: 'discrete', n: 3 } as const,
    actionMask: true,
  }
  const policy = policyFor(js.f32, env, base)
  const trained = { params: policy.init(key(1)), normaliser: null }
  const loaded = loadPolicy(encodePolicy({ env, config: base, trained }))
  const open = { mask: [true, true, false] }
  test.each<[string, () => unknown]>([
    ['observation: expected 2 numbers, got an array of 3', () => loaded.act([0, 0, 0], open)],
    ['observation: expected 2 numbers, got undefined', () => loaded.act(undefined as never, open)],
    ['observation[1]: expected a finite number from -1 to 1', () => loaded.act([0, 2], open)],
    ['mask: expected 3 booleans, got undefined: pass { mask }', () => loaded.act([0, 0])],
    ['mask: expected 3 booleans, got an array of 1', () => loaded.act([0, 0], { mask: [true] })],
    ['mask[0]: expected a boolean, got 1', () => loaded.act([0, 0], { mask: [1, 0, 0] as never })],
    [
      'mask[0]: expected an allowed choice among 3, got none',
      () => loaded.act([0, 0], { mask: [false, false, false] }),
    ],
    ['out: expected 1 numbers, got an array of 0', () => loaded.actInto([], [0, 0], open)],
    [
      'params: expected f32, got f64',
      () =>
        encodePolicy({
          env,
          config: base,
          trained: { ...trained, params: policyFor(js.f64, env, base).init(key(1)) },
        }),
    ],
  ])('%s', (message, call) => {
    expect(call).toThrow(RangeError)
    expect(call).toThrow(message)
  })

  test('a file of another kind is refused, and says how to write one', () => {
    expect(decodePolicy(new Uint8Array(3))).toMatchObject({
      left: 'file: expected a safetensors file, got an array of 3',
    })
    expect(() => loadPolicy(Uint8Array.from('{"weights": []}', (c) => c.charCodeAt(0)))).toThrow(
      'file: expected a header',
    )
    expect(distributionFor(env.actionSpace, base).params).toBe(3)
  })
})
