import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { categorical, type Param } from '../../src/distribution/index.ts'
import { wasm } from '../../src/kernel/wasm/wasm.ts'
import { key, uniform } from '../../src/random/index.ts'
import { of, toArray, type Tensor } from '../../src/tensor/tensor.ts'
import { distributionLaws } from '../law/distributions.ts'
import { expectPure } from '../law/purity.ts'
import { elements, typed } from '../support/arbitrary.ts'
import { expectClose, numericGrad } from '../support/centralDifference.ts'
import { functionsOf } from '../support/derivatives.ts'
import { chiSquareP } from '../support/statistics.ts'
import { categoricalFamily } from './families.ts'

const { sample, mode, logProb, logProbGrad, entropy, entropyGrad, kl, klGrad } =
  functionsOf(categorical)

type Logits = Param<'env'>

const logitsOf = (rows: readonly (readonly number[])[], type: 'f32' | 'f64' = 'f64'): Logits =>
  of(['env', 'param'], [rows.length, rows[0]?.length ?? 1], typed(type, rows.flat()))

const actionsOf = (actions: readonly number[]): Tensor<['env']> =>
  of(['env'], [actions.length], Int32Array.from(actions))

const maskOf = (rows: readonly (readonly number[])[]): Tensor<['env', 'choice']> =>
  of(['env', 'choice'], [rows.length, rows[0]!.length], Uint8Array.from(rows.flat()))

const rowsOf = (t: Tensor<['env', 'param']>): number[][] => {
  const [m, n] = t.shape
  const x = toArray(t)
  return Array.from({ length: m }, (_, i) => x.slice(i * n, (i + 1) * n))
}

/** The probabilities, by the library's own log probability of every action. */
const probabilities = (logits: Logits): number[][] => {
  const [m, n] = logits.shape
  const columns = Array.from({ length: n }, (_, a) =>
    toArray(logProb(logits, actionsOf(Array.from({ length: m }, () => a)))).map(Math.exp),
  )
  return Array.from({ length: m }, (_, i) => columns.map((column) => column[i]!))
}

const table = (type: 'f32' | 'f64' = 'f64', scale = 4) =>
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 })).chain(([m, n]) =>
    fc.record({
      logits: elements(type, m * n, scale).map((x) => of(['env', 'param'], [m, n], typed(type, x))),
      other: elements(type, m * n, scale).map((x) => of(['env', 'param'], [m, n], typed(type, x))),
      action: fc
        .array(fc.nat(n - 1), { minLength: m, maxLength: m })
        .map((actions) => actionsOf(actions)),
    }),
  )

const total = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0)

/** Σ over rows of a function of logits, for derivatives: rows do not mix. */
const sumOf =
  (f: (logits: Logits) => Tensor, like: Logits) =>
  (x: Float64Array): number =>
    total(toArray(f(of(['env', 'param'], like.shape, x))))

distributionLaws('categorical of 4', categoricalFamily(4))
distributionLaws('categorical of 1', categoricalFamily(1))

