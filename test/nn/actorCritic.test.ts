import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import type { Machine } from '../../src/kernel/machine.ts'
import { wasm } from '../../src/kernel/wasm/wasm.ts'
import {
  actorCritic,
  actorCriticOf,
  conv2d,
  dense,
  embedding,
  sequential,
  type ActorCritic,
  type ActorCriticSpec,
  type Batch,
} from '../../src/nn/index.ts'
import { key } from '../../src/random/key.ts'
import { uniform } from '../../src/random/uniform.ts'
import { withFlat, type Params } from '../../src/tensor/params.ts'
import { cast, data, of, own, toArray, type Floats, type Tensor } from '../../src/tensor/tensor.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { elements, typed } from '../support/arbitrary.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { inner, numericAlong } from '../support/direction.ts'

const plain: ActorCriticSpec = {
  observations: 3,
  distParams: 4,
  hidden: [5, 4],
  gain: { hidden: Math.SQRT2, policy: 0.5, value: 1 },
}
const logStd = { columns: [3, 1], init: [-0.5, 0.25] }
const image = conv2d({ height: 3, width: 1, channels: 1 }, 2, { kernel: [2, 1] })

// Any network has this type, whatever its parameters are.
const kinds: ReadonlyArray<readonly [string, ActorCritic]> = [
  ['two networks', actorCritic(plain)],
  ['V of its own size', actorCritic({ ...plain, valueHidden: [2, 3, 2] })],
  ['a linear V', actorCritic({ ...plain, valueHidden: [] })],
  ['a shared trunk', actorCritic({ ...plain, trunk: 'shared' })],
  ['log σ of its own', actorCritic({ ...plain, logStd })],
  ['log σ of its own on a shared trunk', actorCritic({ ...plain, trunk: 'shared', logStd })],
  ['uniform weights', actorCritic({ ...plain, weights: 'fanIn' })],
  ['silu', actorCritic({ ...plain, activation: 'silu', trunk: 'shared' })],
  ['no hidden layer', actorCritic({ ...plain, hidden: [], logStd })],
  ['no hidden layer, shared', actorCritic({ ...plain, hidden: [], trunk: 'shared', logStd })],
  [
    'a convolution as its trunk',
    actorCriticOf({
      trunk: sequential([image, dense(image.outputs, 4)]),
      actor: dense(4, 3, { activation: 'linear' }),
      critic: sequential([dense(4, 2), dense(2, 1, { activation: 'linear' })]),
      logStd: { columns: [0], init: -1 },
    }),
  ],
]

const cases = (type: 'f32' | 'f64', max: number) =>
  fc.tuple(fc.integer({ min: 1, max }), fc.nat()).chain(([rows, seed]) =>
    fc.record({
      seed: fc.constant(seed),
      x: elements(type, 3 * rows, 1).map((v) => of(['env', 'feature'], [rows, 3], typed(type, v))),
      dParam: elements(type, 4 * rows, 1).map((v) =>
        of(['env', 'param'], [rows, 4], typed(type, v)),
      ),
      dValue: elements(type, rows, 1).map((v) => of(['env'], [rows], typed(type, v))),
    }),
  )

const directionOf = (params: Params, seed: number): Params => {
  const t = toArray(uniform(key(seed), ['param'], [params.flat.shape[0]], 'f64'))
  return withFlat(
    params.tree,
    typed(
      params.flat.dtype,
      t.map((u) => 2 * u - 1),
    ) as Floats,
  )
}

type Grads = {
  readonly dParam: Tensor<['env', 'param']> | null
  readonly dValue: Tensor<['env']> | null
}

/** The gradient of rows `from` … `to` − 1, into arrays that held NaN. */
const backward = (
  machine: Machine,
  network: ActorCritic,
  params: Params,
  x: Batch<'env'>,
  grads: Grads,
  cuts: readonly number[] = [],
): readonly Params[] => {
  const [, cache] = network.forward(machine, params.tree, x)
  const ends = [...cuts, x.shape[0]]
  const out = ends.map(() => withFlat(params.tree, machine.alloc(params.flat.shape[0]).fill(NaN)))
  const shards = out.map(({ tree }, i) => ({
    from: i === 0 ? 0 : ends[i - 1]!,
    to: ends[i]!,
    grads: tree,
  }))
  network.backward(machine, shards, params.tree, cache, grads)
  return out
}

const whole = (...args: Parameters<typeof backward>): Params => backward(...args)[0]!

const rowsOf = <D extends 'feature' | 'param'>(
  x: Tensor<['env', D]>,
  from: number,
  to: number,
): Tensor<['env', D]> => {
  const [, width] = x.shape
  return own(
    x.dims as ['env', D],
    [to - from, width],
    (data(x) as Floats).slice(from * width, to * width),
  )
}

