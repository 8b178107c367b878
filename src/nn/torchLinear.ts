import { split, type Key } from '../random/key.ts'
import { uniforms53 } from '../random/uniform.ts'
import { own, type Floats, type Tensor } from '../tensor/tensor.ts'

/**
 * The first weight [in, out] and bias [out] of PyTorch's linear layer: every number is uniform within
 * ±1/√in. He et al. 2015, arXiv:1502.01852, give the bound g √(3 / in) for a gain g = √(2 / (1 + a²)),
 * and PyTorch's a = √5 makes that 1/√in.
 *
 * @param inputs rows of the weight, >= 1
 * @param outputs columns of the weight, >= 1
 */
export const torchLinear = (
  key: Key,
  inputs: number,
  outputs: number,
  dtype: 'f32' | 'f64' = 'f32',
): { readonly weight: Tensor<['in', 'out']>; readonly bias: Tensor<['out']> } => {
  const [weightKey, biasKey] = split(key, 2)
  const bound = 1 / Math.sqrt(inputs)
  const draw = (from: Key, n: number): Floats => {
    const u = uniforms53(from, n)
    const out = dtype === 'f32' ? new Float32Array(n) : new Float64Array(n)
    for (let i = 0; i < n; i++) out[i] = bound * (2 * u[i]! - 1)
    return out
  }
  return {
    weight: own(['in', 'out'], [inputs, outputs], draw(weightKey, inputs * outputs)),
    bias: own(['out'], [outputs], draw(biasKey, outputs)),
  }
}
