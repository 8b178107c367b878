/**
 * Threads in a worker of your own, without `proximal/worker`: `worker.ts` trains with `ppo.threadedParts`, and Vite and
 * webpack find the module that the library's threads run. This program does the same in Node; one thread and two
 * must end with the same hash.
 */
import { train } from './train.js'

const lines = [await train(1), await train(2)]
console.log(lines.join('\n'))
const hashes = new Set(lines.map((line) => line.split(': ')[1]))
if (hashes.size > 1) throw new Error('expected the same hash of both')
