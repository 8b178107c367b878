import type { RedisExecutor } from '../distributed/redis/executor.ts'
import { grouped } from './console.ts'

/** `  3 workers, 12 shards/s, 1 retry`, for a line of progress. */
export const shardsNote = ({ progress }: Pick<RedisExecutor, 'progress'>): (() => string) => {
  const started = performance.now()
  return () => {
    const { workers, done, retries } = progress()
    const rate = (1000 * done) / (performance.now() - started)
    const again = retries === 0 ? '' : `, ${retries} ${retries === 1 ? 'retry' : 'retries'}`
    return `  ${workers} ${workers === 1 ? 'worker' : 'workers'}, ${rate < 10 ? rate.toFixed(1) : grouped(rate)} shards/s${again}`
  }
}
