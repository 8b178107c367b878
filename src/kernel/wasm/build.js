/**
 * Compiles the kernels in `assembly/` and writes them into `bytes.ts`, so that a program loads them
 * like any other module, without a file or a fetch: `npm run build:wasm`. Sources that have not
 * changed since are not compiled again.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

// A memory from outside, which the module says may be shared; instance.ts has the rest.
const options =
  '--outFile kernels.wasm --runtime stub --noAssert -O3 --enable simd --enable threads ' +
  '--importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536'

/** SHA-256 of all that the binary follows from: this script, the sources and the compilers. */
const sourceHash = () => {
  const require = createRequire(import.meta.url)
  const versions = ['assemblyscript', 'binaryen'].map(
    (name) => require(`../../../node_modules/${name}/package.json`).version,
  )
  const sources = readdirSync(at('assembly'))
    .toSorted()
    .flatMap((name) => [name, readFileSync(at(`assembly/${name}`), 'utf8')])
  const all = [readFileSync(at('build.js'), 'utf8'), ...versions, ...sources]
  return createHash('sha256').update(JSON.stringify(all)).digest('hex')
}

const compile = async () => {
  const { main } = await import('assemblyscript/asc')
  let binary = new Uint8Array()
  const { error } = await main([at('assembly/index.ts'), ...options.split(' ')], {
    stderr: process.stderr,
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = contents
    },
  })
  if (error !== null) throw error
  return binary
}

/** The hash that `bytes.ts` was made from; undefined where it is missing. */
const writtenHash = () => {
  try {
    return /SHA-256\n \* ([0-9a-f]{64})/.exec(readFileSync(at('bytes.ts'), 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

const hash = sourceHash()
if (writtenHash() !== hash) {
  const binary = await compile()
  const base64 = Buffer.from(binary).toString('base64')
  writeFileSync(
    at('bytes.ts'),
    `/**\n * The compiled kernels, ${binary.length} bytes, in base64. Made by build.js from sources of SHA-256\n * ${hash}.\n */\nexport const base64 =\n  '${base64}'\n`,
  )
}