describe('logProb', () => {
  test.prop({ t: table() })('probabilities of all actions sum to 1', ({ t: { logits } }) => {
    for (const p of probabilities(logits)) expectClose(total(p), 1, 0, 1e-12)
  })

  test.prop({ t: table() })('is log softmax(logits)[action], at most 0', ({ t }) => {
    const { logits, action } = t
    const actual = expectPure(logProb<'env'>, logits, action)
    expect([actual.dims, actual.shape, actual.dtype]).toStrictEqual([
      ['env'],
      [logits.shape[0]],
      'f64',
    ])
    const taken = toArray(action)
    const expected = rowsOf(logits).map(
      (row, i) => row[taken[i]!]! - Math.log(total(row.map(Math.exp))),
    )
    expectClose(toArray(actual), expected, 1e-12, 1e-12)
    for (const x of toArray(actual)) expect(x).toBeLessThanOrEqual(0)
  })

  test.prop({ t: table('f32') })(
    'f32 is f64 within f32’s rounding',
    ({ t: { logits, action } }) => {
      const actual = logProb(logits, action)
      expect(actual.dtype).toBe('f32')
      expectClose(toArray(actual), toArray(logProb(logitsOf(rowsOf(logits)), action)), 1e-6, 1e-5)
    },
  )

  test.prop({ t: table() })('logProbGrad is its derivative: central differences', ({ t }) => {
    const { logits, action } = t
    const grad = expectPure(logProbGrad<'env'>, logits, action)
    expect([grad.dims, grad.shape]).toStrictEqual([logits.dims, logits.shape])
    expectClose(
      toArray(grad),
      numericGrad(
        sumOf((x) => logProb(x, action), logits),
        toArray(logits),
      ),
      1e-6,
      1e-10,
    )
  })

  test.prop({ t: table() })(
    'the score has expectation 0: Σₐ pₐ ∇ log pₐ = 0',
    ({ t: { logits } }) => {
      const [m, n] = logits.shape
      const p = probabilities(logits)
      const scores = Array.from({ length: n }, (_, a) =>
        rowsOf(logProbGrad(logits, actionsOf(Array.from({ length: m }, () => a)))),
      )
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++)
          expectClose(total(scores.map((score, a) => p[i]![a]! * score[i]![j]!)), 0, 0, 1e-12)
    },
  )

  test('logits 0, log 2, log 5 are probabilities ⅛, ¼, ⅝', () => {
    const logits = logitsOf([[0, Math.log(2), Math.log(5)]])
    expectClose(probabilities(logits)[0]!, [1 / 8, 2 / 8, 5 / 8], 1e-14, 0)
    expectClose(toArray(logProbGrad(logits, actionsOf([1]))), [-1 / 8, 6 / 8, -5 / 8], 1e-14, 0)
  })

  test.each([
    [-1, '-1'],
    [3, '3'],
  ])('an invalid action is refused with its address: %s', (bad, text) => {
    const logits = logitsOf([
      [0, 0, 0],
      [0, 0, 0],
    ])
    for (const f of [logProb, logProbGrad])
      expect(() => f(logits, actionsOf([0, bad]))).toThrow(
        `action[env=1]: expected a whole number from 0 to 2, got ${text}`,
      )
  })

  test('so are a fraction, NaN, and a wrong number of actions', () => {
    const logits = logitsOf([
      [0, 0, 0],
      [0, 0, 0],
    ])
    for (const bad of [0.5, NaN])
      expect(() => logProb(logits, of(['env'], [2], [bad, 0]))).toThrow(
        `action[env=0]: expected a whole number from 0 to 2, got ${bad}`,
      )
    expect(() => logProb(logits, actionsOf([0]))).toThrow('action: expected [env=2], got [env=1]')
  })
})

describe('entropy', () => {
  test.prop({ t: table() })('is −Σ p log p', ({ t: { logits } }) => {
    const actual = expectPure(entropy<'env'>, logits)
    expect([actual.dims, actual.shape]).toStrictEqual([['env'], [logits.shape[0]]])
    expectClose(
      toArray(actual),
      probabilities(logits).map((p) => -total(p.map((x) => x * Math.log(x)))),
      1e-12,
      1e-12,
    )
  })

  test.prop({ t: table() })('lies between 0 and log n', ({ t: { logits } }) => {
    for (const h of toArray(entropy(logits))) {
      expect(h).toBeGreaterThanOrEqual(0)
      expect(h).toBeLessThanOrEqual(Math.log(logits.shape[1]) + 1e-12)
    }
  })

  test.prop({ n: fc.integer({ min: 1, max: 20 }), x: fc.integer({ min: -50, max: 50 }) })(
    'is log n at equal logits, where its gradient is 0',
    ({ n, x }) => {
      const logits = logitsOf([Array.from({ length: n }, () => x)])
      expectClose(toArray(entropy(logits)), [Math.log(n)], 1e-12, 1e-12)
      expectClose(
        toArray(entropyGrad(logits)),
        Array.from({ length: n }, () => 0),
        0,
        1e-12,
      )
    },
  )

  test.prop({ t: table() })('entropyGrad is its derivative: central differences', ({ t }) => {
    const grad = expectPure(entropyGrad<'env'>, t.logits)
    expect([grad.dims, grad.shape]).toStrictEqual([t.logits.dims, t.logits.shape])
    expectClose(
      toArray(grad),
      numericGrad(sumOf(entropy, t.logits), toArray(t.logits)),
      1e-6,
      1e-10,
    )
  })
})

