import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { diagonalGaussian } from '../../src/distribution/index.ts'
import { layGaussian, plannedGaussian } from '../../src/distribution/plannedGaussian.ts'
import { js, jsMaker } from '../../src/kernel/js/js.ts'
import { bytesOf, layOut, type Alloc } from '../../src/kernel/layout.ts'
import { layBackward } from '../../src/nn/freeColumns.ts'
import { key } from '../../src/random/index.ts'
import { add, mul, scale } from '../../src/tensor/elementwise.ts'
import { data, of, toArray, type Tensor } from '../../src/tensor/tensor.ts'
import { expectSameBits } from '../law/purity.ts'
import { floats } from '../support/arbitrary.ts'

const { logProb, logProbGrad, entropy, entropyGrad, sample } = diagonalGaussian

/** Rows of n entries, cut into two shards, whose log standard deviations are free or a row's own. */
const batches = fc
  .record({
    first: fc.integer({ min: 1, max: 3 }),
    second: fc.integer({ min: 1, max: 3 }),
    n: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ first, second, n }) => {
    const rows = first + second
    return fc.record({
      first: fc.constant(first),
      rows: fc.constant(rows),
      n: fc.constant(n),
      isFree: fc.boolean(),
      mean: floats('f32', rows * n, 3),
      logStd: floats('f32', rows * n, 2),
      action: floats('f32', rows * n, 4),
      dLogProb: floats('f32', rows, 2),
      dEntropy: fc.double({ min: -1, max: 1, noNaN: true }),
      before: fc.nat(3),
      seed: fc.nat(),
    })
  })

type Batch = typeof batches extends fc.Arbitrary<infer B> ? B : never

/** Parameters [row, 2n] as the distribution over tensors has them. */
const paramsOf = ({ rows, n, isFree, mean, logStd }: Batch): Tensor<['row', 'param']> => {
  const out = Float32Array.from({ length: rows * 2 * n }, (_, at) => {
    const [i, j] = [Math.floor(at / (2 * n)), at % (2 * n)]
    return j < n ? mean[i * n + j]! : logStd[isFree ? j - n : i * n + j - n]!
  })
  return of(['row', 'param'], [rows, 2 * n], out)
}

/** A plan over those, with two shards that have two turns each. */
const plan = (b: Batch) => {
  const { first, rows, n, isFree, mean, logStd } = b
  const grads = [0, 1].map(() => [0, 1].map(() => new Float32Array(n)))
  const free = {
    logStd: Float32Array.from(logStd.slice(0, n)),
    shards: [
      { from: 0, rows: first, grads: grads[0]! },
      { from: first, rows: rows - first, grads: grads[1]! },
    ],
  }
  const layout = (alloc: Alloc) => layGaussian(alloc, rows, n, isFree ? free : null)
  const laid = layOut(layout, jsMaker.memory(bytesOf(layout, 0), false), 0)
  const out = isFree ? Float32Array.from(mean) : (data(paramsOf(b)) as Float32Array).slice()
  const planned = plannedGaussian(js.f32, laid, out, n, rows)
  planned.evaluate(rows)
  return { planned, grads }
}

const actionOf = ({ rows, n, action }: Batch) =>
  of(['row', 'action'], [rows, n], Float32Array.from(action))

