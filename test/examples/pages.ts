import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Browser } from 'playwright-core'

/** A page that is served until it is closed. */
export interface Served {
  readonly url: string
  readonly close: () => Promise<void>
}

const TYPES: { readonly [ending: string]: string } = {
  '.html': 'text/html',
  '.js': 'text/javascript',
}

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return (server.address() as AddressInfo).port
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** A port that nobody listens to. */
export const freePort = async (): Promise<number> => {
  const server = createServer()
  const port = await listen(server)
  await closed(server)
  return port
}

/** Serves a folder with these headers. */
export const serve = async (
  folder: string,
  headers: Readonly<Record<string, string>>,
): Promise<Served> => {
  const server = createServer(({ url = '/' }, response) => {
    const file = join(folder, url === '/' ? 'index.html' : url)
    if (!existsSync(file)) {
      response.writeHead(url === '/favicon.ico' ? 204 : 404).end()
      return
    }
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
    response.end(readFileSync(file))
  })
  const port = await listen(server)
  return { url: `http://127.0.0.1:${port}/`, close: () => closed(server) }
}

const PATIENCE_MS = 60_000

/** What is no error of a page: an icon that Vite's server does not have. */
const NOISE = /favicon\.ico/

/**
 * Opens a page and waits for the texts of all its `output` elements to say `expected`.
 *
 * @throws Error with what it says instead, and with its errors, also where it comes to the expected texts
 */
export const expectOutputs = async (
  browser: Browser,
  url: string,
  expected: readonly string[],
): Promise<void> => {
  const tab = await browser.newPage()
  const errors: string[] = []
  tab.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      errors.push(`${message.text()} ${message.location().url}`)
  })
  tab.on('pageerror', (error) => errors.push(String(error)))
  try {
    await tab.goto(url)
    const until = performance.now() + PATIENCE_MS
    let got: readonly string[] = []
    // Waiting inside the page would evaluate a string there, which a content policy may refuse.
    for (;;) {
      got = await tab.locator('output').allInnerTexts()
      if (got.join('\n') === expected.join('\n') || performance.now() > until) break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const wrong = errors.filter((error) => !NOISE.test(error))
    if (got.join('\n') !== expected.join('\n') || wrong.length > 0)
      throw new Error(
        [`expected ${expected.join('; ')}`, `got ${got.join('; ')}`, ...wrong].join('\n'),
      )
  } finally {
    await tab.close()
  }
}
