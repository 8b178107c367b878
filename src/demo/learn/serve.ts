import { resolve } from 'node:path'
import { served } from '../served.ts'

/** `npm run demo:learn`, which runs in the folder of the package. */
const { url } = await served(resolve('src/demo/learn'), resolve('.build/demo/learn'), 4174)
process.stdout.write(
  `${url}?env=cartpole&backend=auto  (backend: auto, js, wasm, gpu, webgpu, webgl2 …; Ctrl-C ends it)\n`,
)
