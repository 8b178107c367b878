import { own, take, type Tensor } from '../../tensor/tensor.ts'

type PerSample = Tensor<['sample']>

/** What a learning step reads of each sample. */
export interface Samples {
  readonly observation: Tensor<['sample', 'feature']>
  readonly action: PerSample
  readonly oldLogProb: PerSample
  readonly oldValue: PerSample
  readonly advantage: PerSample
  readonly returns: PerSample
}

/** Those samples, in that order. */
export const subset = (samples: Samples, index: Int32Array): Samples => {
  const rows = own(['sample'], [index.length], index)
  return {
    observation: take(samples.observation, rows),
    action: take(samples.action, rows),
    oldLogProb: take(samples.oldLogProb, rows),
    oldValue: take(samples.oldValue, rows),
    advantage: take(samples.advantage, rows),
    returns: take(samples.returns, rows),
  }
}
