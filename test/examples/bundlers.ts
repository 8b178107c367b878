import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build as esbuild } from 'esbuild'
import { build as viteBuild, createServer } from 'vite'
import webpack from 'webpack'
import type { Example, Page } from './examples.ts'
import { freePort, serve, type Served } from './pages.ts'

/** An example with a page, and where it stands: its sources, and below `out` what they compile to. */
export interface Bundled {
  readonly folder: string
  readonly example: Example & { readonly page: Page }
}

/** Makes the page of an example and serves it. */
export type Bundler = (bundled: Bundled) => Promise<Served>

const HTML = 'index.html'

/** The folder that a bundler writes to. */
const target = (bundler: string, { folder, example }: Bundled): string => {
  const to = join(folder, 'bundled', bundler, example.name)
  mkdirSync(to, { recursive: true })
  return to
}

/** Puts the page's own files beside a bundle that is called `page.js`. */
const withFiles = (to: string, { folder, example: { name, page } }: Bundled): void => {
  const html = readFileSync(join(folder, name, HTML), 'utf8')
  writeFileSync(join(to, HTML), html.replace(page.module, 'page.js'))
  for (const file of page.assets) copyFileSync(join(folder, name, file), join(to, file))
}

const withEsbuild: Bundler = async (bundled) => {
  const { name, page } = bundled.example
  const to = target('esbuild', bundled)
  await esbuild({
    absWorkingDir: bundled.folder,
    entryPoints: [page.module, ...(page.worker === undefined ? [] : [page.worker])].map((file) =>
      join(name, file),
    ),
    outdir: to,
    bundle: true,
    format: 'esm',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
  })
  withFiles(to, bundled)
  return serve(to, page.headers)
}

/** The compiled page, since webpack has no TypeScript of its own. A warning is a failure. */
const withWebpack: Bundler = async (bundled) => {
  const { folder, example } = bundled
  const to = target('webpack', bundled)
  const compiler = webpack({
    mode: 'production',
    context: folder,
    entry: `./out/${example.name}/page.js`,
    output: { path: to, filename: 'page.js' },
    performance: false,
    // Its minimiser takes three times as long as all the rest.
    optimization: { minimize: false },
  })
  const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
    compiler.run((error, stats) => (error === null ? resolve(stats) : reject(error)))
  })
  if (stats === undefined || stats.hasErrors() || stats.hasWarnings())
    throw new Error(stats?.toString({ all: false, errors: true, warnings: true }))
  withFiles(to, bundled)
  return serve(to, example.page.headers)
}

const withVite: Bundler = async (bundled) => {
  const { folder, example } = bundled
  const to = target('vite', bundled)
  await viteBuild({
    root: join(folder, example.name),
    base: './',
    configFile: false,
    logLevel: 'silent',
    worker: { format: 'es' },
    build: { outDir: to, emptyOutDir: true, target: 'es2022' },
  })
  for (const file of example.page.assets)
    copyFileSync(join(folder, example.name, file), join(to, file))
  return serve(to, example.page.headers)
}

const withViteServer: Bundler = async ({ folder, example }) => {
  const port = await freePort()
  const server = await createServer({
    root: join(folder, example.name),
    configFile: false,
    logLevel: 'silent',
    cacheDir: join(folder, 'bundled/dev', example.name),
    worker: { format: 'es' },
    server: {
      host: '127.0.0.1',
      port,
      strictPort: true,
      watch: null,
      headers: { ...example.page.headers },
    },
  })
  await server.listen()
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() }
}

/** How pages are made, by name. */
export const bundlers: { readonly [name: string]: Bundler } = {
  esbuild: withEsbuild,
  'webpack 5': withWebpack,
  'Vite build': withVite,
  'Vite dev server': withViteServer,
}
