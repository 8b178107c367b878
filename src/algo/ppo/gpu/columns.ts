import { expectShape } from '../../../tensor/check.ts'
import { data, type Tensor } from '../../../tensor/tensor.ts'
import type { Samples } from '../../samples.ts'
import type { Sizes } from './sizes.ts'
import { BEFORE_ACTION } from './lossSources.ts'

/** What losses read of each sample, side by side: [sample, column] as in lossSources.ts. */
export const columnsOf = (
  { kind, actions }: Sizes,
  batch: Samples,
  samples: number,
): Float32Array => {
  const width = BEFORE_ACTION + actions
  const all = new Float32Array(samples * width)
  const put = (column: number, argument: string, x: Tensor): void => {
    const values = data(expectShape(argument, x, ['sample'], [samples]))
    for (let i = 0; i < samples; i++) all[i * width + column] = values[i]!
  }
  put(0, 'oldLogProb', batch.oldLogProb)
  put(1, 'oldValue', batch.oldValue)
  put(2, 'advantage', batch.advantage)
  put(3, 'returns', batch.returns)
  if (kind === 'categorical') {
    put(BEFORE_ACTION, 'action', batch.action)
    return all
  }
  const action = data(expectShape('action', batch.action, ['sample', 'action'], [samples, actions]))
  for (let i = 0; i < samples; i++)
    for (let j = 0; j < actions; j++) all[i * width + BEFORE_ACTION + j] = action[i * actions + j]!
  return all
}
