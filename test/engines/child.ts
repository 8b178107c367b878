import { readFileSync, writeSync } from 'node:fs'
import { work, type Task } from './job.ts'

/** A process of an engine: reads its tasks from a file, and writes a line for each thing it finds. */
const tasks = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as readonly Task[]
await work(tasks, (row) => Promise.resolve(writeSync(1, `${JSON.stringify(row)}\n`)))