describe('plannedGaussian has the bits of diagonalGaussian', () => {
  test.prop({ b: batches })('in what it measures', ({ b }) => {
    const { planned } = plan(b)
    planned.score(b.action, b.rows)
    planned.measure(b.rows)
    expectSameBits([...planned.logProb], toArray(logProb(paramsOf(b), actionOf(b))))
    expectSameBits([...planned.entropy], toArray(entropy(paramsOf(b))))
  })

  test.prop({ b: batches })('in its draws, whatever the rows before them', ({ b }) => {
    const { rows, n, before, seed } = b
    const drawn = new Float32Array(rows * n)
    plan(b).planned.sample(drawn, key(seed), before, rows)
    const param = of(
      ['row', 'param'],
      [before + rows, 2 * n],
      Float32Array.of(...new Float32Array(before * 2 * n), ...toArray(paramsOf(b))),
    )
    expectSameBits([...drawn], toArray(sample(key(seed), param)).slice(before * n))
  })

  const extreme = batches.chain((b) =>
    fc
      .array(fc.constantFrom(-1e4, -760, -740, -710, 0, 710, 740, 1e4), {
        minLength: b.rows * b.n,
        maxLength: b.rows * b.n,
      })
      .map((logStd) => ({
        ...b,
        logStd: Float32Array.from(logStd),
        action: b.mean.map((x, i) => (i % 2 === 0 ? x : 0)),
      })),
  )

  test.prop({ b: extreme })('where σ or 1 / σ is no number, too', ({ b }) => {
    const { rows, n } = b
    const { planned } = plan(b)
    planned.score(b.action, rows)
    expectSameBits([...planned.logProb], toArray(logProb(paramsOf(b), actionOf(b))))
    const drawn = new Float32Array(rows * n)
    planned.sample(drawn, key(b.seed), 0, rows)
    expectSameBits([...drawn], toArray(sample(key(b.seed), paramsOf(b))))
    if (b.isFree) return
    const dOut = new Float32Array(rows * 2 * n)
    planned.backward(dOut, b.action, new Float32Array(rows).fill(1), 0, rows, 0)
    const written = add(logProbGrad(paramsOf(b), actionOf(b)), scale(entropyGrad(paramsOf(b)), 0))
    expectSameBits([...dOut], toArray(written))
  })

  test.prop({ b: batches, turn: fc.nat(1) })(
    'in its gradient, that of free parameters summed over the rows of a shard',
    ({ b, turn }) => {
      const { first, rows, n, isFree, dLogProb, dEntropy } = b
      const { planned, grads } = plan(b)
      const width = isFree ? n : 2 * n
      const dOut = new Float32Array(rows * width)
      planned.backward(dOut, b.action, Float32Array.from(dLogProb), dEntropy, rows, turn)

      const along = of(
        ['row', 'param'],
        [rows, 2 * n],
        Float32Array.from({ length: rows * 2 * n }, (_, at) => dLogProb[Math.floor(at / (2 * n))]!),
      )
      const param = paramsOf(b)
      const dParam = add(
        mul(logProbGrad(param, actionOf(b)), along),
        scale(entropyGrad(param), dEntropy),
      )
      if (!isFree) {
        expectSameBits([...dOut], toArray(dParam))
        return
      }
      const columns = Array.from({ length: n }, (_, j) => n + j)
      expectSameBits([...dOut], toArray(layBackward(js.f32, dParam, columns).dOut))
      const shardOf = (from: number, to: number) =>
        of(
          ['row', 'param'],
          [to - from, 2 * n],
          (data(dParam) as Float32Array).slice(from * 2 * n, to * 2 * n),
        )
      const ofShards = [shardOf(0, first), shardOf(first, rows)].map((part) =>
        toArray(layBackward(js.f32, part, columns).logStd),
      )
      expectSameBits(
        grads.map((turns) => [...turns[turn]!]),
        ofShards,
      )
      expect(grads.flatMap((turns) => [...turns[1 - turn]!]).every((x) => x === 0)).toBe(true)
    },
  )

  test('by hand: a standard normal at its mean, and one deviation off', () => {
    const layout = (alloc: Alloc) => layGaussian(alloc, 2, 1, null)
    const laid = layOut(layout, jsMaker.memory(bytesOf(layout, 0), false), 0)
    const planned = plannedGaussian(js.f32, laid, new Float32Array(4), 1, 2)
    planned.evaluate(2)
    planned.score([0, 1], 2)
    planned.measure(2)
    const half = Math.log(2 * Math.PI) / 2
    expect([...planned.logProb]).toEqual([Math.fround(-half), Math.fround(-0.5 - half)])
    expect(planned.entropy[0]).toBe(Math.fround(0.5 + half))
    const dOut = new Float32Array(4)
    planned.backward(dOut, [0, 1], Float32Array.of(3, 3), 0, 2, 0)
    expect([...dOut]).toEqual([0, -3, 3, 0])
  })
})
