import { allocate, data, size, type Floats } from '../tensor/tensor.ts'
import type { Schedule } from './schedule.ts'
import { ownFlat, type Flat, type Transform } from './transform.ts'

export interface RmsPropConfig {
  readonly learningRate: Schedule
  /** α, how much of the mean square stays each step */
  readonly decay: number
  readonly epsilon: number
  /** √v + ε (`outside` the root: PyTorch) or √(v + ε) (`inside`: TensorFlow 1 and Baselines) */
  readonly epsilonPlacement: 'outside' | 'inside'
  /** v before the first step: 0 unless said otherwise (PyTorch); TensorFlow 1 starts from 1 */
  readonly initialSquare?: number
}

/** Steps taken, and the running mean of g². */
export interface RmsPropState {
  readonly count: number
  readonly v: Flat
}

/**
 * v′ = α v + (1 − α) g² and the step −lr · g / (√v′ + ε), or −lr · g / √(v′ + ε): Tieleman and
 * Hinton 2012, lecture 6.5. The optimiser of A3C and A2C (Mnih et al. 2016, arXiv:1602.01783,
 * equation S3), usually with α = 0.99 and ε = 1e-5. v′ is rounded to its element type first.
 */
export const rmsProp = ({
  learningRate,
  decay,
  epsilon,
  epsilonPlacement,
  initialSquare = 0,
}: RmsPropConfig): Transform<RmsPropState> => ({
  init: (params) => {
    const v = allocate(params.dtype, size(params)) as Floats
    return { count: 0, v: ownFlat(v.fill(initialSquare)) }
  },

  update: (grad, state) => {
    const rate = learningRate(state.count)
    const [g, before] = [data(grad), data(state.v)]
    const v = allocate(grad.dtype, g.length) as Floats
    const out = allocate(grad.dtype, g.length) as Floats
    for (let i = 0; i < out.length; i++) {
      const gi = g[i]!
      v[i] = decay * before[i]! + (1 - decay) * gi * gi
      const root =
        epsilonPlacement === 'outside' ? Math.sqrt(v[i]!) + epsilon : Math.sqrt(v[i]! + epsilon)
      out[i] = (-rate * gi) / root
    }
    return [ownFlat(out), { count: state.count + 1, v: ownFlat(v) }]
  },
})