describe.for(kinds)('an actor-critic with $0', ([, network]) => {
  test.prop({ c: cases('f64', 3) }, { numRuns: 8 })(
    'backward is the gradient of Σ c ∘ (param, V) in every parameter: central differences',
    ({ c: { seed, x, dParam, dValue } }) => {
      const params = network.init(key(seed), 'f64')
      const loss = (flat: Float64Array): number => {
        const [{ param, value }] = network.forward(js.f64, withFlat(params.tree, flat).tree, x)
        return inner(toArray(param), toArray(dParam)) + inner(toArray(value), toArray(dValue))
      }
      const { flat } = whole(js.f64, network, params, x, { dParam, dValue })
      expectClose(toArray(flat), numericGrad(loss, toArray(params.flat)), 1e-6, 1e-9)
    },
  )

  test.prop({ c: cases('f64', 3) }, { numRuns: 10 })(
    'jvp is the derivative of param along a direction of all parameters: central differences',
    ({ c: { seed, x } }) => {
      const params = network.init(key(seed), 'f64')
      const tangent = directionOf(params, seed)
      const [{ param }, cache] = network.forward(js.f64, params.tree, x)
      const moved = network.jvp<'env'>(js.f64, params.tree, tangent.tree, cache)
      expect([moved.dims, moved.shape, moved.dtype]).toStrictEqual([param.dims, param.shape, 'f64'])
      const f = (flat: Float64Array): number[] =>
        toArray(network.forward(js.f64, withFlat(params.tree, flat).tree, x)[0].param)
      const expected = numericAlong(f, toArray(params.flat), toArray(tangent.flat))
      expectClose(toArray(moved), expected, 1e-6, 1e-9)
    },
  )

  test.prop({ c: cases('f64', 4) }, { numRuns: 12 })(
    'jvp and backward are adjoint: ⟨d, J t⟩ = ⟨Jᵀ d, t⟩',
    ({ c: { seed, x, dParam } }) => {
      const params = network.init(key(seed), 'f64')
      const tangent = directionOf(params, seed)
      const [, cache] = network.forward(js.f64, params.tree, x)
      const { flat } = whole(js.f64, network, params, x, { dParam, dValue: null })
      const moved = network.jvp(js.f64, params.tree, tangent.tree, cache)
      expectClose(
        inner(toArray(dParam), toArray(moved)),
        inner(toArray(flat), toArray(tangent.flat)),
        1e-10,
        1e-12,
      )
    },
  )

  test.prop({ c: cases('f32', 9), cut: fc.array(fc.nat(9), { maxLength: 4 }) }, { numRuns: 10 })(
    'a shard’s gradient depends on its own rows only, to the bit',
    ({ c: { seed, x, dParam, dValue }, cut }) => {
      const params = network.init(key(seed), 'f32')
      const rows = x.shape[0]
      const cuts = cut.map((at) => Math.min(at, rows)).toSorted((a, b) => a - b)
      const shards = backward(js.f32, network, params, x, { dParam, dValue }, cuts)
      for (const [i, to] of [...cuts, rows].entries()) {
        const from = i === 0 ? 0 : cuts[i - 1]!
        if (from === to) {
          expect(toArray(shards[i]!.flat).every((g) => g === 0)).toBe(true)
          continue
        }
        const v = of(['env'], [to - from], (data(dValue) as Floats).slice(from, to))
        const grads = { dParam: rowsOf(dParam, from, to), dValue: v }
        const [alone] = backward(js.f32, network, params, rowsOf(x, from, to), grads)
        expectSameBits(toArray(shards[i]!.flat), toArray(alone!.flat))
      }
    },
  )

  test.prop({ c: cases('f64', 4) }, { numRuns: 10 })(
    'the two gradients add up, null is a gradient of 0, and V alone leads back as well',
    ({ c: { seed, x, dParam, dValue } }) => {
      const params = network.init(key(seed), 'f64')
      const flat = (grads: Grads) => toArray(backward(js.f64, network, params, x, grads)[0]!.flat)
      const both = flat({ dParam, dValue })
      const [policy, value] = [flat({ dParam, dValue: null }), flat({ dParam: null, dValue })]
      expectClose(
        policy.map((g, i) => g + value[i]!),
        both,
        1e-12,
        1e-13,
      )
      expect(flat({ dParam: null, dValue: null }).every((g) => g === 0)).toBe(true)
      const own = params.flat.shape[0] - network.valueParams
      expect(policy.slice(own).every((g) => g === 0)).toBe(true)
      expect(value.slice(own)).toStrictEqual(both.slice(own))
      expect(value.slice(own).some((g) => g !== 0)).toBe(true)

      const [, cache] = network.value(js.f64, params.tree, x)
      const alone = withFlat(params.tree, new Float64Array(params.flat.shape[0]).fill(NaN))
      const shards = [{ from: 0, to: x.shape[0], grads: alone.tree }]
      network.backward(js.f64, shards, params.tree, cache, { dParam: null, dValue })
      expect(toArray(alone.flat)).toStrictEqual(value)
    },
  )

  test.prop({ c: cases('f32', 5) }, { numRuns: 10 })(
    'js and wasm give the same bits: param, V, gradients and jvp',
    ({ c: { seed, x, dParam, dValue } }) => {
      const run = (machine: Machine) => {
        const params = network.init(key(seed), 'f32')
        const [{ param, value }, cache] = network.forward(machine, params.tree, x)
        const grads = backward(machine, network, params, x, { dParam, dValue }, [1])
        const t = directionOf(params, seed)
        const moved = network.jvp(machine, params.tree, t.tree, cache)
        return [param, value, ...grads.map(({ flat }) => flat), moved].map(toArray)
      }
      expectSameBits(run(wasm.machine), run(js.f32))
    },
  )

  test.prop({ c: cases('f32', 5) }, { numRuns: 10 })(
    'f32 agrees with f64 within 1e-4 of the largest: param, V and gradient',
    ({ c: { seed, x, dParam, dValue } }) => {
      const params = network.init(key(seed), 'f32')
      const all = (machine: Machine, type: 'f32' | 'f64') => {
        const p = withFlat(params.tree, typed(type, toArray(params.flat)) as Floats)
        const [{ param, value }] = network.forward(machine, p.tree, cast(x, type))
        const d = { dParam: cast(dParam, type), dValue: cast(dValue, type) }
        const { flat } = whole(machine, network, p, cast(x, type), d)
        return [param, value, flat].map(toArray)
      }
      const exact = all(js.f64, 'f64')
      for (const [i, numbers] of all(js.f32, 'f32').entries()) {
        const largest = Math.max(...exact[i]!.map(Math.abs))
        expectClose(numbers, exact[i]!, 1e-4, 1e-5 * largest + 1e-6)
      }
    },
  )

  test.prop({ c: cases('f32', 9) }, { numRuns: 12 })(
    'row i of a batch gives the bits of row i alone; param and V alone those of both',
    ({ c: { seed, x } }) => {
      const { tree } = network.init(key(seed), 'f32')
      const run = (input: typeof x) => network.forward(js.f32, tree, input)[0]
      const { param, value } = expectPure(run, x)
      expect([param.dims, param.shape, value.dims, value.shape]).toStrictEqual([
        ['env', 'param'],
        [x.shape[0], 4],
        ['env'],
        [x.shape[0]],
      ])
      expect(toArray(network.value(js.f32, tree, x)[0])).toStrictEqual(toArray(value))
      expect(network.policy(js.f32, tree, x)).toStrictEqual(param)
      for (let i = 0; i < x.shape[0]; i++) {
        const alone = run(rowsOf(x, i, i + 1))
        expect(toArray(alone.param)).toStrictEqual(toArray(rowsOf(param, i, i + 1)))
        expect(toArray(alone.value)).toStrictEqual([toArray(value)[i]])
      }
    },
  )

  test('init: paramCount numbers of the type asked for; the same key, the same numbers', () => {
    const { flat } = expectPure((k: number) => network.init(key(k), 'f32'), 1)
    expect([flat.dtype, flat.shape]).toStrictEqual(['f32', [network.paramCount]])
    expect(network.init(key(1), 'f64').flat.dtype).toBe('f64')
    expect(toArray(network.init(key(2), 'f32').flat)).not.toEqual(toArray(flat))
  })
})

