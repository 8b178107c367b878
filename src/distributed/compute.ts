import { backend, type BackendName } from '../kernel/backends.ts'
import { rolloutWork, type FindEnvironment } from './rolloutWork.ts'
import { runWork } from './runWork.ts'
import type { Shard, ShardKind } from './shard.ts'

/** Computes the payload of a shard: the same bytes wherever it runs. */
export type Compute = (shard: Shard) => Promise<Uint8Array>

/** Computes shards in this thread. */
export const computing = (
  find: FindEnvironment,
  kernels: BackendName | 'auto' = 'auto',
): Compute => {
  const works: { readonly [Kind in ShardKind]: Compute } = {
    rollout: rolloutWork(find, kernels),
    run: runWork(find, backend(kernels).name),
  }
  return (shard) => works[shard.kind](shard)
}