describe('kl', () => {
  test.prop({ t: table() })('is Σ p (log p − log q)', ({ t: { logits: p, other: q } }) => {
    const [left, right] = [probabilities(p), probabilities(q)]
    expectClose(
      toArray(expectPure(kl<'env'>, p, q)),
      left.map((row, i) => total(row.map((x, j) => x * (Math.log(x) - Math.log(right[i]![j]!))))),
      1e-10,
      1e-12,
    )
  })

  test.prop({ t: table() })(
    'is never negative, beyond rounding',
    ({ t: { logits: p, other: q } }) => {
      for (const x of toArray(kl(p, q))) expect(x).toBeGreaterThanOrEqual(-1e-14)
    },
  )

  test.prop({ t: table(), s: fc.double({ min: -9, max: 9, noNaN: true }) })(
    'is 0 between distributions that differ by a shift',
    ({ t: { logits }, s }) => {
      const moved = logitsOf(rowsOf(logits).map((row) => row.map((x) => x + s)))
      expectClose(
        toArray(kl(logits, moved)),
        rowsOf(logits).map(() => 0),
        0,
        1e-13,
      )
    },
  )

  test.prop({ t: table() })('and only there: positive when a probability differs', ({ t }) => {
    const [p, q] = [t.logits, t.other]
    const [left, right] = [probabilities(p), probabilities(q)]
    // Pinsker: KL >= ‖p − q‖₁² / 2.
    for (const [i, x] of toArray(kl(p, q)).entries()) {
      const distance = total(left[i]!.map((v, j) => Math.abs(v - right[i]![j]!)))
      expect(x).toBeGreaterThanOrEqual((distance * distance) / 2 - 1e-13)
    }
  })

  test.prop({ t: table() })('klGrad is its derivative in q: central differences', ({ t }) => {
    const [p, q] = [t.logits, t.other]
    const grad = expectPure(klGrad<'env'>, p, q)
    expect([grad.dims, grad.shape]).toStrictEqual([q.dims, q.shape])
    expectClose(
      toArray(grad),
      numericGrad(
        sumOf((x) => kl(p, x), q),
        toArray(q),
      ),
      1e-6,
      1e-10,
    )
  })

  test('KL(½, ½ ‖ ¼, ¾) = ½ log 4/3', () => {
    const [p, q] = [logitsOf([[0, 0]]), logitsOf([[0, Math.log(3)]])]
    expectClose(toArray(kl(p, q)), [0.5 * Math.log(4 / 3)], 1e-14, 0)
    expectClose(toArray(klGrad(p, q)), [-1 / 4, 1 / 4], 1e-14, 0)
  })

  test('another shape is refused by name', () => {
    const [p, q] = [logitsOf([[0, 0]]), logitsOf([[0, 0, 0]])]
    for (const f of [kl, klGrad])
      expect(() => f(p, q)).toThrow('q: expected [env=1, param=2], got [env=1, param=3]')
  })
})

