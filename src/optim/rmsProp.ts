import { expectAbove, expectAtLeast, expectOneOf } from '../tensor/argument.ts'
import { operation } from '../kernel/machine.ts'
import { allocate, size, type Floats, type ReadonlyNumbers } from '../tensor/tensor.ts'
import type { Schedule } from './schedule.ts'
import { ownFlat, transform, type Flat, type Transform } from './transform.ts'

const PLACEMENTS = ['outside', 'inside'] as const

/** The settings of RMSProp: the learning rate, the decay rate of the mean square, and ε. */
export interface RmsPropConfig {
  /** η >= 0, a number or a schedule */
  readonly learningRate: Schedule
  /** α in [0, 1), how much of the mean square stays each step */
  readonly decay: number
  /** ε > 0 */
  readonly epsilon: number
  /** √v + ε (`outside` the root: PyTorch) or √(v + ε) (`inside`: TensorFlow 1 and Baselines) */
  readonly epsilonPlacement: (typeof PLACEMENTS)[number]
  /** v >= 0 before the first step: 0 by default (PyTorch); TensorFlow 1 starts from 1 */
  readonly initialSquare?: number
}

/** Steps taken, and the running mean of g². */
export interface RmsPropState {
  readonly count: number
  readonly v: Flat
}

const rmsPropStep = operation(
  'rmsProp',
  (
    _,
    step: Floats,
    v: Floats,
    count: Float64Array,
    grad: ReadonlyNumbers,
    config: Pick<RmsPropConfig, 'learningRate' | 'decay' | 'epsilon'> & {
      readonly isOutside: boolean
    },
  ) => {
    const { learningRate, decay, epsilon, isOutside } = config
    const rate = learningRate(count[0]!)
    count[0] = count[0]! + 1
    for (let i = 0; i < step.length; i++) {
      const gi = grad[i]!
      v[i] = decay * v[i]! + (1 - decay) * gi * gi
      const root = isOutside ? Math.sqrt(v[i]!) + epsilon : Math.sqrt(v[i]! + epsilon)
      step[i] = (-rate * gi) / root
    }
  },
)

/**
 * RMSProp: v′ = α v + (1 − α) g² and the step −lr · g / (√v′ + ε), or −lr · g / √(v′ + ε). Tieleman
 * and Hinton 2012, lecture 6.5. It is the optimiser of A3C and A2C (Mnih et al. 2016,
 * arXiv:1602.01783, equation S3), usually with α = 0.99 and ε = 1e-5. v′ is rounded to its element
 * type before it is used.
 *
 * @throws RangeError when α, ε or the first v is outside its range, or the place of ε is unknown
 */
export const rmsProp = ({
  learningRate,
  decay,
  epsilon,
  epsilonPlacement,
  initialSquare = 0,
}: RmsPropConfig): Transform<RmsPropState> => {
  if (!(decay >= 0 && decay < 1))
    throw new RangeError(`decay: expected a number >= 0 and < 1, got ${decay}`)
  expectAbove('epsilon', epsilon, 0)
  expectOneOf('epsilonPlacement', epsilonPlacement, PLACEMENTS)
  expectAtLeast('initialSquare', initialSquare, 0)
  return transform({
    init: (params) => {
      const v = allocate(params.dtype, size(params)) as Floats
      return { count: 0, v: ownFlat(v.fill(initialSquare)) }
    },
    apply: ({ run }, step, grad, { count, v }) =>
      run(rmsPropStep, step, v, count, grad, {
        learningRate,
        decay,
        epsilon,
        isOutside: epsilonPlacement === 'outside',
      }),
  })
}
