import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { f64 } from '../../../src/math/real.ts'
import {
  clippedSurrogate,
  clippedSurrogateGrad,
  clippedSurrogateTerm,
  clipAlone,
  clipAloneGrad,
  dualClip,
  dualClipGrad,
  dualClipTerm,
  policyGradient,
  policyGradientGrad,
  policyGradientTerm,
  ratioSurrogate,
  ratioSurrogateGrad,
  ratioSurrogateTerm,
  surrogate,
  surrogateGrad,
  surrogateTerm,
  type Surrogate,
  type SurrogateConfig,
  type SurrogateKind,
} from '../../../src/rl/index.ts'
import { of, toArray } from '../../../src/tensor/index.ts'
import { expectPure, expectSameBits } from '../../law/purity.ts'
import { expectClose, numericGrad } from '../../support/centralDifference.ts'

const sample = (x: ArrayLike<number>) => of(['sample'], [x.length], Float64Array.from(x))

const KINDS = ['policyGradient', 'ratio', 'clipAlone', 'clip', 'dualClip'] as const

const config = (kind: SurrogateKind, clip = 0.2, c = 3) => ({ surrogate: kind, clip, dualClip: c })

/** The objective of one sample and its derivative, with the config's ε. */
const termOf = (given: SurrogateConfig) => {
  const { value, grad } = surrogateTerm(given)
  return {
    value: (r: number, a: number, logProb: number) => value(r, a, logProb, given.clip),
    grad: (r: number, a: number, logProb: number) => grad(r, a, logProb, given.clip),
  }
}

const dualAt = (clip: number, c: number) => {
  const { value, grad } = dualClipTerm(c)
  return {
    value: (r: number, a: number) => value(r, a, -1, clip),
    grad: (r: number, a: number) => grad(r, a, -1, clip),
  }
}

const logRatios = fc.double({ min: -1.8, max: 1.8, noNaN: true })
const advantages = fc.double({ min: -3, max: 3, noNaN: true })
const clips = fc.double({ min: 0.05, max: 0.5, noNaN: true })
const duals = fc.double({ min: 1.6, max: 5, noNaN: true })

describe('the six cases, and two beyond: ε = 0.2, c = 3', () => {
  test.each([
    //  r    Â     clip: L, ∂L      alone: L, ∂L    dual: L, ∂L
    [0.5, 2, [1, 1], /*       */ [1.6, 0], /* */ [1, 1]],
    [1, 2, [2, 2], /*         */ [2, 2], /*   */ [2, 2]],
    [1.5, 2, [2.4, 0], /*     */ [2.4, 0], /* */ [2.4, 0]],
    [4, 2, [2.4, 0], /*       */ [2.4, 0], /* */ [2.4, 0]],
    [0.5, -2, [-1.6, 0], /*   */ [-1.6, 0], /**/ [-1.6, 0]],
    [1, -2, [-2, -2], /*      */ [-2, -2], /* */ [-2, -2]],
    [1.5, -2, [-3, -3], /*    */ [-2.4, 0], /**/ [-3, -3]],
    [4, -2, [-8, -8], /*      */ [-2.4, 0], /**/ [-6, 0]],
    [4, 0, [0, 0], /*         */ [0, 0], /*   */ [0, 0]],
  ])('r = %d, Â = %d', (r, a, clip, alone, dual) => {
    for (const [kind, [value, grad]] of [
      ['clip', clip],
      ['clipAlone', alone],
      ['dualClip', dual],
    ] as const) {
      const term = termOf(config(kind))
      expectClose(term.value(r, a, -1), value!, 1e-14, 0)
      expectClose(term.grad(r, a, -1), grad!, 1e-14, 0)
    }
  })
})

describe('the rungs of the ladder', () => {
  test.prop([advantages, clips, duals])(
    'all have slope Â where the policy is the one that acted',
    (a, clip, c) => {
      for (const kind of KINDS) expect(termOf(config(kind, clip, c)).grad(1, a, -0.5)).toBe(a)
    },
  )

  test.prop([logRatios, advantages, clips, duals])(
    'each with a clip keeps to the one before it, or below or above it as its name says',
    (x, a, clip, c) => {
      const r = f64.exp(x)
      const at = (kind: SurrogateKind) => termOf(config(kind, clip, c)).value(r, a, -0.5)
      expect(at('ratio')).toBe(r * a)
      expect(at('clip')).toBe(Math.min(at('ratio'), at('clipAlone')))
      expect(at('dualClip')).toBe(a < 0 ? Math.max(at('clip'), c * a) : at('clip'))
    },
  )
})

describe('policyGradient', () => {
  test('is log π Â, with slope Â, however far π_old is', () => {
    const [logProb, advantage] = [sample([-1, -2, -0.5]), sample([3, -4, 0])]
    expect(toArray(policyGradient(logProb, { advantage }))).toEqual([-3, 8, -0])
    expect(toArray(policyGradientGrad(logProb, { advantage }))).toEqual([3, -4, 0])
    expect(policyGradientTerm.value(7, 3, -2, NaN)).toBe(-6)
    expect(policyGradientTerm.grad(7, 3, -2, NaN)).toBe(3)
  })

  test('needs no oldLogProb, and names an advantage of another shape', () => {
    for (const f of [policyGradient, policyGradientGrad])
      expect(() => f(sample([0, 0]), { advantage: sample([0]) })).toThrow(
        'advantage: expected [sample=2], got [sample=1]',
      )
  })
})

