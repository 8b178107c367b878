import { connectTraining, serve, training, type RunView, type WorkerLike } from 'proximal/worker'

const { handlers: trains, current } = training()

/** What a worker of a consumer does: it trains, and answers a question of its own. */
const handlers = {
  ...trains,
  double: (n: number): number => 2 * n,
  update: () => current()?.state.update ?? 0,
}

export const begin = (): void => serve(handlers)

export const open = (makeWorker: () => WorkerLike, draw: (run: RunView) => void) => {
  const client = connectTraining<typeof handlers>(makeWorker, { onRun: draw })
  return client.call('double', 21)
}
