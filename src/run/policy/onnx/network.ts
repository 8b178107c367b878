import type { Mlp } from '../../../nn/index.ts'
import { apply, join, type Piece } from '../../../format/onnx/piece.ts'

/**
 * x [batch, in] → [batch, out]: a layer is Gemm, x W + b, and Tanh, the last one linear unless
 * said otherwise. Weights and biases are the constants `actor.layer0.weight` …
 *
 * @param name that of the network in the tree of parameters
 */
export const network = (
  name: string,
  mlp: Mlp,
  input: string,
  output: string,
  last: 'tanh' | 'linear' = 'linear',
): Piece => {
  const layers = Object.keys(mlp)
  if (layers.length === 0) return apply('Identity', [input], output)
  let x = input
  const pieces = layers.map((layer, i) => {
    const isLast = i === layers.length - 1
    const path = `${name}.${layer}`
    const gemm = [x, `${path}.weight`, `${path}.bias`]
    x = isLast ? output : path
    return isLast && last === 'linear'
      ? apply('Gemm', gemm, x)
      : join(apply('Gemm', gemm, `${path}.affine`), apply('Tanh', [`${path}.affine`], x))
  })
  return join(...pieces)
}