describe('ratioSurrogate', () => {
  test('is r Â, its own slope in log r', () => {
    const logProb = sample([Math.log(0.5), 0])
    const batch = { oldLogProb: sample([Math.log(0.25), 0]), advantage: sample([3, -4]) }
    expectClose(toArray(ratioSurrogate(logProb, batch)), [6, -4], 1e-14, 0)
    expectClose(toArray(ratioSurrogateGrad(logProb, batch)), [6, -4], 1e-14, 0)
    const { value, grad } = ratioSurrogateTerm
    expect([value(2, 3, -1, NaN), grad(2, 3, -1, NaN)]).toEqual([6, 6])
  })
})

describe('dualClip', () => {
  test.prop([logRatios, advantages, clips])('with c = ∞ is the clipped surrogate', (x, a, clip) => {
    const r = f64.exp(x)
    const [dual, single] = [dualClipTerm(Infinity), clippedSurrogateTerm]
    expect(dual.value(r, a, -1, clip)).toBe(single.value(r, a, -1, clip))
    expect(dual.grad(r, a, -1, clip)).toBe(single.grad(r, a, -1, clip))
  })

  test.prop([fc.double({ min: -20, max: 20, noNaN: true }), advantages, clips, duals])(
    'never costs more than c |Â|, where the clipped surrogate has no bound',
    (x, a, clip, c) => {
      expect(dualAt(clip, c).value(f64.exp(x), a)).toBeGreaterThanOrEqual(-c * Math.abs(a))
    },
  )

  test('at the kink r = c takes the unclipped side, and beyond it has no slope', () => {
    const { value, grad } = dualAt(0.25, 2)
    expect([value(2, -4), grad(2, -4)]).toEqual([-8, -8])
    expect([value(2.25, -4), grad(2.25, -4)]).toEqual([-8, 0])
    expect([value(1.75, -4), grad(1.75, -4)]).toEqual([-7, -7])
  })

  test('at the kinks r = 1 ± ε takes the unclipped side', () => {
    const { grad } = dualAt(0.25, 2)
    expect([grad(1.25, 4), grad(0.75, -4)]).toEqual([5, -3])
  })

  test('leaves good actions to the clipped surrogate', () => {
    const { value, grad } = dualAt(0.25, 2)
    expect([value(8, 4), grad(8, 4)]).toEqual([5, 0])
    expect([value(0.25, 4), grad(0.25, 4)]).toEqual([1, 1])
  })

  test('may have c below 1 + ε', () => {
    const { value, grad } = dualAt(0.5, 1.25)
    expect([value(1.375, -4), grad(1.375, -4)]).toEqual([-5, 0])
    expect([value(1.125, -4), grad(1.125, -4)]).toEqual([-4.5, -4.5])
  })

  test.each([1, 0.5, NaN])('throws for c = %d', (c) => {
    const error = new RangeError(`dualClip: expected a number > 1, got ${c}`)
    for (const make of [dualClip, dualClipGrad])
      expect(() => make({ clip: 0.2, dualClip: c })).toThrow(error)
    expect(() => dualClipTerm(c)).toThrow(error)
  })

  test('with ε = 0 has one point without a clip, and still ends at c', () => {
    const { value, grad } = dualAt(0, 2)
    expect([0.5, 1, 1.5, 2, 3].map((r) => value(r, -1))).toEqual([-1, -1, -1.5, -2, -2])
    expect([0.5, 1, 1.5, 2, 3].map((r) => grad(r, -1))).toEqual([0, -1, -1.5, -2, 0])
    expect([0.5, 1, 3].map((r) => value(r, 1))).toEqual([0.5, 1, 1])
    expect([0.5, 1, 3].map((r) => grad(r, 1))).toEqual([0.5, 1, 0])
  })

  test('throws for ε < 0', () => {
    expect(() => dualClip({ clip: -1, dualClip: 3 })).toThrow(
      'clip: expected a number >= 0, got -1',
    )
  })

  test('makes NaN of NaN', () => {
    const { value, grad } = dualAt(0.2, 3)
    for (const f of [value, grad]) {
      expect(f(NaN, 1)).toBeNaN()
      expect(f(NaN, -1)).toBeNaN()
      expect(f(1, NaN)).toBeNaN()
    }
  })
})

const withConfig: { readonly [K in SurrogateKind]: readonly [Surrogate, Surrogate] } = {
  policyGradient: [policyGradient, policyGradientGrad],
  ratio: [ratioSurrogate, ratioSurrogateGrad],
  clipAlone: [clipAlone({ clip: 0.2 }), clipAloneGrad({ clip: 0.2 })],
  clip: [clippedSurrogate({ clip: 0.2 }), clippedSurrogateGrad({ clip: 0.2 })],
  dualClip: [dualClip({ clip: 0.2, dualClip: 3 }), dualClipGrad({ clip: 0.2, dualClip: 3 })],
}

