import { expect, test } from 'vitest'
import { buildAlone } from '../../src/engine/runtime.ts'
import { backends } from '../../src/kernel/backends.ts'
import { js } from '../../src/kernel/js/js.ts'
import { operation } from '../../src/kernel/machine.ts'
import {
  adam,
  chain,
  clipByGlobalNorm,
  clipByNormEach,
  clipElements,
  constant,
  noClip,
  rmsProp,
  sgd,
  type Flat,
  type Transform,
} from '../../src/optim/index.ts'
import { transform } from '../../src/optim/transform.ts'
import { layCells, setCells, stateOf } from '../../src/tensor/cells.ts'
import { data, of, toArray, type Floats, type ReadonlyNumbers } from '../../src/tensor/tensor.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'

const g = of(['param'], [2], [3, 4])

const each = operation(
  'each',
  (_, step: Floats, count: Float64Array, grad: ReadonlyNumbers, f: (x: number) => number) => {
    count[0] = count[0]! + 1
    for (let i = 0; i < step.length; i++) step[i] = f(grad[i]!)
  },
)

/** Counts its steps and does f to every element. */
const counting = (f: (x: number) => number): Transform<number> =>
  transform({
    init: () => 0,
    apply: ({ run }, step, grad, count) => run(each, step, count, grad, f),
  })
const double = counting((x) => 2 * x)
const increment = counting((x) => x + 1)

const run = <S>({ init, update }: Transform<S>): [number[], S] => {
  const [out, state] = expectPure(update, g, expectPure(init, g))
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

test('clip, then Adam: Adam’s moments are of the clipped gradient', () => {
  const config = { learningRate: constant(0.1), beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
  const [step, [, state]] = run(chain(clipByGlobalNorm(js.f64, 1), adam(js.f64, config)))
  const alone = adam(js.f64, config)
  const [clipped] = clipByGlobalNorm(js.f64, 1).update(g, { norm: 0 })
  const [expected, expectedState] = alone.update(clipped, alone.init(g))
  expect(step).toStrictEqual(toArray(expected))
  expect(toArray(state.m)).toStrictEqual(toArray(expectedState.m))
  expect(toArray(state.m)[0]).toBeCloseTo(0.1 * 0.6, 12)
})

const GRADIENTS = [
  [0.25, -3, 0.5, 0, 1e-3],
  [-0.1, 0.2, -0.3, 0.4, -0.5],
  [2, 2, -2, 0.1, 7],
]

const falling = (count: number): number => 0.1 / (1 + count)
/** Programs of either backend give the steps and states of `update`, to the bit. */
const expectReplays = <S>({ init, update, apply }: Transform<S>): void => {
  const flat = (x: readonly number[]): Flat => of(['param'], [x.length], Float32Array.from(x))
  const start = init(flat(GRADIENTS[0]!))
  for (const backend of Object.values(backends)) {
    const { grad, cells, program } = buildAlone(backend, ({ own, record }) => {
      const grad = own.floats(GRADIENTS[0]!.length)
      const cells = layCells(own, start)
      const program = record((machine) => {
        const step = machine.alloc(grad.length)
        apply(machine, step, grad, cells)
        return step
      })
      return { grad, cells, program }
    })
    setCells(cells, start)
    let state = start
    for (const gradient of GRADIENTS) {
      const [step, next] = update(flat(gradient), state)
      grad.set(gradient)
      expectSameBits(program.run().slice(), data(step))
      expectSameBits(stateOf(cells, start), next)
      state = next
    }
  }
}

test.each<[name: string, law: () => void]>([
  [
    'adam',
    () =>
      expectReplays(
        adam(js.f32, { learningRate: falling, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }),
      ),
  ],
  [
    'rmsProp',
    () =>
      expectReplays(
        rmsProp({
          learningRate: falling,
          decay: 0.9,
          epsilon: 1e-5,
          epsilonPlacement: 'inside',
        }),
      ),
  ],
  ['sgd', () => expectReplays(sgd({ learningRate: falling }))],
  ['noClip', () => expectReplays(noClip(js.f32))],
  ['clipElements', () => expectReplays(clipElements(js.f32, 0.5))],
  ['clipByNormEach', () => expectReplays(clipByNormEach(js.f32, 0.5, [[0, 3]]))],
  [
    'clip, then Adam',
    () =>
      expectReplays(
        chain(
          clipByGlobalNorm(js.f32, 0.5),
          adam(js.f32, { learningRate: falling, beta1: 0.5, beta2: 0.9, epsilon: 1e-5 }),
        ),
      ),
  ],
])('recorded once and run again is update after update: %s', (_, law) => {
  expect.hasAssertions()
  law()
})
