import * as E from 'fp-ts/lib/Either.js'
import { connect, type Client, type ConnectOptions } from '../connect.ts'
import type { WorkerLike } from '../port.ts'
import { nextView, noRun, type RunView } from './progress.ts'
import type { StartRequest } from './request.ts'
import type { TrainingHandlers } from './training.ts'
import type { WatchOptions } from './watch.ts'

/** What a client of a worker that trains calls when the run changes, and how often. */
export interface TrainingClientOptions extends Omit<ConnectOptions<never>, 'restore'> {
  /** Called with the run whenever it has changed, at most once a frame of the display. */
  readonly onRun?: (run: RunView) => void
  /** how often the worker tells of its run */
  readonly watch?: WatchOptions
}

/** The client of a worker that trains. */
export interface TrainingClient<H> extends Client<H> {
  /** The run as last reported. */
  readonly run: () => RunView
}

/**
 * Starts a worker that serves the handlers of `training`, and perhaps more, and follows its run. If the
 * worker dies, the next one continues from the last checkpoint, about a second of training earlier, to the
 * same bits.
 *
 *     const client = connectTraining<Handlers>(
 *       () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
 *       { onRun: draw },
 *     )
 *     await client.call('start', { config })
 */
export const connectTraining = <H extends TrainingHandlers>(
  makeWorker: () => WorkerLike,
  { onRun, watch = {}, ...options }: TrainingClientOptions = {},
): TrainingClient<H> => {
  let run = noRun
  const closing = new AbortController()
  let machinery: Pick<StartRequest, 'backend' | 'threads'> = {}
  const client = connect<TrainingHandlers>(makeWorker, {
    ...options,
    restore: async ({ call }) => {
      const { config, checkpoint, phase } = run
      if (config === null) return
      await call('start', {
        config,
        ...machinery,
        runs: phase === 'running',
        ...(checkpoint === null ? {} : { checkpoint }),
      })
    },
  })

  const follow = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      let items = 0
      for await (const item of client.stream('watch', watch, { ahead: 1 })) {
        if (E.isLeft(item)) continue
        items += 1
        run = nextView(run, item.right)
        machinery = { backend: run.backend, threads: run.threads }
        onRun?.(run)
      }
      // A worker that cannot even be watched will not be watched the next time.
      if (items === 0) return
    }
  }
  void follow()

  return {
    // H has the handlers of training among its own.
    ...(client as unknown as Client<H>),
    close: () => {
      closing.abort()
      client.close()
    },
    run: () => run,
  }
}
