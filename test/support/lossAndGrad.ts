import type { LossGrad } from '../../src/algo/fit.ts'
import { js } from '../../src/kernel/js/js.ts'
import { withFlat, type ParamTree } from '../../src/tensor/params.ts'
import { toArray, type Tensor } from '../../src/tensor/tensor.ts'

/** The mean of a loss over samples in f64, and its gradient in so many shards, added up. */
export const lossAndGrad = <
  P extends ParamTree,
  B extends { readonly weight: Tensor<['sample']> } & Readonly<Record<string, Tensor>>,
>(
  of: LossGrad<P, B>,
  tree: P,
  samples: B,
  paramCount: number,
  shards: number,
): { readonly loss: number; readonly grad: readonly number[] } => {
  const n = samples.weight.shape[0]
  const { loss, backward } = of(js.f64, tree, samples, n)
  const parts = Array.from({ length: shards }, (_, s) => ({
    from: Math.floor((s * n) / shards),
    to: Math.floor(((s + 1) * n) / shards),
    grads: withFlat(tree, new Float64Array(paramCount)),
  }))
  backward(
    js.f64,
    parts.map(({ from, to, grads }) => ({ from, to, grads: grads.tree })),
  )
  const grad = parts
    .map(({ grads }) => toArray(grads.flat))
    .reduce((a, b) => a.map((x, i) => x + b[i]!))
  return { loss: toArray(loss).reduce((a, b) => a + b, 0) / n, grad }
}
