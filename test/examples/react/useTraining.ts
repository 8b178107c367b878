import { connectTraining, noRun, type RunView, type StartRequest } from 'proximal/worker'
import { useEffect, useState } from 'react'

const makeWorker = () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })

/** Trains in a worker for as long as the component is there: the run so far, at each change. */
export const useTraining = (request: StartRequest): RunView => {
  const [run, setRun] = useState(noRun)
  useEffect(() => {
    const client = connectTraining(makeWorker, { onRun: setRun })
    void client.call('start', request).then((answer) => {
      if (answer._tag === 'Left') console.error(answer.left)
    })
    return client.close
  }, [request])
  return run
}