describe('actorCriticOf', () => {
  test('reads indices where its trunk is an embedding', () => {
    const network = actorCriticOf({
      trunk: embedding(4, 3),
      actor: dense(3, 2, { activation: 'linear' }),
      critic: dense(3, 1, { activation: 'linear' }),
    })
    const params = network.init(key(1), 'f64')
    const x = of(['env', 'feature'], [3, 1], Int32Array.of(2, 0, 2))
    const [{ value }] = network.forward(js.f64, params.tree, x)
    const [first, , third] = toArray(value)
    expect(third).toBe(first)
    const dValue = of(['env'], [3], [1, 1, 1])
    const [grads] = backward(js.f64, network, params, x, { dParam: null, dValue })
    expect(toArray(grads!.flat).slice(3, 6)).toStrictEqual([0, 0, 0])
  })

  test('V has one output', () => {
    const layers = { trunk: null, actor: dense(3, 2), critic: dense(3, 2) }
    expect(() => actorCriticOf(layers)).toThrow('critic.outputs: expected 1, got 2')
  })

  test('a tangent of another tree is refused', () => {
    const network: ActorCritic = actorCritic({ ...plain, logStd })
    const other: ActorCritic = actorCritic({ ...plain, hidden: [2] })
    const params = network.init(key(1), 'f64').tree
    const x = of(['env', 'feature'], [1, 3], [1, 2, 3])
    const [, cache] = network.forward(js.f64, params, x)
    expect(() => network.jvp(js.f64, params, other.init(key(1), 'f64').tree, cache)).toThrow(
      'tangent.weight: expected [in=3, out=5], got [in=3, out=2]',
    )
    const { logStd: _, ...without } = params
    expect(() => network.jvp(js.f64, params, without, cache)).toThrow(
      'logStd: expected [free=2], got none',
    )
    expect(() => network.forward(js.f64, without, x)).toThrow('logStd: expected [free=2], got none')
  })
})
