import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { categorical } from '../../src/distribution/index.ts'
import { layCategorical, plannedCategorical } from '../../src/distribution/plannedCategorical.ts'
import { js, jsMaker } from '../../src/kernel/js/js.ts'
import { bytesOf, layOut } from '../../src/kernel/layout.ts'
import { key } from '../../src/random/index.ts'
import { data, of, toArray } from '../../src/tensor/tensor.ts'
import { expectSameBits } from '../law/purity.ts'
import { floats } from '../support/arbitrary.ts'

const UNTOUCHED = 7

/** A plan for `room` rows of logits. */
const plan = (logits: Float32Array, room: number, columns: number) => {
  const layout = (alloc: Parameters<typeof layCategorical>[0]) =>
    layCategorical(alloc, room, columns)
  const memory = jsMaker.memory(bytesOf(layout, 0), false)
  return plannedCategorical(js.f32, layOut(layout, memory, 0), logits, columns, room)
}

/** Some rows in room for more, one logit of a row perhaps −∞, so that its probability is 0. */
const batches = fc
  .record({
    rows: fc.integer({ min: 1, max: 4 }),
    spare: fc.integer({ min: 0, max: 2 }),
    columns: fc.integer({ min: 1, max: 5 }),
    never: fc.option(fc.nat(3)),
  })
  .chain(({ rows, spare, columns, never }) =>
    fc.record({
      rows: fc.constant(rows),
      room: fc.constant(rows + spare),
      columns: fc.constant(columns),
      logits: floats('f32', (rows + spare) * columns, 4).map((x) => {
        const y = Float32Array.from(x)
        if (never !== null && never < rows && columns > 1) y[never * columns + 1] = -Infinity
        return y
      }),
      // Category 0 always may come.
      action: fc.tuple(
        ...Array.from({ length: rows }, (_, i) =>
          i === never ? fc.constant(0) : fc.nat(columns - 1),
        ),
      ),
      before: fc.nat(3),
      seed: fc.nat(),
      dLogProb: floats('f32', rows, 2).map((x) => Float32Array.from(x)),
      dEntropy: fc.double({ min: -1, max: 1, noNaN: true }),
    }),
  )

describe('plannedCategorical has the bits of categorical', () => {
  test.prop({ b: batches })('in what it measures, and leaves the rows beyond alone', ({ b }) => {
    const { rows, room, columns } = b
    const planned = plan(b.logits, room, columns)
    planned.logProb.fill(UNTOUCHED)
    planned.entropy.fill(UNTOUCHED)
    planned.evaluate(rows)
    planned.score(b.action, rows)
    planned.measure(rows)

    const logits = of(['row', 'param'], [rows, columns], b.logits.slice(0, rows * columns))
    const action = of(['row'], [rows], Int32Array.from(b.action))
    const beyond = Array.from({ length: room - rows }, () => UNTOUCHED)
    expectSameBits(
      [...planned.logProb],
      [...toArray(categorical.logProb(logits, action)), ...beyond],
    )
    expectSameBits([...planned.entropy], [...toArray(categorical.entropy(logits)), ...beyond])
  })

  test.prop({ b: batches })('in its gradient, of both terms together', ({ b }) => {
    const { rows, room, columns, dLogProb, dEntropy } = b
    const planned = plan(b.logits, room, columns)
    planned.evaluate(rows)
    planned.measure(rows)
    const dParam = new Float32Array(room * columns).fill(UNTOUCHED)
    planned.backward(dParam, b.action, dLogProb, dEntropy, rows, 0)

    const logits = of(['row', 'param'], [rows, columns], b.logits.slice(0, rows * columns))
    const action = of(['row'], [rows], Int32Array.from(b.action))
    const ofLogProb = data(categorical.logProbGrad(logits, action))
    const ofEntropy = data(categorical.entropyGrad(logits))
    for (let at = 0; at < rows * columns; at++) {
      const row = Math.floor(at / columns)
      expect(dParam[at]).toBe(
        Math.fround(
          Math.fround(ofLogProb[at]! * dLogProb[row]!) + Math.fround(ofEntropy[at]! * dEntropy),
        ),
      )
    }
    expect(dParam.slice(rows * columns).every((x) => x === UNTOUCHED)).toBe(true)
  })

  test.prop({ b: batches })('in its draws, whatever the rows before them', ({ b }) => {
    const { rows, room, columns, logits, before, seed } = b
    const planned = plan(logits, room, columns)
    const drawn = new Int32Array(rows)
    planned.sample(drawn, key(seed), before, rows)
    // Those of the rows before are of other logits; they do not matter.
    const all = of(
      ['row', 'param'],
      [before + rows, columns],
      Float32Array.of(...new Float32Array(before * columns), ...logits.slice(0, rows * columns)),
    )
    expect([...drawn]).toEqual(toArray(categorical.sample(key(seed), all)).slice(before))
  })

  test('by hand: two even categories in room for three rows', () => {
    const planned = plan(new Float32Array(6), 3, 2)
    planned.evaluate(1)
    planned.score([1], 1)
    planned.measure(1)
    expect(planned.logProb[0]).toBe(Math.fround(-Math.LN2))
    expect(planned.entropy[0]).toBeCloseTo(Math.LN2, 6)
    const dParam = new Float32Array(6)
    planned.backward(dParam, [1], Float32Array.of(3), 0, 1, 0)
    expect([...dParam]).toStrictEqual([-1.5, 1.5, 0, 0, 0, 0])
  })
})