describe.each(KINDS)('surrogate %s', (kind) => {
  const samples = fc.array(
    fc.tuple(logRatios, fc.double({ min: -3, max: 0, noNaN: true }), advantages),
    { minLength: 1, maxLength: 6 },
  )
  const batchOf = (rows: ReadonlyArray<readonly [number, number, number]>) => ({
    oldLogProb: sample(rows.map(([, old]) => old)),
    advantage: sample(rows.map(([, , a]) => a)),
  })

  test.prop([samples, clips, duals])(
    'has the gradient that central differences find',
    (rows, clip, c) => {
      const kinks = [1 - clip, 1 + clip, c].map(Math.log)
      fc.pre(rows.every(([x]) => kinks.every((kink) => Math.abs(x - kink) > 5e-3)))
      const logProb = rows.map(([x, old]) => old + x)
      const total = (x: Float64Array) =>
        toArray(surrogate(config(kind, clip, c))(sample(x), batchOf(rows))).reduce(
          (a, b) => a + b,
          0,
        )
      expectClose(
        toArray(surrogateGrad(config(kind, clip, c))(sample(logProb), batchOf(rows))),
        numericGrad(total, logProb, 2e-4),
        1e-6,
        1e-8,
      )
    },
  )

  test.prop([samples])('is the function of that name, to the bit', (rows) => {
    const logProb = sample(rows.map(([x, old]) => old + x))
    const [value, grad] = withConfig[kind]
    expectSameBits(surrogate(config(kind))(logProb, batchOf(rows)), value(logProb, batchOf(rows)))
    expectSameBits(
      surrogateGrad(config(kind))(logProb, batchOf(rows)),
      grad(logProb, batchOf(rows)),
    )
  })

  test.prop([samples])('in f32 agrees with f64', (rows) => {
    const kinks = [0.8, 1.2, 3].map(Math.log)
    fc.pre(rows.every(([x]) => kinks.every((kink) => Math.abs(x - kink) > 1e-3)))
    const narrow = (x: readonly number[]) => of(['sample'], [x.length], Float32Array.from(x))
    const logProb = rows.map(([x, old]) => old + x)
    const batch32 = {
      oldLogProb: narrow(rows.map(([, old]) => old)),
      advantage: narrow(rows.map(([, , a]) => a)),
    }
    for (const f of [surrogate, surrogateGrad]) {
      const out = f(config(kind))(narrow(logProb), batch32)
      expect(out.dtype).toBe('f32')
      expectClose(
        toArray(out),
        toArray(f(config(kind))(sample(logProb), batchOf(rows))),
        1e-4,
        1e-5,
      )
    }
  })

  test('names the argument whose shape differs, and leaves its inputs as they are', () => {
    const [two, three] = [sample([-1, -2]), sample([0, 0, 0])]
    for (const f of [surrogate(config(kind)), surrogateGrad(config(kind))]) {
      expect(() => f(two, { oldLogProb: three, advantage: two })).toThrow('oldLogProb: expected')
      expect(() => f(two, { oldLogProb: two, advantage: three })).toThrow('advantage: expected')
      expectPure(f, two, { oldLogProb: sample([-2, -1]), advantage: two })
    }
  })
})

describe('surrogateTerm', () => {
  test('is the clipped one where none is named', () => {
    const [named, unnamed] = [termOf(config('clip')), termOf({ clip: 0.2 })]
    for (const [r, a] of [
      [0.5, 2],
      [1.5, 2],
      [0.5, -2],
      [4, -2],
    ] as const) {
      expect(unnamed.value(r, a, -1)).toBe(named.value(r, a, -1))
      expect(unnamed.grad(r, a, -1)).toBe(named.grad(r, a, -1))
    }
  })

  test('says which names there are', () => {
    expect(() => surrogateTerm({ surrogate: 'trpo' as SurrogateKind })).toThrow(
      new RangeError(
        'surrogate: expected one of policyGradient, ratio, clipAlone, clip, dualClip, got trpo',
      ),
    )
  })

  test.each([undefined, null])('throws where dualClip has no c but %s', (c) => {
    expect(() => surrogateTerm({ surrogate: 'dualClip', dualClip: c! })).toThrow(
      /^dualClip: expected a number > 1/,
    )
  })

  test('does not read a clip that does not exist', () => {
    expect(termOf(config('ratio', NaN)).value(9, 2, -1)).toBe(18)
    expect(termOf(config('policyGradient', NaN)).value(9, 2, -1)).toBe(-2)
    for (const kind of ['ratio', 'policyGradient'] as const)
      expect(() => surrogate(config(kind, -1))).not.toThrow()
    for (const kind of ['clipAlone', 'clip', 'dualClip'] as const)
      for (const make of [surrogate, surrogateGrad])
        expect(() => make(config(kind, -1))).toThrow('clip: expected a number >= 0, got -1')
  })
})
