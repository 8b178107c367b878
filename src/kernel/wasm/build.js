/**
 * Compiles the kernels in `assembly/` and writes them into `bytes.ts`, so that a program loads them
 * like any other module, without a file or a fetch: `npm run build:wasm`.
 */
import { main } from 'assemblyscript/asc'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

// A memory from outside, which the module says may be shared; instance.ts has the rest.
const options =
  '--outFile kernels.wasm --runtime stub --noAssert -O3 --enable simd --enable threads ' +
  '--importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536'

let binary = new Uint8Array()
const { error } = await main([at('assembly/index.ts'), ...options.split(' ')], {
  stderr: process.stderr,
  writeFile: (name, contents) => {
    if (name.endsWith('.wasm')) binary = contents
  },
})
if (error !== null) throw error

const base64 = Buffer.from(binary).toString('base64')
writeFileSync(
  at('bytes.ts'),
  `/** The compiled kernels, ${binary.length} bytes, in base64. Made by build.js. */\nexport const base64 =\n  '${base64}'\n`,
)
