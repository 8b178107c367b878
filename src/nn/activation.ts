import { each, type FormOf } from '../kernel/form.ts'
import { operation, type Machine, type Operation } from '../kernel/machine.ts'
import { TANH_SOURCE } from '../kernel/gpu/activation.ts'
import { f64 } from '../math/real.ts'
import type { Floats, ReadonlyNumbers } from '../tensor/tensor.ts'

/**
 * The name of an activation function y = f(z), which applies to each element:
 *
 * - `tanh`: tanh z
 * - `relu`: max(z, 0). Nair and Hinton 2010, "Rectified linear units improve restricted Boltzmann
 *   machines". Its derivative at 0 is taken to be 0.
 * - `elu`: z for z > 0, else e^z − 1. Clevert et al. 2015, arXiv:1511.07289, α = 1.
 * - `silu`: z σ(z), with σ(z) = 1 / (1 + e^−z). Elfwing et al. 2017, arXiv:1702.03118.
 * - `linear`: z
 */
export type Activation = 'tanh' | 'relu' | 'elu' | 'silu' | 'linear'

// NaN fails every comparison below, and goes on as NaN.

const relu = operation('activation.relu', (_, y: Floats, z: ReadonlyNumbers) => {
  for (let i = 0; i < y.length; i++) y[i] = z[i]! <= 0 ? 0 : z[i]!
})

export const activationReluForm: FormOf<typeof relu> = {
  of: relu,
  form: (y, z) => ({ fills: [each(y, { z }, 'z <= 0 ? 0 * z : z')] }),
}

// y = max(z, 0) is positive just where z is, so dz = dy there, and 0 elsewhere.
const reluBackward = operation(
  'activation.reluBackward',
  (_, dz: Floats, dy: ReadonlyNumbers, y: ReadonlyNumbers) => {
    for (let i = 0; i < dz.length; i++) dz[i] = y[i]! <= 0 ? 0 : dy[i]!
  },
)

export const activationReluBackwardForm: FormOf<typeof reluBackward> = {
  of: reluBackward,
  form: (dz, dy, y) => ({ fills: [each(dz, { dy, y }, 'y <= 0 ? 0 * y : dy')] }),
}

// e^z − 1 = 2 t / (1 − t) with t = tanh(z / 2), which loses no digits near 0.
const elu = operation('activation.elu', (_, y: Floats, z: ReadonlyNumbers) => {
  for (let i = 0; i < y.length; i++) {
    const zi = z[i]!
    if (zi <= 0) {
      const t = f64.tanh(zi / 2)
      y[i] = (2 * t) / (1 - t)
    } else y[i] = zi
  }
})

export const activationEluForm: FormOf<typeof elu> = {
  of: elu,
  form: (y, z) => ({
    fills: [
      each(y, { z }, 'found', {
        functions: TANH_SOURCE,
        code: `let found = z;
  if (z <= 0) {
    const t = clampedTanh(z / 2);
    found = 2 * t / (1 - t);
  }`,
      }),
    ],
  }),
}

// dy/dz = 1 for z > 0, else e^z, which is 1 at 0 from both sides.
const eluBackward = operation(
  'activation.eluBackward',
  (_, dz: Floats, dy: ReadonlyNumbers, z: ReadonlyNumbers) => {
    for (let i = 0; i < dz.length; i++) {
      const zi = z[i]!
      dz[i] = zi <= 0 ? dy[i]! * f64.exp(zi) : dy[i]!
    }
  },
)

export const activationEluBackwardForm: FormOf<typeof eluBackward> = {
  of: eluBackward,
  form: (dz, dy, z) => ({ fills: [each(dz, { dy, z }, 'dy * Math.exp(Math.min(z, 0))')] }),
}

const sigmoid = (z: number): number => 1 / (1 + f64.exp(-z))

const silu = operation('activation.silu', (_, y: Floats, z: ReadonlyNumbers) => {
  for (let i = 0; i < y.length; i++) y[i] = z[i]! * sigmoid(z[i]!)
})

export const activationSiluForm: FormOf<typeof silu> = {
  of: silu,
  form: (y, z) => ({ fills: [each(y, { z }, 'z / (1 + Math.exp(-z))')] }),
}

// σ′ = σ (1 − σ), so (z σ)′ = σ + z σ (1 − σ) = σ (1 + z (1 − σ)).
const siluBackward = operation(
  'activation.siluBackward',
  (_, dz: Floats, dy: ReadonlyNumbers, z: ReadonlyNumbers) => {
    for (let i = 0; i < dz.length; i++) {
      const s = sigmoid(z[i]!)
      dz[i] = dy[i]! * (s * (1 + z[i]! * (1 - s)))
    }
  },
)

export const activationSiluBackwardForm: FormOf<typeof siluBackward> = {
  of: siluBackward,
  form: (dz, dy, z) => ({
    fills: [
      each(dz, { dy, z }, 'dy * (s * (1 + z * (1 - s)))', {
        code: 'const s = 1 / (1 + Math.exp(-z));',
      }),
    ],
  }),
}

/** An activation that no kernel joins to the product before it. */
interface Elementwise {
  readonly apply: Operation<[y: Floats, z: ReadonlyNumbers]>
  /** dz = dy ∘ f′, from y or from z */
  readonly backward: Operation<[dz: Floats, dy: ReadonlyNumbers, kept: ReadonlyNumbers]>
  /** what the derivative is computed from; from y, z is overwritten by it */
  readonly keeps: 'y' | 'z'
}

const elementwise: { readonly [A in Exclude<Activation, 'tanh' | 'linear'>]: Elementwise } = {
  relu: { apply: relu, backward: reluBackward, keeps: 'y' },
  elu: { apply: elu, backward: eluBackward, keeps: 'z' },
  silu: { apply: silu, backward: siluBackward, keeps: 'z' },
}

/** y [m, n] = f(x [m, k] w [k, n] + b [n]), and of y or z what `throughActivation` needs. */
export const affine = (
  machine: Machine,
  activation: Activation,
  x: ReadonlyNumbers,
  w: ReadonlyNumbers,
  b: ReadonlyNumbers,
  m: number,
  k: number,
  n: number,
): { readonly y: Floats; readonly kept: ReadonlyNumbers } => {
  const { alloc, dense, matmul } = machine
  const z = alloc(m * n)
  if (activation === 'tanh') {
    dense.affineTanh(z, x, w, b, m, k, n)
    return { y: z, kept: z }
  }
  matmul.nn(z, x, w, b, m, k, n)
  if (activation === 'linear') return { y: z, kept: z }
  const { apply, keeps } = elementwise[activation]
  const y = keeps === 'y' ? z : alloc(m * n)
  machine.run(apply, y, z)
  return { y, kept: z }
}

/** dz = dy ∘ f′(z); and with a direction of z for dy, that of y. */
export const throughActivation = (
  machine: Machine,
  activation: Activation,
  dy: ReadonlyNumbers,
  kept: ReadonlyNumbers,
): ReadonlyNumbers => {
  if (activation === 'linear') return dy
  const dz = machine.alloc(dy.length)
  // tanh′ = 1 − y²
  if (activation === 'tanh') machine.dense.tanhBackward(dz, dy, kept)
  else machine.run(elementwise[activation].backward, dz, dy, kept)
  return dz
}
