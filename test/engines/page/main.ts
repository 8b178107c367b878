import { goesOn, keeps, uninterrupted } from '../../browser/page/storage.ts'
import { work, type Row, type Task } from '../job.ts'

const tell = (row: Row): Promise<unknown> =>
  fetch('/found', { method: 'POST', body: JSON.stringify(row) })

/** What of the database that keeps runs is not as it should be, and whether a run goes on from it. */
const kept = async (): Promise<string> => {
  const wrong = Object.entries(await keeps()).flatMap(([name, isSo]) => (isSo ? [] : [name]))
  if (wrong.length > 0) return `not ${wrong.join(', ')}`
  return (await goesOn()) === uninterrupted() ? 'same' : 'differs'
}

/** A page of an engine: asks for its tasks, and sends what it finds back, thing by thing. */
const tasks = (await (await fetch('/tasks')).json()) as readonly Task[]
const start = performance.now()
const found = await kept().catch(String)
const seconds = (performance.now() - start) / 1000
await tell({ kind: 'kept', run: 'IndexedDB', kernels: 'js', expected: 'same', found, seconds })
await work(tasks, tell)
