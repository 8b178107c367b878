import { each, temporary, type FormOf } from '../kernel/form.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import { whiteningScale, whiteningScaleText, type WhitenConfig } from '../rl/whiten.ts'
import { data, own, type Floats, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'

/** The divisor of `whiteningScale`, and what it is made from. */
interface Scale {
  readonly of: (n: number, squares: number) => number
  readonly config: WhitenConfig
}

/** (x − mean) / scale, sums in rising order in f64: see `whiten`. */
const whitenAll = operation(
  'whiten',
  (_, out: Floats, x: ReadonlyNumbers, { of: scaleOf }: Scale) => {
    const n = out.length
    let sum = 0
    for (let i = 0; i < n; i++) sum += x[i]!
    const center = sum / n
    let squares = 0
    for (let i = 0; i < n; i++) squares += (x[i]! - center) * (x[i]! - center)
    const scale = scaleOf(n, squares)
    for (let i = 0; i < n; i++) out[i] = (x[i]! - center) / scale
  },
)

export const whitenForm: FormOf<typeof whitenAll> = {
  of: whitenAll,
  form: (out, x, { config }) => {
    const found = temporary(2)
    return {
      fills: [
        {
          out: found,
          shape: [2],
          reads: { x },
          sizes: { n: x.length },
          code: `let sum = 0.0;
  for (let j = 0; j < n; j++) sum += x(j);
  const mean = sum / n;
  let wanted = mean;
  if (i > 0) {
    let squares = 0.0;
    for (let j = 0; j < n; j++) squares += (x(j) - mean) * (x(j) - mean);
    wanted = ${whiteningScaleText(config, x.length)};
  }`,
          value: 'wanted',
        },
        each(out, { one: x }, '(one - found(0)) / found(1)', { reads: { found } }),
      ],
    }
  },
}

/** `whiten` on a machine. */
export const whitenRows = (
  machine: Machine,
  config: WhitenConfig,
  x: Tensor<['sample']>,
): Tensor<['sample']> => {
  const [n] = x.shape
  const out = machine.alloc(n)
  machine.run(whitenAll, out, data(x), { of: whiteningScale(config), config })
  return own(['sample'], [n], out)
}
