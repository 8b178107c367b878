import { operation, type Machine } from '../kernel/machine.ts'
import { whiteningScale, type WhitenConfig } from '../rl/whiten.ts'
import { data, own, type Floats, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'

/** (x − mean) / scale, sums in rising order in f64: see `whiten`. */
const whitenAll = operation(
  'whiten',
  (_, out: Floats, x: ReadonlyNumbers, scaleOf: (n: number, squares: number) => number) => {
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

/** `whiten` on a machine. */
export const whitenRows = (
  machine: Machine,
  config: WhitenConfig,
  x: Tensor<['sample']>,
): Tensor<['sample']> => {
  const [n] = x.shape
  const out = machine.alloc(n)
  machine.run(whitenAll, out, data(x), whiteningScale(config))
  return own(['sample'], [n], out)
}
