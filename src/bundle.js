/**
 * Bundles what `tsc -p src` compiles into `.build/package` as the package's entry points in `dist`:
 * `npm run build`. `bundle.js FROM TO` takes other folders. Node takes longer to find and open several hundred small files than to run them.
 * fp-ts, which is many small CommonJS files as well, is bundled in; other packages are not.
 */
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { writeModules } from './modules.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const [COMPILED, DIST] = [process.argv[2] ?? '.build/package', process.argv[3] ?? 'dist'].map(
  (folder) => join(ROOT, folder),
)
const INLINED = ['fp-ts']

const { bin, exports: listed } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
const exports = Object.values(listed).filter((to) => typeof to === 'object')

/** What Node loads of an export, and what bundlers do. */
const nodeFile = (to) => to.node ?? to.default
const modules = exports
  .map((to) => String(posix.relative('dist/modules', to.default)))
  .filter((file) => !file.startsWith('..'))

/** A file without chunks, so that a page can load it as it is. */
const ALONE = 'inference/index'

/**
 * Every file that package.json names, the module that threads run, and the command line as a function,
 * which tests call, by its path in `dist` without the ending.
 */
const entries = () => {
  const files = [
    'dist/algo/thread/worker.js',
    'dist/cli/run.js',
    'dist/cli/jobProcess.js',
    'dist/distributed/shardThread.js',
    ...Object.values(bin),
    ...exports.map(nodeFile),
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

/** Compiled files with their source maps, which hold the sources. */
const mapped = {
  name: 'source maps',
  load(id) {
    return existsSync(`${id}.map`) === true
      ? { code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') }
      : null
  },
}

/** Keeps `new URL('./worker.js', import.meta.url)` true wherever its module is bundled. */
const siblings = {
  name: 'URLs of entries',
  transform(code, id) {
    const folder = posix.dirname(relative(COMPILED, id).replaceAll('\\', '/'))
    const marked = code.replace(
      FILE,
      (_, file) => `new URL('entry:${posix.join(folder, file)}', import.meta.url)`,
    )
    // Only columns of that line move, so the source map stays as it is.
    return marked === code ? null : { code: marked, map: null }
  },
  renderChunk(code, { fileName }) {
    const found = code.replace(MARKED, (_, __, file) => {
      const path = posix.relative(posix.dirname(fileName), file)
      return `new URL('./${path}', import.meta.url)`
    })
    return found === code ? null : { code: found, map: null }
  },
}

/** The licenses of the packages that are bundled in. */
const notices = () =>
  INLINED.map((name) => {
    const text = readFileSync(join(ROOT, `node_modules/${name}/LICENSE`), 'utf8')
    return `This package contains parts of ${name}:\n\n${text.trim()}\n`
  }).join('\n')

/**
 * Takes `<ArrayBufferLike>` off typed arrays in declarations, where inferred types have it: it is the default of
 * compilers that know it, and a mistake to those before TypeScript 5.7.
 */
const plainArrays = () => {
  for (const file of readdirSync(DIST, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.d.ts') !== true) continue
    const text = readFileSync(join(DIST, file), 'utf8')
    const plain = text.replace(
      /\b((?:Big)?(?:Uint|Int|Float)\d+(?:Clamped)?Array)<ArrayBufferLike>/g,
      '$1',
    )
    if (plain !== text) writeFileSync(join(DIST, file), plain)
  }
}

const write = async (input, chunks) => {
  const bundle = await rolldown({
    input,
    platform: 'neutral',
    external: (id) => !/^[./]|^[A-Za-z]:/.test(id) && !INLINED.includes(id.split('/')[0]),
    plugins: [inlined, mapped, siblings],
  })
  await bundle.write({
    dir: DIST,
    format: 'esm',
    chunkFileNames: `${chunks}/[name].js`,
    comments: false,
    sourcemap: true,
    // The modules beside have the sources.
    sourcemapExcludeSources: true,
  })
  await bundle.close()
}

for (const file of readdirSync(DIST, { recursive: true, encoding: 'utf8' }))
  if (/\.js(\.map)?$/.test(file)) rmSync(join(DIST, file))
plainArrays()
const { [ALONE]: alone, ...others } = entries()
await write(others, 'chunks')
if (alone !== undefined) await write({ [ALONE]: alone }, 'inference')
writeModules(ROOT, COMPILED, DIST, [...modules, 'algo/thread/worker.js'])
writeFileSync(join(DIST, 'NOTICES'), notices())
