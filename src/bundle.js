/**
 * Bundles what `tsc -p src` compiles into `.build/package` as the package's entry points in `dist`:
 * `npm run build`. `bundle.js FROM TO` takes other folders. Node takes longer to find and open several hundred small files than to run them.
 * fp-ts and io-ts, which are many small CommonJS files as well, are bundled in; other packages are not.
 */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { extname, join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const [COMPILED, DIST] = [process.argv[2] ?? '.build/package', process.argv[3] ?? 'dist'].map(
  (folder) => join(ROOT, folder),
)
const INLINED = ['fp-ts', 'io-ts']

/**
 * Every file that package.json names, the module that threads run, and the command line as a function,
 * which tests call, by its path in `dist` without the ending.
 */
const entries = () => {
  const { bin, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const files = [
    'dist/algo/thread/worker.js',
    'dist/cli/run.js',
    'dist/cli/jobProcess.js',
    'dist/distributed/shardThread.js',
    ...Object.values(bin),
    ...Object.values(exports).map((to) => to.default ?? to),
  ]
  return Object.fromEntries(
    files.map((file) => {
      const name = posix.relative('dist', file).replace(/\.js$/, '')
      return [name, join(COMPILED, `${name}.js`)]
    }),
  )
}

/** The ES modules of a package that is bundled in: `fp-ts/lib/Either.js` is `fp-ts/es6/Either.js`. */
const inlined = {
  name: 'inlined packages',
  resolveId(id) {
    const [, name, file = 'index'] = /^([a-z-]+)(?:\/(?:lib|es6)\/(\w+)(?:\.js)?)?$/.exec(id) ?? []
    return INLINED.includes(name) ? join(ROOT, `node_modules/${name}/es6/${file}.js`) : null
  },
}

const FILE = /new URL\('(\.[^']+\.js)', import\.meta\.url\)/g
const MARKED = /new URL\((['"])entry:([^'"]+)\1, import\.meta\.url\)/g

/** Keeps `new URL('./worker.js', import.meta.url)` true wherever its module is bundled. */
const siblings = {
  name: 'URLs of entries',
  transform(code, id) {
    const folder = posix.dirname(relative(COMPILED, id).replaceAll('\\', '/'))
    return code.replace(
      FILE,
      (_, file) => `new URL('entry:${posix.join(folder, file)}', import.meta.url)`,
    )
  },
  renderChunk(code, { fileName }) {
    return code.replace(MARKED, (_, __, file) => {
      const path = posix.relative(posix.dirname(fileName), file)
      return `new URL('./${path}', import.meta.url)`
    })
  },
}

/** The licenses of the packages that are bundled in. */
const notices = () =>
  INLINED.map((name) => {
    const text = readFileSync(join(ROOT, `node_modules/${name}/LICENSE`), 'utf8')
    return `This package contains parts of ${name}:\n\n${text.trim()}\n`
  }).join('\n')

const bundle = await rolldown({
  input: entries(),
  platform: 'neutral',
  external: (id) => !/^[./]|^[A-Za-z]:/.test(id) && !INLINED.includes(id.split('/')[0]),
  plugins: [inlined, siblings],
})
for (const file of readdirSync(DIST, { recursive: true, encoding: 'utf8' }))
  if (extname(file) === '.js') rmSync(join(DIST, file))
await bundle.write({
  dir: DIST,
  format: 'esm',
  chunkFileNames: 'chunks/[name].js',
  comments: false,
})
await bundle.close()
writeFileSync(join(DIST, 'NOTICES'), notices())
