import { expect, test } from 'vitest'
import { js } from '../../src/kernel/js/js.ts'
import { adam, chain, clipByGlobalNorm, constant, type Transform } from '../../src/optim/index.ts'
import { map, shift } from '../../src/tensor/elementwise.ts'
import { of, toArray } from '../../src/tensor/tensor.ts'
import { expectPure } from '../law/purity.ts'

const g = of(['param'], [2], [3, 4])

/** Counts its steps and does f to every element. */
const counting = (f: (x: number) => number): Transform<number> => ({
  init: () => 0,
  update: (grad, count) => [map(grad, f), count + 1],
})
const double = counting((x) => 2 * x)
const increment = counting((x) => x + 1)

const run = <S>({ init, update }: Transform<S>): [number[], S] => {
  const [out, state] = expectPure(update, g, expectPure(init, g), g)
  return [toArray(out), state]
}

test('chain does the first, then the second, and keeps both states', () => {
  expect(run(chain(double, increment))).toStrictEqual([
    [7, 9],
    [1, 1],
  ])
  expect(run(chain(increment, double))[0]).toStrictEqual([8, 10])
})

test('chain is associative up to the nesting of states', () => {
  const [left] = run(chain(chain(double, increment), double))
  const [right] = run(chain(double, chain(increment, double)))
  expect(left).toStrictEqual(right)
})

test('both transforms see the parameters', () => {
  const decay: Transform<null> = {
    init: () => null,
    update: (grad, state, params) => [shift(grad, toArray(params)[0]!), state],
  }
  const params = of(['param'], [2], [10, 0])
  const [out] = chain(decay, decay).update(g, [null, null], params)
  expect(toArray(out)).toStrictEqual([23, 24])
})

test('clip, then Adam: Adam’s moments are of the clipped gradient', () => {
  const config = { learningRate: constant(0.1), beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
  const [step, [, state]] = run(chain(clipByGlobalNorm(js.f64, 1), adam(js.f64, config)))
  const alone = adam(js.f64, config)
  const [clipped] = clipByGlobalNorm(js.f64, 1).update(g, { norm: 0 }, g)
  const [expected, expectedState] = alone.update(clipped, alone.init(g), g)
  expect(step).toStrictEqual(toArray(expected))
  expect(toArray(state.m)).toStrictEqual(toArray(expectedState.m))
  expect(toArray(state.m)[0]).toBeCloseTo(0.1 * 0.6, 12)
})