describe('mode and sample', () => {
  test.prop({ t: table('f32') })(
    'mode is the first of the greatest logits',
    ({ t: { logits } }) => {
      const actual = expectPure(mode<'env'>, logits)
      expect([actual.dims, actual.dtype]).toStrictEqual([['env'], 'i32'])
      expect(toArray(actual)).toStrictEqual(
        rowsOf(logits).map((row) => row.indexOf(Math.max(...row))),
      )
    },
  )

  test.prop({
    rows: fc.array(
      fc.array(fc.constantFrom(0, 3, -2, NaN, Infinity, -Infinity), { minLength: 3, maxLength: 3 }),
      { minLength: 1, maxLength: 3 },
    ),
  })('mode refuses just the logits that sample does, with their address', ({ rows }) => {
    const logits = logitsOf(rows)
    const bad = rows.findIndex((row) => !Number.isFinite(Math.max(...row)))
    if (bad < 0) {
      expect(() => sample(key(1), logits)).not.toThrow()
      expect(toArray(mode(logits))).toStrictEqual(rows.map((row) => row.indexOf(Math.max(...row))))
      return
    }
    const said = `${bad}]: expected a finite logit and no NaN, got [${rows[bad]!.join(', ')}]`
    for (const f of [mode<'env'>, (x: Logits) => sample(key(1), x)])
      expect(() => f(logits)).toThrow(new RangeError(`logits[env=${said}`))
  })

  test('of equal logits the first is the mode', () => {
    expect(
      toArray(
        mode(
          logitsOf([
            [1, 3, 3],
            [0, 0, 0],
          ]),
        ),
      ),
    ).toStrictEqual([1, 0])
  })

  test.prop({ seed: fc.maxSafeNat(), t: table('f32') })(
    'sample gives actions that logProb takes',
    ({ seed, t }) => {
      const action = expectPure(sample<'env'>, key(seed), t.logits)
      expect([action.dims, action.shape, action.dtype]).toStrictEqual([
        ['env'],
        [t.logits.shape[0]],
        'i32',
      ])
      expect(toArray(logProb(t.logits, action)).every(Number.isFinite)).toBe(true)
    },
  )

  test.prop({ seed: fc.maxSafeNat(), t: table('f32') })(
    'row i is the first category whose cumulative probability exceeds draw i of the key',
    ({ seed, t: { logits } }) => {
      const u = toArray(uniform(key(seed), ['env'], [logits.shape[0]], 'f64'))
      for (const [i, a] of toArray(sample(key(seed), logits)).entries()) {
        const p = probabilities(logits)[i]!
        expect(total(p.slice(0, a))).toBeLessThanOrEqual(u[i]! + 1e-5)
        expect(total(p.slice(0, a + 1))).toBeGreaterThan(u[i]! - 1e-5)
      }
    },
  )

  // Both tails at 10⁻⁶, three rows of logits: 6 seeds in 10⁶ fail.
  test.each([{ row: [0, 0, 0] }, { row: [1, -1, 0.5, 2] }, { row: [-3, 0] }])(
    'frequencies of samples are the probabilities of logits $row: χ² over 20 000 draws',
    ({ row }) => {
      const logits = logitsOf(
        Array.from({ length: 20_000 }, () => row),
        'f32',
      )
      const draws = toArray(sample(key(11), logits))
      const counts = row.map((_, a) => draws.filter((d) => d === a).length)
      const p = chiSquareP(counts, probabilities(logitsOf([row]))[0]!)
      expect(p).toBeGreaterThan(1e-6)
      expect(p).toBeLessThan(1 - 1e-6)
    },
  )
})

