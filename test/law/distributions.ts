import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { Distribution, Fitted, Param } from '../../src/distribution/index.ts'
import { js } from '../../src/kernel/js/js.ts'
import type { Machine } from '../../src/kernel/machine.ts'
import { wasm } from '../../src/kernel/wasm/wasm.ts'
import { foldIn, key, normal } from '../../src/random/index.ts'
import { add, scale } from '../../src/tensor/elementwise.ts'
import {
  cast,
  data,
  of,
  own,
  reshape,
  toArray,
  type Numbers,
  type Tensor,
} from '../../src/tensor/tensor.ts'
import { typed } from '../support/arbitrary.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { answersOf, functionsOf, onesFor } from '../support/derivatives.ts'
import { cases } from '../support/thorough.ts'
import { recording } from '../support/recording.ts'
import { chiSquareP } from '../support/statistics.ts'
import { expectPure, expectSameBits } from './purity.ts'

// Products of families make laws slow: a third of the cases does on every change.
const RUNS = { numRuns: cases(15, 60) }

/** A distribution for some number of parameters, and what the laws must know of it. */
export interface Family {
  readonly distribution: Distribution
  readonly params: number
  /** how many numbers an action has, and its element type for f32 parameters */
  readonly actions: number
  readonly actionType: 'i32' | 'f32'
  /** One row of parameters, of a size where a finite difference and f32 are both fair. */
  readonly member: fc.Arbitrary<readonly number[]>
  /** One action, which f32 holds exactly. */
  readonly action: fc.Arbitrary<readonly number[]>
  /** Every action there is, where they can be counted. */
  readonly all: readonly (readonly number[])[] | null
  /** The columns of choices, one list a group that must keep one open; bits keep nothing. */
  readonly groups: readonly (readonly number[])[]
  /** the column of parameters that each choice closes */
  readonly logits: readonly number[]
  /** 0 where entropy is exact, else how far it may be off */
  readonly entropyError?: number
}

type Rows = readonly (readonly number[])[]
type P = Param<'env'>
type Action = Tensor<['env'] | ['env', 'action']>

export const paramsOf = (rows: Rows, type: 'f32' | 'f64' = 'f64'): P =>
  of(['env', 'param'], [rows.length, rows[0]?.length ?? 0], typed(type, rows.flat()))

const total = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0)

const repeat = <T>(value: T, n: number): T[] => Array.from({ length: n }, () => value)

const dot = (a: Tensor, b: Tensor): number => {
  const y = toArray(b)
  return total(toArray(a).map((x, i) => x * y[i]!))
}

const uniformOf = (length: number): fc.Arbitrary<number[]> =>
  fc.array(
    fc.maxSafeNat().map((n) => (4 * n) / 2 ** 53 - 2),
    { minLength: length, maxLength: length },
  )

/**
 * The laws of a distribution. Random draws are of fixed keys; each law that uses them states the
 * share of keys on which a right distribution would fail it.
 */
