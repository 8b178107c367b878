import type { NormaliseConfig, Normaliser } from '../../../algo/look.ts'
import { deviations } from '../../../rl/normaliseObservation.ts'
import { toArray } from '../../../tensor/tensor.ts'
import { apply, float, floats, join, type Piece } from '../../../format/onnx/piece.ts'

/** The smallest normal f32, so that a deviation is no 0 to divide by. */
const SMALLEST = 1.1754943508222875e-38

/**
 * (x − mean) / √(var + ε), held within ±clip, as a run's policy sees the environment; x itself where
 * nothing is normalised.
 *
 * Statistics are f64 and the graph is f32, in which x − mean would lose the digits of features far
 * from 0. So the mean is two numbers, mean ≈ high + low with high = f32(mean), and x − high − low
 * is off by some units in its own last place, not in that of x.
 */
export const whitening = (
  config: NormaliseConfig | undefined,
  normaliser: Normaliser | null,
  input: string,
  output: string,
): Piece => {
  const moments = config === undefined ? null : (normaliser?.observation ?? null)
  if (config === undefined || moments === null) return apply('Identity', [input], output)
  const mean = toArray(moments.mean)
  const high = mean.map(Math.fround)
  const deviation = Array.from(deviations(config.epsilon, moments), (d) => Math.max(d, SMALLEST))
  const [above, below, scale] = ['mean.high', 'mean.low', 'deviation'].map((x) => `${output}.${x}`)
  const [coarse, centred, scaled] = ['coarse', 'centred', 'scaled'].map((x) => `${output}.${x}`)
  const isClipped = Number.isFinite(config.clip)
  const bounds = [`${output}.min`, `${output}.max`] as const
  return join(
    floats(above!, high),
    floats(
      below!,
      mean.map((m, j) => m - high[j]!),
    ),
    floats(scale!, deviation),
    apply('Sub', [input, above!], coarse!),
    apply('Sub', [coarse!, below!], centred!),
    apply('Div', [centred!, scale!], isClipped ? scaled! : output),
    ...(isClipped
      ? [
          float(bounds[0], -config.clip),
          float(bounds[1], config.clip),
          apply('Clip', [scaled!, ...bounds], output),
        ]
      : []),
  )
}
