import type { Kernels } from '../kernel/kernels.ts'
import { data, own, size, type Floats } from '../tensor/tensor.ts'
import type { Schedule } from './schedule.ts'
import type { Flat, Transform } from './transform.ts'

export interface AdamConfig {
  readonly learningRate: Schedule
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

/** First and second moment, and β₁ᵗ and β₂ᵗ as running products (no power function). */
export interface AdamState {
  readonly count: number
  readonly beta1Power: number
  readonly beta2Power: number
  readonly m: Flat
  readonly v: Flat
}

const flat = (x: Floats): Flat => own(['param'], [x.length], x)

/** Adam, Kingma and Ba 2015, arXiv:1412.6980; the kernel's docstring has the formula. */
export const adam = (
  { alloc, adam: step }: Kernels,
  { learningRate, beta1, beta2, epsilon }: AdamConfig,
): Transform<AdamState> => ({
  init: (params) => ({
    count: 0,
    beta1Power: 1,
    beta2Power: 1,
    m: flat(alloc(size(params))),
    v: flat(alloc(size(params))),
  }),

  update: (grad, state) => {
    const n = size(grad)
    const [out, m, v] = [alloc(n), alloc(n), alloc(n)]
    const beta1Power = state.beta1Power * beta1
    const beta2Power = state.beta2Power * beta2
    step(out, m, v, data(grad), data(state.m), data(state.v), {
      beta1,
      beta2,
      epsilon,
      learningRate: learningRate(state.count),
      correction1: 1 - beta1Power,
      correction2: 1 - beta2Power,
    })
    return [flat(out), { count: state.count + 1, beta1Power, beta2Power, m: flat(m), v: flat(v) }]
  },
})
