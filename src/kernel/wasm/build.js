/**
 * Compiles the kernels in `assembly/` and writes them into `bytes.ts`, and those of acting alone into
 * `actingBytes.ts`, so that a program loads them like any other module, without a file or a fetch:
 * `npm run build:wasm`. Sources that have not changed since are not compiled again.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))

const COMMON = '--runtime stub --noAssert --enable simd --importMemory --initialMemory 1'

const MODULES = [
  {
    source: 'assembly/index.ts',
    // A memory from outside, which the module says may be shared; instance.ts has the rest.
    options: `${COMMON} -O3 --enable threads --sharedMemory --maximumMemory 65536`,
    file: 'bytes.ts',
  },
  // Small rather than fast: a row is a few thousand products.
  { source: 'assembly/acting.ts', options: `${COMMON} -Oz`, file: 'actingBytes.ts' },
]

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

const compile = async (source, options) => {
  const { main } = await import('assemblyscript/asc')
  let binary = new Uint8Array()
  const args = [at(source), '--outFile', 'kernels.wasm', ...options.split(' ')]
  const { error } = await main(args, {
    stderr: process.stderr,
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = contents
    },
  })
  if (error !== null) throw error
  return binary
}

/** The hash that a file was made from; undefined where it is missing. */
const writtenHash = (file) => {
  try {
    return /SHA-256\n \* ([0-9a-f]{64})/.exec(readFileSync(at(file), 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

const hash = sourceHash()
for (const { source, options, file } of MODULES)
  if (writtenHash(file) !== hash) {
    const binary = await compile(source, options)
    const hex = Buffer.from(binary).toString('hex')
    writeFileSync(
      at(file),
      `/**\n * The compiled kernels, ${binary.length} bytes, in hexadecimal, which compressors of HTTP\n * pack into three quarters of base64. Made by build.js from sources of SHA-256\n * ${hash}.\n */\nexport const hex =\n  '${hex}'\n`,
    )
  }