describe('logits as they come', () => {
  test.prop({ t: table(), s: fc.double({ min: -100, max: 100, noNaN: true }) })(
    'adding a number to every logit changes nothing but rounding',
    ({ t: { logits, other, action }, s }) => {
      const moved = logitsOf(rowsOf(logits).map((row) => row.map((x) => x + s)))
      const close = (f: (x: Logits) => Tensor): void =>
        expectClose(toArray(f(moved)), toArray(f(logits)), 0, 1e-11)
      close((x) => logProb(x, action))
      close((x) => logProbGrad(x, action))
      close(entropy)
      close(entropyGrad)
      close((x) => kl(x, other))
      close((x) => kl(other, x))
      close((x) => klGrad(other, x))
    },
  )

  test.prop({
    rows: fc.array(fc.constantFrom(-1e4, 0, 1e4), { minLength: 3, maxLength: 3 }),
    others: fc.array(fc.constantFrom(-1e4, 0, 1e4), { minLength: 3, maxLength: 3 }),
    a: fc.nat(2),
  })('extreme logits give finite numbers in f32', ({ rows, others, a }) => {
    const [p, q] = [logitsOf([rows], 'f32'), logitsOf([others], 'f32')]
    const action = actionsOf([a])
    for (const t of [
      logProb(p, action),
      logProbGrad(p, action),
      entropy(p),
      entropyGrad(p),
      kl(p, q),
      klGrad(p, q),
    ])
      expect(toArray(t).every(Number.isFinite)).toBe(true)
  })

  test.prop({
    row: fc.array(fc.constantFrom(-1e4, -100, 0, 1e4, 1e30), { minLength: 4, maxLength: 4 }),
    open: fc.array(fc.constantFrom(0, 1), { minLength: 3, maxLength: 3 }),
    type: fc.constantFrom('f32', 'f64'),
  })('closed choices beside extreme logits have no weight at all', ({ row, open, type }) => {
    const isOpen = [1, ...open]
    const p = categorical.at(logitsOf([row], type), maskOf([isOpen]))
    const alone = categorical.at(logitsOf([row.filter((_, j) => isOpen[j] === 1)], type))
    expect(toArray(p.entropy())).toStrictEqual(toArray(alone.entropy()))
    const grad = toArray(p.entropyGrad(1))
    expect(grad.filter((_, j) => isOpen[j] === 1)).toStrictEqual(toArray(alone.entropyGrad(1)))
    expect(grad.filter((_, j) => isOpen[j] === 0).every((x) => Object.is(x, 0))).toBe(true)
    const closed = isOpen.indexOf(0)
    if (closed < 0) return
    expect(toArray(p.logProb(actionsOf([closed])))).toStrictEqual([-Infinity])
    const even = categorical.at(logitsOf([[0, 0, 0, 0]], type))
    expect(toArray(even.kl(p))).toStrictEqual([Infinity])
    expect(toArray(p.kl(even)).every(Number.isFinite)).toBe(true)
  })

  test('a mask may hold any numbers, of which 0 closes', () => {
    const mask = of(['env', 'choice'], [1, 3], [0.5, 0, 256])
    expect(toArray(categorical.at(logitsOf([[1, 2, 3]]), mask).param)).toStrictEqual([
      1,
      -Infinity,
      3,
    ])
  })

  test('of 4,096 choices, half of them closed at random, only open ones are drawn', () => {
    const isOpen = toArray(uniform(key(3), ['choice'], [4096])).map((u) => (u < 0.5 ? 0 : 1))
    const rows = Array.from({ length: 8 }, () => isOpen)
    const logits = logitsOf(
      rows.map((row) => row.map(() => 7)),
      'f32',
    )
    const p = categorical.at(logits, maskOf(rows), wasm.machine)
    const count = total(isOpen)
    expectClose(toArray(p.entropy())[0]!, Math.log(count), 1e-6, 0)
    for (let seed = 0; seed < 20; seed++)
      for (const a of toArray(p.sample(key(seed)))) expect(isOpen[a]).toBe(1)
  })

  test('a masked action (logit −∞) has probability 0 and leaves the others finite', () => {
    const masked = logitsOf([[0, -Infinity, 0]], 'f32')
    expectClose(toArray(entropy(masked)), [Math.LN2], 1e-6, 0)
    expect(toArray(logProb(masked, actionsOf([1])))).toStrictEqual([-Infinity])
    expectClose(toArray(logProbGrad(masked, actionsOf([0]))), [0.5, 0, -0.5], 1e-6, 0)
    expectClose(toArray(entropyGrad(masked)), [0, 0, 0], 0, 1e-6)
    expectClose(toArray(kl(masked, logitsOf([[0, 0, 0]], 'f32'))), [Math.log(1.5)], 1e-6, 0)
    expectClose(toArray(kl(masked, masked)), [0], 0, 0)
    expect(toArray(mode(masked))).toStrictEqual([0])
  })
})
