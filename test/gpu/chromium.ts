import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import { CHROMIUM, FLAGS } from '../demo/chromium.ts'

/** With what tells of the heap. */
const ARGS = [...FLAGS, '--js-flags=--expose-gc', '--enable-precise-memory-info']

const TYPES: { readonly [ending: string]: string } = {
  '.html': 'text/html',
  '.js': 'text/javascript',
}

const served = (page: string) =>
  createServer(({ url = '/' }, response) => {
    const file = join(page, url === '/' ? 'index.html' : url)
    if (!file.startsWith(page) || !existsSync(file)) {
      response.writeHead(404).end()
      return
    }
    response.setHeader('content-type', TYPES[extname(file)] ?? 'text/plain')
    response.end(readFileSync(file))
  })

/** Runs checks of a mode in a page of a browser of its own; tells what each came to. */
export const inChromium = async (
  page: string,
  mode: string,
  names: readonly string[],
  tell: (row: unknown) => void,
): Promise<void> => {
  const server = served(page).listen(0, '127.0.0.1')
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS })
  try {
    const tab = await browser.newPage()
    tab.setDefaultTimeout(600_000)
    await tab.exposeFunction('tell', tell)
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await tab.waitForFunction('globalThis.run !== undefined')
    await tab.evaluate(`run(${JSON.stringify(mode)}, ${JSON.stringify(names)}, tell)`)
  } finally {
    await browser.close()
    server.close()
  }
}

/** The page of the checks, bundled and minified as a user's program is. */
export const buildPage = async (root: string, outDir: string): Promise<void> => {
  await build({
    root,
    base: './',
    logLevel: 'silent',
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022' },
  })
}
