import { build, preview } from 'vite'

export interface Served {
  readonly url: string
  readonly close: () => Promise<void>
}

/** The headers that isolate a page: its threads may share memory, and its clock is finer. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/**
 * Builds a page and serves it to this machine alone.
 *
 * @param root the folder of its index.html
 * @param outDir where what is built goes; what was there goes away
 * @param port that one or the next that is free
 */
export const served = async (root: string, outDir: string, port: number): Promise<Served> => {
  const common = { root, base: './', configFile: false, logLevel: 'warn' } as const
  await build({
    ...common,
    worker: { format: 'es' },
    // What the page is and what gpu.js is: one large file that no one waits for.
    build: { outDir, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 2000 },
  })
  const server = await preview({
    ...common,
    build: { outDir },
    preview: { host: '127.0.0.1', port, headers: ISOLATED },
  })
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() }
}
