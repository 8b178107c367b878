import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { makers } from '../../src/kernel/makers.ts'
import { actorCritic, fanIn, tanhMlp, type ActorCriticSpec } from '../../src/nn/index.ts'
import { key, split, uniform } from '../../src/random/index.ts'
import { leaves, pack, partRanges, withFlat } from '../../src/tensor/params.ts'
import { cast, data, of, pick, toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'
import { elements, typed } from '../support/arbitrary.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { inner, numericAlong } from '../support/direction.ts'

const plain: ActorCriticSpec = {
  observations: 3,
  distParams: 4,
  hidden: [5, 4],
  gain: { hidden: Math.SQRT2, policy: 0.5, value: 1 },
}

const free = { columns: [3, 1], init: [-0.5, 0.25] }

const kinds: ReadonlyArray<readonly [string, ActorCriticSpec]> = [
  ['two networks', plain],
  ['V of its own size', { ...plain, valueHidden: [2, 3, 2] }],
  ['a linear V', { ...plain, valueHidden: [] }],
  ['a shared trunk', { ...plain, trunk: 'shared' }],
  ['free columns', { ...plain, free }],
  ['free columns on a shared trunk', { ...plain, trunk: 'shared', free }],
  ['uniform weights', { ...plain, weights: 'fanIn' }],
  ['no hidden layer', { ...plain, hidden: [], free }],
  ['no hidden layer, shared', { ...plain, hidden: [], trunk: 'shared', free }],
]

const cases = (type: 'f32' | 'f64', max: number) =>
  fc.tuple(fc.integer({ min: 1, max }), fc.maxSafeNat()).chain(([rows, seed]) =>
    fc.record({
      seed: fc.constant(seed),
      x: elements(type, 3 * rows, 1).map((v) => of(['env', 'feature'], [rows, 3], typed(type, v))),
      dDist: elements(type, 4 * rows, 1).map((v) =>
        of(['env', 'param'], [rows, 4], typed(type, v)),
      ),
      dValue: elements(type, rows, 1).map((v) => of(['env'], [rows], typed(type, v))),
    }),
  )

const directionOf = (params: ReturnType<typeof actorCritic.init>, seed: number) => {
  const t = uniform(key(seed), ['param'], [params.flat.shape[0]], 'f64')
  return withFlat(
    params.tree,
    Float64Array.from(toArray(t), (u) => 2 * u - 1),
  )
}

describe.for(kinds)('actorCritic with $0', ([, spec]) => {
  const columns = spec.free?.columns ?? []

  test.prop({ c: cases('f64', 3) }, { numRuns: 20 })(
    'backward is the gradient of Σ c ∘ (dist, V) in every parameter: central differences',
    ({ c: { seed, x, dDist, dValue } }) => {
      const params = actorCritic.init(js.f64, key(seed), spec)
      const loss = (flat: Float64Array): number => {
        const moved = withFlat(params.tree, flat)
        const [{ dist, value }] = actorCritic.forward(js.f64, moved, x, columns)
        return inner(toArray(dist), toArray(dDist)) + inner(toArray(value), toArray(dValue))
      }
      const [, cache] = actorCritic.forward(js.f64, params, x, columns)
      const grads = expectPure(actorCritic.backward<'env'>, js.f64, cache, { dDist, dValue })
      expect(leaves(grads.tree).map(([path, t]) => [path, t.dims, t.shape])).toStrictEqual(
        leaves(params.tree).map(([path, t]) => [path, t.dims, t.shape]),
      )
      expectClose(toArray(grads.flat), numericGrad(loss, toArray(params.flat)), 1e-6, 1e-9)
    },
  )

  test.prop({ c: cases('f64', 3) }, { numRuns: 20 })(
    'jvp is the derivative of dist along a direction of all parameters: central differences',
    ({ c: { seed, x } }) => {
      const params = actorCritic.init(js.f64, key(seed), spec)
      const tangent = directionOf(params, seed)
      const [{ dist }, cache] = actorCritic.forward(js.f64, params, x, columns)
      const dOut = expectPure(actorCritic.jvp<'env'>, js.f64, params, tangent, cache)
      expect([dOut.dims, dOut.shape, dOut.dtype]).toStrictEqual([dist.dims, dist.shape, 'f64'])
      const f = (flat: Float64Array): number[] =>
        toArray(actorCritic.forward(js.f64, withFlat(params.tree, flat), x, columns)[0].dist)
      expectClose(
        toArray(dOut),
        numericAlong(f, toArray(params.flat), toArray(tangent.flat)),
        1e-6,
        1e-9,
      )
    },
  )

  test.prop({ c: cases('f64', 4) }, { numRuns: 30 })(
    'jvp and backward are adjoint: ⟨d, J t⟩ = ⟨Jᵀ d, t⟩',
    ({ c: { seed, x, dDist } }) => {
      const params = actorCritic.init(js.f64, key(seed), spec)
      const tangent = directionOf(params, seed)
      const [, cache] = actorCritic.forward(js.f64, params, x, columns)
      const dValue = of(['env'], [x.shape[0]], new Float64Array(x.shape[0]))
      const { flat } = actorCritic.backward(js.f64, cache, { dDist, dValue })
      const dOut = actorCritic.jvp(js.f64, params, tangent, cache)
      expectClose(
        inner(toArray(dDist), toArray(dOut)),
        inner(toArray(flat), toArray(tangent.flat)),
        1e-10,
        1e-12,
      )
    },
  )

  test.prop({ c: cases('f32', 5) }, { numRuns: 30 })(
    'f32 agrees with f64 within 1e-4 of the largest: dist, V, gradient and jvp',
    ({ c: { seed, x, dDist, dValue } }) => {
      const params = actorCritic.init(js.f32, key(seed), spec)
      const tangent = withFlat(
        params.tree,
        Float32Array.from(toArray(directionOf(params, seed).flat)),
      )
      const wide = (p: typeof params) =>
        withFlat(p.tree, Float64Array.from(data(p.flat) as Float32Array))
      const all = (
        kernels: typeof js.f32,
        p: typeof params,
        t: typeof params,
        type: 'f32' | 'f64',
      ) => {
        const [{ dist, value }, cache] = actorCritic.forward(kernels, p, cast(x, type), columns)
        const d = { dDist: cast(dDist, type), dValue: cast(dValue, type) }
        const { flat } = actorCritic.backward(kernels, cache, d)
        return [dist, value, flat, actorCritic.jvp(kernels, p, t, cache)]
      }
      const f32 = all(js.f32, params, tangent, 'f32')
      const f64 = all(js.f64, wide(params), wide(tangent), 'f64')
      for (const [i, t] of f32.entries()) {
        expect(t.dtype).toBe('f32')
        const expected = toArray(f64[i]!)
        const largest = Math.max(...expected.map(Math.abs))
        expectClose(toArray(t), expected, 1e-4, 1e-5 * largest + 1e-6)
      }
    },
  )

  test.prop({ c: cases('f32', 5) }, { numRuns: 20 })(
    'both makers of kernels give the same bits: dist, V, gradient and jvp',
    ({ c: { seed, x, dDist, dValue } }) => {
      const run = (kernels: typeof js.f32): number[][] => {
        const params = actorCritic.init(kernels, key(seed), spec)
        const t = Float32Array.from(toArray(directionOf(params, seed).flat))
        const [{ dist, value }, cache] = actorCritic.forward(kernels, params, x, columns)
        const { flat } = actorCritic.backward(kernels, cache, { dDist, dValue })
        const dOut = actorCritic.jvp(kernels, params, withFlat(params.tree, t), cache)
        return [dist, value, flat, dOut].map(toArray)
      }
      expect(run(makers.wasm.kernels)).toStrictEqual(run(js.f32))
    },
  )

  test.prop({ c: cases('f32', 9) }, { numRuns: 30 })(
    'row i of a batch gives the bits of row i alone, and V alone those of V',
    ({ c: { seed, x } }) => {
      const params = actorCritic.init(js.f32, key(seed), spec)
      const [{ dist, value }] = expectPure(actorCritic.forward<'env'>, js.f32, params, x, columns)
      expect([dist.dims, dist.shape, value.dims, value.shape]).toStrictEqual([
        ['env', 'param'],
        [x.shape[0], 4],
        ['env'],
        [x.shape[0]],
      ])
      expect(toArray(expectPure(actorCritic.value<'env'>, js.f32, params, x))).toStrictEqual(
        toArray(value),
      )
      for (let i = 0; i < x.shape[0]; i++) {
        const row = of(['env', 'feature'], [1, 3], typed('f32', toArray(pick(x, i))))
        const [alone] = actorCritic.forward(js.f32, params, row, columns)
        expect(toArray(alone.dist)).toStrictEqual(toArray(pick(dist, i)))
        expect(toArray(alone.value)).toStrictEqual(toArray(pick(value, i)))
      }
    },
  )

  test('the same key, the same parameters; another, others; all of the kernels’ type', () => {
    const { flat } = expectPure(actorCritic.init, js.f32, key(1), spec)
    expect(flat.dtype).toBe('f32')
    expect(actorCritic.init(js.f64, key(1), spec).flat.dtype).toBe('f64')
    expect(toArray(actorCritic.init(js.f32, key(2), spec).flat)).not.toEqual(toArray(flat))
  })
})

const x = of(['env', 'feature'], [2, 3], Float32Array.of(0.1, -0.2, 0.3, 1, 2, -3))
const paths = (spec: ActorCriticSpec) =>
  leaves(actorCritic.init(js.f32, key(1), spec).tree).map(([path, t]) => [path, ...t.shape])

describe('the tree', () => {
  test('two networks are two tanhMlps with the two children of the key, to the bit', () => {
    const { hidden: hiddenGain, policy, value } = plain.gain
    const [actorKey, criticKey] = split(key(7), 2)
    const actor = tanhMlp.init(js.f32, actorKey, {
      sizes: [3, 5, 4, 4],
      hiddenGain,
      outputGain: policy,
    })
    const critic = tanhMlp.init(js.f32, criticKey, {
      sizes: [3, 5, 4, 1],
      hiddenGain,
      outputGain: value,
    })
    const params = actorCritic.init(js.f32, key(7), plain)
    expect(Object.keys(params.tree)).toStrictEqual(['actor', 'critic'])
    expect(toArray(params.flat)).toStrictEqual(toArray(pack({ actor, critic }).flat))

    const [output, cache] = actorCritic.forward(js.f32, params, x)
    const [out, actorCache] = tanhMlp.forward(js.f32, actor, x)
    const [v, criticCache] = tanhMlp.forward(js.f32, critic, x)
    expect(toArray(output.dist)).toStrictEqual(toArray(out))
    expect(toArray(output.value)).toStrictEqual(toArray(v))

    const dDist = of(
      ['env', 'param'],
      [2, 4],
      Float32Array.from({ length: 8 }, (_, i) => i - 3.3),
    )
    const dValue = of(['env'], [2], Float32Array.of(0.7, -0.3))
    const grads = pack({
      actor: tanhMlp.backward(js.f32, actor, actorCache, dDist),
      critic: tanhMlp.backward(js.f32, critic, criticCache, dValue),
    })
    expect(toArray(actorCritic.backward(js.f32, cache, { dDist, dValue }).flat)).toStrictEqual(
      toArray(grads.flat),
    )
  })

  test('a shared trunk lies first, each head is one layer on its last', () => {
    const spec = { ...plain, trunk: 'shared', free } as const
    expect(paths(spec)).toStrictEqual([
      ['trunk.layer0.weight', 3, 5],
      ['trunk.layer0.bias', 5],
      ['trunk.layer1.weight', 5, 4],
      ['trunk.layer1.bias', 4],
      ['actor.layer0.weight', 4, 2],
      ['actor.layer0.bias', 2],
      ['logStd', 2],
      ['critic.layer0.weight', 4, 1],
      ['critic.layer0.bias', 1],
    ])
    const { tree } = actorCritic.init(js.f32, key(1), spec)
    expect(partRanges(tree)).toStrictEqual({
      trunk: [0, 44],
      actor: [44, 54],
      logStd: [54, 56],
      critic: [56, 61],
    })
  })

  test('its gains: hidden in the whole trunk, policy and value in the heads', () => {
    const spec = { ...plain, trunk: 'shared', gain: { hidden: 3, policy: 0.5, value: 2 } } as const
    const { tree } = actorCritic.init(js.f64, key(1), spec)
    // Orthonormal vectors times the gain: ‖W‖² is gain² times their number.
    const square = (path: string): number => {
      const [, t] = leaves(tree).find(([name]) => name === path)!
      return inner(toArray(t), toArray(t))
    }
    expectClose(square('trunk.layer0.weight'), 9 * 3, 1e-12, 0)
    expectClose(square('trunk.layer1.weight'), 9 * 4, 1e-12, 0)
    expectClose(square('actor.layer0.weight'), 0.25 * 4, 1e-12, 0)
    expectClose(square('critic.layer0.weight'), 4, 1e-12, 0)
  })

  test('a shared trunk without layers: both heads on the observation', () => {
    expect(paths({ ...plain, hidden: [], trunk: 'shared' })).toStrictEqual([
      ['actor.layer0.weight', 3, 4],
      ['actor.layer0.bias', 4],
      ['critic.layer0.weight', 3, 1],
      ['critic.layer0.bias', 1],
    ])
  })

  test('trunk and heads start from three children of the key', () => {
    const [trunkKey, actorKey, criticKey] = split(key(5), 3)
    const spec = { ...plain, hidden: [3], trunk: 'shared', weights: 'fanIn' } as const
    const first = (of: typeof trunkKey, outputs: number) =>
      toArray(pack(fanIn(split(of, 1)[0], 3, outputs)).flat)
    expect(toArray(actorCritic.init(js.f32, key(5), spec).flat)).toStrictEqual([
      ...first(trunkKey, 3),
      ...first(actorKey, 4),
      ...first(criticKey, 1),
    ])
  })

  test('V’s own sizes, and before them a leaf of free numbers that start as told', () => {
    const spec = { ...plain, hidden: [2], valueHidden: [6], free } as const
    expect(paths(spec)).toStrictEqual([
      ['actor.layer0.weight', 3, 2],
      ['actor.layer0.bias', 2],
      ['actor.layer1.weight', 2, 2],
      ['actor.layer1.bias', 2],
      ['logStd', 2],
      ['critic.layer0.weight', 3, 6],
      ['critic.layer0.bias', 6],
      ['critic.layer1.weight', 6, 1],
      ['critic.layer1.bias', 1],
    ])
    const params = actorCritic.init(js.f32, key(1), spec)
    expect(toArray(params.tree.logStd!)).toStrictEqual([-0.5, 0.25])
    const [{ dist }] = actorCritic.forward(js.f32, params, x, [3, 1])
    for (const row of [0, 1]) {
      expect(toArray(dist)[4 * row + 3]).toBe(-0.5)
      expect(toArray(dist)[4 * row + 1]).toBe(0.25)
    }
  })

  test('on a shared trunk both losses move the trunk, each head its own', () => {
    const params = actorCritic.init(js.f64, key(1), { ...plain, trunk: 'shared' })
    const input = of(['env', 'feature'], [1, 3], [1, 2, 3])
    const [, cache] = actorCritic.forward(js.f64, params, input)
    const moves = (d: number, v: number) => {
      const dDist = of(['env', 'param'], [1, 4], [d, -d, 2 * d, 0])
      const grads = actorCritic.backward(js.f64, cache, { dDist, dValue: of(['env'], [1], [v]) })
      return Object.values(partRanges(grads.tree)).map(([from, to]) =>
        toArray(grads.flat)
          .slice(from, to)
          .some((g) => g !== 0),
      )
    }
    expect(moves(1, 0)).toStrictEqual([true, true, false])
    expect(moves(0, 1)).toStrictEqual([true, false, true])
  })

  test('what cannot be is refused', () => {
    const init = (spec: Partial<ActorCriticSpec>) => () =>
      actorCritic.init(js.f32, key(1), { ...plain, ...spec })
    expect(init({ trunk: 'shared', valueHidden: [4, 4] })).toThrow(RangeError)
    expect(init({ trunk: 'shared', valueHidden: [4, 4] })).toThrow(
      'valueHidden: expected none on a shared trunk, got [4, 4]: leave it out',
    )
    expect(init({ free: { columns: [4], init: 0 } })).toThrow('columns[0]: expected a column')
    const params = actorCritic.init(js.f32, key(1), { ...plain, free })
    expect(() => actorCritic.forward(js.f32, params, x)).toThrow('columns: expected 2')
    const [, cache] = actorCritic.forward(js.f32, params, x, free.columns)
    const other = actorCritic.init(js.f32, key(1), plain)
    expect(() => actorCritic.jvp(js.f32, params, other, cache)).toThrow('tangent: expected [param=')
  })
})
