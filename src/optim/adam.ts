import { each, literal, type FormOf } from '../kernel/form.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import type { Cells } from '../tensor/cells.ts'
import { expectOneOf } from '../tensor/argument.ts'
import { size, type Floats, type ReadonlyNumbers } from '../tensor/tensor.ts'
import type { Schedule } from './schedule.ts'
import { ownFlat, transform, type Flat, type Transform } from './transform.ts'

const PLACEMENTS = ['corrected', 'uncorrected'] as const

/**
 * Where ε stands: beside the root of the corrected second moment, √v̂ + ε (Algorithm 1, PyTorch),
 * or beside that of the uncorrected one, √v + ε, with both corrections in the rate (ε̂ in the last
 * lines of section 2; TensorFlow 1 and Baselines).
 */
export type EpsilonPlacement = (typeof PLACEMENTS)[number]

interface EpsilonConfig {
  /** ε > 0, which keeps the step finite where the second moment is 0 */
  readonly epsilon: number
  /** `corrected` by default */
  readonly epsilonPlacement?: EpsilonPlacement
}

/**
 * The settings of Adam: the learning rate and the decay rates β₁ and β₂ of its moments, each in [0,
 * 1).
 */
export interface AdamConfig extends EpsilonConfig {
  /** η >= 0, a number or a schedule */
  readonly learningRate: Schedule
  /** β₁ in [0, 1), how much of the first moment stays each step */
  readonly beta1: number
  /** β₂ in [0, 1), how much of the second moment stays each step */
  readonly beta2: number
}

/** First and second moment, and β₁ᵗ and β₂ᵗ as running products (no power function). */
export interface AdamState {
  readonly count: number
  readonly beta1Power: number
  readonly beta2Power: number
  readonly m: Flat
  readonly v: Flat
}

const placementOf = ({ epsilonPlacement = 'corrected' }: EpsilonConfig): EpsilonPlacement =>
  expectOneOf('epsilonPlacement', epsilonPlacement, PLACEMENTS)

/**
 * The ε that the kernel takes, which puts it beside √v̂. With c₁ = 1 − β₁ᵗ and c₂ = 1 − β₂ᵗ the
 * uncorrected step is
 *
 *   lr (√c₂ / c₁) · m / (√v + ε) = (lr / c₁) · m / (√v / √c₂ + ε / √c₂),
 *
 * which is the corrected one with ε / √c₂ for ε: larger in the first steps, and equal in the limit.
 *
 * @param correction2 1 − β₂ᵗ > 0
 * @throws RangeError when the place is unknown
 */
export const kernelEpsilon = (config: EpsilonConfig, correction2: number): number =>
  placementOf(config) === 'corrected' ? config.epsilon : config.epsilon / Math.sqrt(correction2)

type Counters = Omit<Cells<AdamState>, 'm' | 'v'>

/** Moves m, v and the counters on, and fills the step. */
const adamStep = operation(
  'adam',
  (
    kernels,
    step: Floats,
    m: Floats,
    v: Floats,
    { count, beta1Power, beta2Power }: Counters,
    grad: ReadonlyNumbers,
    config: AdamConfig,
  ) => {
    const { learningRate, beta1, beta2 } = config
    const rate = learningRate(count[0]!)
    count[0] = count[0]! + 1
    beta1Power[0] = beta1Power[0]! * beta1
    beta2Power[0] = beta2Power[0]! * beta2
    const correction2 = 1 - beta2Power[0]
    kernels.adam(step, m, v, grad, m, v, {
      beta1,
      beta2,
      epsilon: kernelEpsilon(config, correction2),
      learningRate: rate,
      correction1: 1 - beta1Power[0],
      correction2,
    })
  },
)

export const adamForm: FormOf<typeof adamStep> = {
  of: adamStep,
  form: (step, m, v, { count, beta1Power, beta2Power }, grad, config) => {
    const { learningRate, beta1, beta2 } = config
    return {
      live: {
        names: ['rate', 'perRoot', 'epsilon'],
        read: () => {
          const rate = learningRate(count[0]!)
          count[0] = count[0]! + 1
          beta1Power[0] = beta1Power[0]! * beta1
          beta2Power[0] = beta2Power[0]! * beta2
          const correction2 = 1 - beta2Power[0]
          return [
            rate / (1 - beta1Power[0]),
            1 / Math.sqrt(correction2),
            kernelEpsilon(config, correction2),
          ]
        },
      },
      fills: [
        each(m, { m, g: grad }, `${literal(beta1)} * m + ${literal(1 - beta1)} * g`),
        each(v, { v, g: grad }, `${literal(beta2)} * v + ${literal(1 - beta2)} * g * g`),
        each(step, { m, v }, '-rate * m / (Math.sqrt(v) * perRoot + epsilon)'),
      ],
    }
  },
}

/**
 * Adam, Kingma and Ba 2015, arXiv:1412.6980; the kernel's docstring has the formula.
 *
 * @throws RangeError when the place of ε is unknown
 */
export const adam = (machine: Machine, config: AdamConfig): Transform<AdamState> => {
  placementOf(config)
  return transform(
    {
      init: (params) => ({
        count: 0,
        beta1Power: 1,
        beta2Power: 1,
        m: ownFlat(machine.alloc(size(params))),
        v: ownFlat(machine.alloc(size(params))),
      }),
      apply: ({ run }, step, grad, { m, v, ...counters }) =>
        run(adamStep, step, m, v, counters, grad, config),
    },
    machine,
  )
}
