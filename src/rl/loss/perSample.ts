import { f64 } from '../../math/real.ts'
import { expectAlike } from '../../tensor/check.ts'
import { zip3 } from '../../tensor/elementwise.ts'
import type { Tensor } from '../../tensor/tensor.ts'

/** What a surrogate needs besides the new log-probability, in tensors of its shape. */
export interface SurrogateBatch<D extends string[]> {
  /** log π_old(a|s), of the policy that acted */
  readonly oldLogProb: Tensor<D>
  /** Â(s, a) */
  readonly advantage: Tensor<D>
}

/**
 * An objective, or its derivative in logProb: a function of `logProb` and `{ oldLogProb, advantage
 * }`, tensors of one shape [...D], to that shape.
 */
export type Surrogate = <D extends string[]>(
  logProb: Tensor<D>,
  batch: NoInfer<SurrogateBatch<D>>,
) => Tensor<D>

type PerSample = (ratio: number, advantage: number, logProb: number, clip: number) => number

/**
 * An objective of one sample and its derivative in logProb. Both are functions of the importance
 * ratio r = π(a|s) / π_old(a|s), Â, logProb and ε, and the functions over tensors apply them to
 * each element. ε may change from update to update.
 */
export interface SurrogateTerm {
  readonly value: PerSample
  readonly grad: PerSample
}

/** f(r, Â, logProb, ε) of each sample, with r = exp(logProb − oldLogProb). */
export const perSample =
  (f: PerSample, clip = NaN): Surrogate =>
  (logProb, { oldLogProb, advantage }) => {
    expectAlike({ logProb, oldLogProb, advantage })
    return zip3(logProb, oldLogProb, advantage, (now, old, a) =>
      f(f64.exp(now - old), a, now, clip),
    )
  }
