import { work, type Task } from '../job.ts'

/** A page of an engine: asks for its tasks, and sends what it finds back, thing by thing. */
const tasks = (await (await fetch('/tasks')).json()) as readonly Task[]
await work(tasks, (row) => fetch('/found', { method: 'POST', body: JSON.stringify(row) }))
