import { resolve } from 'node:path'
import { served } from '../served.ts'

/** `npm run demo:backends`, which runs in the folder of the package. */
const { url } = await served(resolve('src/demo/backends'), resolve('.build/demo/backends'), 4173)
process.stdout.write(`${url}  (Ctrl-C ends it)\n`)
