import { resolve } from 'node:path'
import { build, createServer, preview, type InlineConfig, type Plugin } from 'vite'
import { offline } from './offline.ts'

/** The headers that isolate a page: its threads may share memory, and its clock is finer. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

export interface Served {
  readonly url: string
  readonly close: () => Promise<void>
}

/** A busy machine is no fault of the page. */
const QUIET = { checks: { bundlerTimings: false } } as const

const common = (root: string): InlineConfig => ({
  root,
  base: './',
  configFile: false,
  logLevel: 'warn',
  // Of its ES modules bundlers keep what is used alone.
  resolve: { alias: [{ find: /^fp-ts\/lib\/(\w+)\.js$/, replacement: 'fp-ts/es6/$1.js' }] },
  worker: { format: 'es', rolldownOptions: QUIET },
})

/** Where the page's sources are, from the folder of the package. */
export const ROOT = resolve('src/demo')

/** Where `build:demo` writes it. */
export const SITE = resolve('.build/demo/site')

/** Where it writes the guide. */
export const GUIDE = resolve(SITE, 'guide')

/** Writes the page as static files, which work in any folder of any host, and offline after a visit. */
export const buildSite = async (root: string, outDir: string): Promise<void> => {
  await build({
    ...common(root),
    plugins: [offline],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      manifest: true,
      // Every browser that runs the page preloads modules by itself.
      modulePreload: { polyfill: false },
      rolldownOptions: QUIET,
    },
  })
}

/** Serves what was built to this machine alone; `port` or the next that is free. */
export const serveSite = async (
  root: string,
  outDir: string,
  port: number,
  headers: Readonly<Record<string, string>> = ISOLATED,
): Promise<Served> => {
  const server = await preview({
    ...common(root),
    build: { outDir },
    preview: { host: '127.0.0.1', port, headers },
  })
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() }
}

/** Serves the sources, for those who change them. */
export const serveSources = async (
  root: string,
  port: number,
  plugins: Plugin[] = [],
): Promise<Served> => {
  const server = await createServer({
    ...common(root),
    plugins,
    server: { host: '127.0.0.1', port, headers: ISOLATED },
  })
  await server.listen()
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() }
}