export const distributionLaws = (name: string, family: Family): void => {
  const { distribution, params, actions, member, action, all, groups, logits } = family
  const { sample, mode, logProb, logProbGrad } = functionsOf(distribution)
  const { entropy, entropyGrad, kl, klGrad, fisher, mask } = functionsOf(distribution)
  const choices = logits.length

  const actionsOf = (rows: Rows, type: 'f32' | 'f64' | 'i32' = 'f64'): Action => {
    const t = own(['env', 'action'], [rows.length, actions], typed(type, rows.flat()))
    return distribution.actionDims.length === 0 ? reshape(t, ['env'], [rows.length]) : t
  }
  const maskOf = (rows: Rows): Tensor<['env', 'choice']> =>
    of(['env', 'choice'], [rows.length, choices], Uint8Array.from(rows.flat()))

  const rowsOf = fc.integer({ min: 1, max: 3 }).chain((m) =>
    fc.record({
      p: fc.array(member, { minLength: m, maxLength: m }),
      q: fc.array(member, { minLength: m, maxLength: m }),
      a: fc.array(action, { minLength: m, maxLength: m }),
      v: uniformOf(m * params),
      w: uniformOf(m * params),
      seed: fc.maxSafeNat(),
    }),
  )

  const closing = fc
    .array(fc.array(fc.constantFrom(0, 1), { minLength: choices, maxLength: choices }), {
      minLength: 3,
      maxLength: 3,
    })
    .map((rows) =>
      rows.map((row) =>
        row.map((open, c) => {
          const group = groups.find((columns) => columns.includes(c))
          return group !== undefined && group[0] === c && group.every((j) => row[j] === 0)
            ? 1
            : open
        }),
      ),
    )

  /** Σ over rows of a function of parameters, for derivatives: rows do not mix. */
  const sumOf =
    (f: (x: P) => Tensor, like: P) =>
    (x: Float64Array): number =>
      total(toArray(f(of(['env', 'param'], like.shape, x))))

  const gradOf = (f: (x: P) => Tensor, at: P): Float64Array =>
    numericGrad(sumOf(f, at), toArray(at))

  /** log p of every action for every row: [action][row]. */
  const logProbs = (p: P): number[][] =>
    all!.map((a) => toArray(logProb(p, actionsOf(repeat(a, p.shape[0])))))

  /** A fixed member, again and again: 5,000 draws, and some n of them in f64. */
  const fixed = fc.sample(member, { numRuns: 2, seed: 3 })
  const N = 5000
  const drawn = (row: readonly number[], seed: number): readonly [P, Action] => {
    const p = paramsOf(repeat(row, N))
    return [p, sample(key(seed), p)]
  }
  const columnsOf = (t: Tensor): number[][] => {
    const x = toArray(t)
    const n = t.shape[1] ?? 1
    return Array.from({ length: n }, (_, j) =>
      Array.from({ length: x.length / n }, (_, i) => x[i * n + j]!),
    )
  }
  /** The mean of many draws is `expected` within 5 standard errors: 6 keys in 10⁷ fail. */
  const expectMean = (x: readonly number[], expected: number, error = 0): void => {
    const mean = total(x) / x.length
    const variance = total(x.map((v) => (v - mean) * (v - mean))) / (x.length - 1)
    const allowed = 5 * Math.sqrt(variance / x.length) + error + 1e-10
    expect(Math.abs(mean - expected), `${mean} is near ${expected}`).toBeLessThan(allowed)
  }

  const countedLaws = (all: Rows) =>
    describe('of actions that can be counted', () => {
      test.prop({ r: rowsOf }, RUNS)('probabilities sum to 1', ({ r }) => {
        const each = logProbs(paramsOf(r.p))
        for (const i of r.p.keys())
          expectClose(total(each.map((x) => Math.exp(x[i]!))), 1, 1e-12, 0)
      })

      test.prop({ r: rowsOf }, RUNS)(
        'entropy is −Σ p log p and KL is Σ p (log p − log q)',
        ({ r }) => {
          const [p, q] = [paramsOf(r.p), paramsOf(r.q)]
          const [left, right] = [logProbs(p), logProbs(q)]
          const [h, d] = [toArray(entropy(p)), toArray(kl(p, q))]
          for (const i of r.p.keys()) {
            expectClose(h[i]!, -total(left.map((x) => Math.exp(x[i]!) * x[i]!)), 1e-11, 1e-12)
            const terms = left.map((x, k) => Math.exp(x[i]!) * (x[i]! - right[k]![i]!))
            expectClose(d[i]!, total(terms), 1e-11, 1e-12)
          }
        },
      )

      test.prop({ r: rowsOf }, RUNS)('the mode is the most probable', ({ r }) => {
        const p = paramsOf(r.p)
        const best = toArray(logProb(p, mode(p)))
        for (const x of logProbs(p))
          for (const [i, value] of x.entries()) expect(value).toBeLessThanOrEqual(best[i]! + 1e-12)
      })

      // Both tails at 10⁻⁶, twice: 4 keys in 10⁶ fail.
      test('frequencies are probabilities: χ² over 5,000 draws', () => {
        for (const [i, row] of fixed.entries()) {
          const draws = columnsOf(drawn(row, 70 + i)[1])
          const names = all.map(String)
          const seen = new Map<string, number>()
          for (let k = 0; k < N; k++) {
            const a = String(draws.map((column) => column[k]))
            seen.set(a, (seen.get(a) ?? 0) + 1)
          }
          expect(names).toEqual(expect.arrayContaining([...seen.keys()]))
          if (all.length === 1) continue
          const p = chiSquareP(
            names.map((a) => seen.get(a) ?? 0),
            logProbs(paramsOf([row])).map(([x]) => Math.exp(x!)),
          )
          expect(p).toBeGreaterThan(1e-6)
          expect(p).toBeLessThan(1 - 1e-6)
        }
      })
    })

  describe(`the laws of ${name}`, () => {
    describe('shapes', () => {
      test.prop({ r: rowsOf, type: fc.constantFrom('f32', 'f64') }, RUNS)(
        'every function keeps the batch, its element type and its arguments',
        ({ r, type }) => {
          const [p, q] = [paramsOf(r.p, type), paramsOf(r.q, type)]
          const v = of(['env', 'param'], p.shape, typed(type, r.v))
          const m = r.p.length
          const a = actionsOf(r.a, type)
          const shape = distribution.actionDims.length === 0 ? [m] : [m, actions]
          for (const t of [expectPure(sample<'env'>, key(r.seed), p), expectPure(mode<'env'>, p)]) {
            expect(t.dims).toStrictEqual(['env', ...distribution.actionDims])
            expect(t.shape).toStrictEqual(shape)
            expect(t.dtype).toBe(family.actionType === 'i32' ? 'i32' : type)
            expect(toArray(logProb(p, t)).every(Number.isFinite)).toBe(true)
          }
          for (const t of [
            expectPure(logProb<'env'>, p, a),
            expectPure(entropy<'env'>, p),
            expectPure(kl<'env'>, p, q),
          ])
            expect([t.dims, t.shape, t.dtype]).toStrictEqual([['env'], [m], type])
          for (const t of [
            expectPure(logProbGrad<'env'>, p, a),
            expectPure(entropyGrad<'env'>, p),
            expectPure(klGrad<'env'>, p, q),
            expectPure(fisher<'env'>, p, v),
            expectPure(mask<'env'>, p, maskOf(repeat(repeat(1, choices), m))),
          ])
            expect([t.dims, t.shape, t.dtype]).toStrictEqual([p.dims, p.shape, type])
        },
      )

      test('an empty batch is a batch', () => {
        const p = of(['env', 'param'], [0, params], new Float64Array(0))
        const a = sample(key(1), p)
        expect(a.shape[0]).toBe(0)
        expect(mode(p).shape).toStrictEqual(a.shape)
        for (const t of [logProb(p, a), entropy(p), kl(p, p)]) expect(t.shape).toStrictEqual([0])
        for (const t of [logProbGrad(p, a), entropyGrad(p), klGrad(p, p), fisher(p, p)])
          expect(t.shape).toStrictEqual([0, params])
      })

      test('how many numbers an action and a mask have is known beforehand', () => {
        expect(distribution.actions(params)).toBe(actions)
        expect(distribution.choices(params)).toBe(choices)
        for (const f of [distribution.actions, distribution.choices])
          for (const bad of [0, -2, 2.5, NaN]) {
            expect(() => f(bad)).toThrow(/^params: expected .*, got /)
            expect(() => f(bad)).toThrow(`, got ${bad}`)
          }
      })

      test('what has another shape is refused by name', () => {
        const row = fixed[0]!
        const [p, longer] = [paramsOf([row, row]), paramsOf([row, row, row])]
        const a = mode(p)
        const wide = `[env=2, param=${params}], got [env=3, param=${params}]`
        for (const f of [kl, klGrad]) expect(() => f(p, longer)).toThrow(`q: expected ${wide}`)
        expect(() => fisher(p, longer)).toThrow(`v: expected ${wide}`)
        const tail = distribution.actionDims.length === 0 ? '' : `, action=${actions}`
        for (const f of [logProb, logProbGrad])
          expect(() => f(longer, a)).toThrow(`action: expected [env=3${tail}], got [env=2${tail}]`)
        expect(() => mask(p, maskOf([repeat(1, choices)]))).toThrow(
          `mask: expected [env=2, choice=${choices}], got [env=1, choice=${choices}]`,
        )
      })

      test.prop({ r: rowsOf }, RUNS)('NaN is not an action', ({ r }) => {
        const p = paramsOf(r.p)
        for (let j = 0; j < actions; j++) {
          const a = actionsOf(r.a.map((x, i) => (i === 0 ? x.with(j, NaN) : x)))
          for (const f of [logProb, logProbGrad])
            expect(() => f(p, a)).toThrow(/action\[env=0.*\]: expected .*, got NaN$/)
        }
      })
    })

    describe('gradients are derivatives: central differences', () => {
      test.prop({ r: rowsOf }, RUNS)('logProbGrad', ({ r }) => {
        const [p, a] = [paramsOf(r.p), actionsOf(r.a)]
        expectClose(
          toArray(logProbGrad(p, a)),
          gradOf((x) => logProb(x, a), p),
          1e-6,
          1e-9,
        )
      })

      test.prop({ r: rowsOf }, RUNS)('entropyGrad', ({ r }) => {
        const p = paramsOf(r.p)
        expectClose(toArray(entropyGrad(p)), gradOf(entropy, p), 1e-6, 1e-9)
      })

      test.prop({ r: rowsOf }, RUNS)('klGrad, in q', ({ r }) => {
        const [p, q] = [paramsOf(r.p), paramsOf(r.q)]
        expectClose(
          toArray(klGrad(p, q)),
          gradOf((x) => kl(p, x), q),
          1e-6,
          1e-9,
        )
      })
    })

    describe('the Fisher information', () => {
      test.prop({ r: rowsOf }, RUNS)('is the Hessian of KL(p ‖ q) in q at p', ({ r }) => {
        const p = paramsOf(r.p)
        const v = of(['env', 'param'], p.shape, r.v)
        const w = of(['env', 'param'], p.shape, r.w)
        const along = numericGrad((t) => dot(klGrad(p, add(p, scale(v, t[0]!))), w), [0])
        expectClose(dot(fisher(p, v), w), along, 1e-6, 1e-9)
      })

      test.prop({ r: rowsOf }, RUNS)(
        'is symmetric and positive semi-definite, row by row',
        ({ r }) => {
          for (const row of r.p) {
            const p = paramsOf([row])
            const v = of(['env', 'param'], [1, params], r.v.slice(0, params))
            const w = of(['env', 'param'], [1, params], r.w.slice(0, params))
            expectClose(dot(fisher(p, v), w), dot(v, fisher(p, w)), 1e-9, 1e-12)
            expect(dot(fisher(p, v), v)).toBeGreaterThanOrEqual(-1e-13)
          }
        },
      )

      // 5 standard errors: 6 keys in 10⁷ fail.
      test('is the mean of (vᵀ∇log p) (wᵀ∇log p) over draws', () => {
        for (const [i, row] of fixed.entries()) {
          const [p, a] = drawn(row, 20 + i)
          const v = normal(foldIn(key(21), i), ['env', 'param'], [1, params], 'f64')
          const w = normal(foldIn(key(22), i), ['env', 'param'], [1, params], 'f64')
          const score = columnsOf(logProbGrad(p, a))
          const along = (t: Tensor): number[] => {
            const by = toArray(t)
            return Array.from({ length: N }, (_, k) => total(by.map((x, j) => x * score[j]![k]!)))
          }
          const [left, right] = [along(v), along(w)]
          const expected = dot(fisher(paramsOf([row]), v), w)
          expectMean(
            left.map((x, k) => x * right[k]!),
            expected,
          )
        }
      })
    })

    describe('draws', () => {
      // 5 standard errors a parameter, two members: 6 params in 10⁷ keys fail, twice.
      test('have scores of mean 0', () => {
        for (const [i, row] of fixed.entries())
          for (const column of columnsOf(logProbGrad(...drawn(row, 30 + i)))) expectMean(column, 0)
      })

      // Twice 6 keys in 10⁷.
      test('have −log p of mean H', () => {
        for (const [i, row] of fixed.entries()) {
          const surprise = toArray(logProb(...drawn(row, 40 + i))).map((x) => -x)
          expectMean(surprise, toArray(entropy(paramsOf([row])))[0]!, family.entropyError)
        }
      })

      // 6 keys in 10⁷.
      test('of p have log p − log q of mean KL(p ‖ q)', () => {
        const [row, other] = [fixed[0]!, fixed[1]!]
        const [p, a] = drawn(row, 50)
        const theirs = toArray(logProb(paramsOf(repeat(other, N)), a))
        expectMean(
          toArray(logProb(p, a)).map((x, i) => x - theirs[i]!),
          toArray(kl(paramsOf([row]), paramsOf([other])))[0]!,
        )
      })

      test.prop({ r: rowsOf }, RUNS)(
        'row i does not depend on how many rows there are',
        ({ r }) => {
          const whole = toArray(sample(key(r.seed), paramsOf(r.p)))
          for (let few = 1; few < r.p.length; few++)
            expect(toArray(sample(key(r.seed), paramsOf(r.p.slice(0, few))))).toStrictEqual(
              whole.slice(0, few * actions),
            )
        },
      )

      test('are others for another key, and from row to row', () => {
        if (all?.length === 1) return
        const p = paramsOf(repeat(fixed[0]!, 200))
        const draws = sample(key(61), p)
        expect(toArray(draws)).not.toStrictEqual(toArray(sample(foldIn(key(61), 1), p)))
        const rows = new Set(columnsOf(draws)[0]).size
        expect(rows).toBeGreaterThan(1)
      })

      test('no two columns of one draw are the same everywhere', () => {
        const p = paramsOf(repeat(repeat(0, params), 200))
        const columns = columnsOf(sample(key(60), p)).filter((x) => new Set(x).size > 1)
        expect(new Set(columns.map(String)).size).toBe(columns.length)
      })
    })

    describe('a fitted value', () => {
      const p32 = (rows: Rows): P => paramsOf(rows, 'f32')
      const anyMask = fc.tuple(rowsOf, closing, fc.boolean()).map(([r, open, isMasked]) => ({
        ...r,
        open,
        mask: isMasked ? maskOf(open.slice(0, r.p.length)) : null,
        d: own(['env'], [r.p.length], Float32Array.from(r.v.slice(0, r.p.length))),
      }))
      type Masked = typeof anyMask extends fc.Arbitrary<infer T> ? T : never
      const givenOf = ({ a, d, v, seed, p }: Masked) => ({
        key: key(seed),
        action: actionsOf(a, 'f32'),
        d,
        v: own(['env', 'param'], [p.length, params], Float32Array.from(v)),
      })

      test.prop({ r: anyMask, order: fc.infiniteStream(fc.nat(9)) }, RUNS)(
        'gives the bits of one that is asked for nothing else, in any order',
        ({ r, order }) => {
          const fit = (rows: Rows) => distribution.at(p32(rows), r.mask)
          const alone = answersOf(
            () => fit(r.p),
            () => fit(r.q),
            givenOf(r),
          )
          const [p, q] = [fit(r.p), fit(r.q)]
          const shared = answersOf(
            () => p,
            () => q,
            givenOf(r),
          )
          const names = Object.keys(alone)
          for (const place of order.take(12)) {
            const name = names[place]!
            expectSameBits(shared[name]!(), alone[name]!())
          }
        },
      )

      test.prop({ r: anyMask }, RUNS)('gives the same bits on every machine', ({ r }) => {
        const answers = (machine: Machine) =>
          answersOf(
            () => distribution.at(p32(r.p), r.mask, machine),
            () => distribution.at(p32(r.q), r.mask, machine),
            givenOf(r),
          )
        const [onJs, onWasm] = [answers(js.f32), answers(wasm.machine)]
        for (const name of Object.keys(onJs)) expectSameBits(onWasm[name]!(), onJs[name]!())
      })

      test.prop({ r: anyMask, other: anyMask }, RUNS)(
        'reads numbers and keys when its operations run, not before',
        ({ r, other }) => {
          const m = Math.min(r.p.length, other.p.length)
          const rowsIn = (given: Masked): Masked => ({
            ...given,
            p: given.p.slice(0, m),
            q: given.q.slice(0, m),
            a: given.a.slice(0, m),
            v: given.v.slice(0, m * params),
            d: own(['env'], [m], Float32Array.from(given.v.slice(0, m))),
            mask: maskOf(given.open.slice(0, m)),
          })
          const [first, then] = [rowsIn(r), rowsIn(other)]
          const tensors = (given: Masked) => {
            const { action, d, v } = givenOf(given)
            return { p: p32(given.p), q: p32(given.q), mask: given.mask!, action, d, v }
          }
          const live = { words: key(first.seed).words }
          const now = tensors(first)
          const { machine, run } = recording(js.f32)
          const [p, q] = [
            distribution.at(now.p, now.mask, machine),
            distribution.at(now.q, now.mask, machine),
          ]
          const recorded = answersOf(
            () => p,
            () => q,
            { ...now, key: live },
          )
          const results = Object.entries(recorded).map(([name, ask]) => [name, ask()] as const)
          run()
          const next = tensors(then)
          for (const name of ['p', 'q', 'mask', 'action', 'd', 'v'] as const)
            (data(now[name]) as Numbers).set(data(next[name]))
          live.words = key(then.seed).words
          run()
          const expected = answersOf(
            () => distribution.at(next.p, next.mask),
            () => distribution.at(next.q, next.mask),
            { ...next, key: key(then.seed) },
          )
          for (const [name, result] of results) expectSameBits(result, expected[name]!())
        },
      )

      test.prop({ r: anyMask, from: fc.nat(5) }, RUNS)(
        'draws rows from any on as part of all of them',
        ({ r, from }) => {
          const before = Math.min(from, r.p.length)
          const param = distribution.at(paramsOf(r.p), r.mask).param
          const rest = own(
            ['env', 'param'],
            [r.p.length - before, params],
            Float64Array.from(toArray(param).slice(before * params)),
          )
          expect(toArray(distribution.at(rest).sample(key(r.seed), before))).toStrictEqual(
            toArray(distribution.at(param).sample(key(r.seed))).slice(before * actions),
          )
        },
      )

      test.prop({ r: anyMask }, RUNS)('is known by its parameters, masked ones too', ({ r }) => {
        const of = (close: (param: P) => Fitted<'env'>) =>
          answersOf(
            () => close(p32(r.p)),
            () => close(p32(r.q)),
            givenOf(r),
          )
        const masked = of((param) => distribution.at(param, r.mask))
        const closed = of((param) => distribution.at(distribution.at(param, r.mask).param))
        for (const name of Object.keys(masked)) expectSameBits(masked[name]!(), closed[name]!())
      })

      // The sign of a 0 is not the law's.
      test.prop(
        {
          r: anyMask,
          type: fc.constantFrom('f32', 'f64'),
          c: fc.double({ min: -2, max: 2, noNaN: true }),
        },
        RUNS,
      )('has vector–Jacobian products of derivatives that are rounded first', ({ r, type, c }) => {
        const p = distribution.at(paramsOf(r.p, type), r.mask)
        const q = distribution.at(paramsOf(r.q, type), r.mask)
        const a = actionsOf(r.a, type)
        const ones = onesFor(p.param)
        const times = (grad: P, d: (row: number) => number): P =>
          of(
            ['env', 'param'],
            grad.shape,
            typed(
              type,
              toArray(grad).map((x, at) => x * d(Math.floor(at / params))),
            ),
          )
        const unsigned = (grad: P): number[] => toArray(grad).map((x) => x + 0)
        const ofRow = (row: number): number => r.v[row]!
        const d = of(['env'], [r.p.length], Float64Array.from(r.v.slice(0, r.p.length)))
        const same = (actual: P, expected: P): void =>
          expectSameBits(unsigned(actual), unsigned(expected))
        same(p.logProbGrad(a, d), times(p.logProbGrad(a, ones), ofRow))
        same(p.klGrad(q, d), times(p.klGrad(q, ones), ofRow))
        const ofEntropy = times(p.entropyGrad(1), () => c)
        same(p.entropyGrad(c), ofEntropy)
        same(p.entropyGrad(own([], [], Float64Array.of(c))), ofEntropy)
      })

      test('refuses factors of another number of rows', () => {
        const p = distribution.at(paramsOf([fixed[0]!, fixed[1]!]))
        const d = own(['env'], [3], new Float64Array(3))
        expect(() => p.logProbGrad(p.mode(), d)).toThrow('dLogProb: expected [env=2], got [env=3]')
        expect(() => p.klGrad(p, d)).toThrow('dKl: expected [env=2], got [env=3]')
      })

      test('takes whole numbers as parameters, in f64', () => {
        const whole = of(['env', 'param'], [1, params], new Int32Array(params))
        expectSameBits(
          distribution.at(whole).entropy(),
          distribution.at(paramsOf([repeat(0, params)])).entropy(),
        )
      })
    })

    describe('KL', () => {
      test.prop({ r: rowsOf }, RUNS)(
        'is 0 from a member to itself, where its gradient is 0',
        ({ r }) => {
          const p = paramsOf(r.p)
          expect(toArray(kl(p, p))).toStrictEqual(repeat(0, r.p.length))
          expectClose(toArray(klGrad(p, p)), repeat(0, r.p.length * params), 0, 1e-14)
        },
      )

      test.prop({ r: rowsOf }, RUNS)(
        'is positive where an action’s probability differs',
        ({ r }) => {
          const [p, q, a] = [paramsOf(r.p), paramsOf(r.q), actionsOf(r.a)]
          const [left, right] = [toArray(logProb(p, a)), toArray(logProb(q, a))]
          for (const [i, x] of toArray(kl(p, q)).entries()) {
            expect(x).toBeGreaterThanOrEqual(0)
            if (Math.abs(left[i]! - right[i]!) > 1e-2) expect(x).toBeGreaterThan(1e-12)
          }
        },
      )
    })

    // Parameters lie where no difference of two large terms cancels, so that f32 keeps 7 digits.
    test.prop({ r: rowsOf }, RUNS)('f32 agrees with f64 within 1e-4', ({ r }) => {
      const [p, q] = [paramsOf(r.p, 'f32'), paramsOf(r.q, 'f32')]
      const [p64, q64] = [cast(p, 'f64'), cast(q, 'f64')]
      const v = of(['env', 'param'], p.shape, Float32Array.from(r.v))
      const a = actionsOf(r.a, 'f32')
      const close = (f: (p: P, q: P, v: P) => Tensor): void =>
        expectClose(toArray(f(p, q, v)), toArray(f(p64, q64, cast(v, 'f64'))), 1e-4, 1e-5)
      close((x) => logProb(x, a))
      close((x) => logProbGrad(x, a))
      close(entropy)
      close(entropyGrad)
      close(kl)
      close(klGrad)
      close((x, _, y) => fisher(x, y))
      close(mode)
    })

    if (all !== null) countedLaws(all)

    describe('a mask', () => {
      const three = fc.record({
        p: fc.array(member, { minLength: 3, maxLength: 3 }),
        q: fc.array(member, { minLength: 3, maxLength: 3 }),
        open: closing,
        seed: fc.maxSafeNat(),
        v: uniformOf(3 * params),
      })

      test.prop({ r: three }, RUNS)('that closes nothing changes nothing', ({ r }) => {
        const p = paramsOf(r.p)
        expect(toArray(mask(p, maskOf(repeat(repeat(1, choices), 3))))).toStrictEqual(toArray(p))
      })

      test.prop({ r: three }, RUNS)('puts −∞ at the closed choices alone, also twice', ({ r }) => {
        const p = paramsOf(r.p)
        const masked = mask(p, maskOf(r.open))
        const expected = r.p.map((row, i) =>
          row.map((x, j) => {
            const c = logits.indexOf(j)
            return c >= 0 && r.open[i]![c] === 0 ? -Infinity : x
          }),
        )
        expect(toArray(masked)).toStrictEqual(expected.flat())
        expect(toArray(mask(masked, maskOf(r.open)))).toStrictEqual(expected.flat())
      })

      test.prop({ r: three }, RUNS)(
        'leaves every number finite, and every gradient 0 at what is closed',
        ({ r }) => {
          const open = maskOf(r.open)
          const [p, q] = [mask(paramsOf(r.p), open), mask(paramsOf(r.q), open)]
          const v = of(['env', 'param'], p.shape, r.v)
          const a = sample(key(r.seed), p)
          for (const t of [logProb(p, a), logProb(p, mode(p)), entropy(p), kl(p, q)])
            expect(toArray(t).every(Number.isFinite)).toBe(true)
          expect(toArray(kl(p, p))).toStrictEqual([0, 0, 0])
          for (const t of [
            logProbGrad(p, a),
            entropyGrad(p),
            klGrad(p, q),
            klGrad(p, p),
            klGrad(paramsOf(r.p), q),
            fisher(p, v),
          ]) {
            expect(toArray(t).every(Number.isFinite)).toBe(true)
            const x = toArray(t)
            for (const [i, row] of r.open.entries())
              for (const [c, isOpen] of row.entries())
                if (isOpen === 0) expect(x[i * params + logits[c]!]).toBe(0)
          }
        },
      )

      test.prop({ r: three }, RUNS)('is what very low logits come to', ({ r }) => {
        const open = maskOf(r.open)
        const low = (rows: Rows): P =>
          paramsOf(
            rows.map((row, i) =>
              row.map((x, j) => (r.open[i]![logits.indexOf(j)] === 0 ? -1e3 : x)),
            ),
          )
        const v = of(['env', 'param'], [3, params], r.v)
        const [p, q, lowP, lowQ] = [
          mask(paramsOf(r.p), open),
          mask(paramsOf(r.q), open),
          low(r.p),
          low(r.q),
        ]
        const a = sample(key(r.seed), p)
        expect(toArray(sample(key(r.seed), lowP))).toStrictEqual(toArray(a))
        const close = (actual: Tensor, expected: Tensor): void =>
          expectClose(toArray(actual), toArray(expected), 1e-12, 1e-12)
        close(logProb(p, a), logProb(lowP, a))
        close(logProbGrad(p, a), logProbGrad(lowP, a))
        close(entropy(p), entropy(lowP))
        close(entropyGrad(p), entropyGrad(lowP))
        close(kl(p, q), kl(lowP, lowQ))
        close(klGrad(p, q), klGrad(lowP, lowQ))
        close(fisher(p, v), fisher(lowP, v))
      })

      if (all !== null)
        test.prop({ r: three }, RUNS)('leaves probability 1 to what is open', ({ r }) => {
          const p = mask(paramsOf(r.p), maskOf(r.open))
          const each = logProbs(p)
          for (const i of r.p.keys())
            expectClose(total(each.map((x) => Math.exp(x[i]!))), 1, 1e-12, 0)
        })

      for (const group of groups)
        test(`refuses a row that closes all of choices ${group.join(', ')}`, () => {
          const p = paramsOf([fixed[0]!, fixed[0]!])
          const all = repeat(1, choices)
          const closed = all.map((open, c) => (group.includes(c) ? 0 : open))
          expect(() => mask(p, maskOf([all, closed]))).toThrow(
            `mask[env=1]: expected an allowed choice among ${group.length}, got none`,
          )
          // One that is open already has no probability.
          const masked = mask(p, maskOf([all, closed.with(group[0]!, 1)]))
          const rest = all.with(group[0]!, 0)
          const again = (): P => mask(masked, maskOf([all, rest]))
          expect(again).toThrow('mask[env=1]: expected an allowed choice among')
        })
    })
  })
}
