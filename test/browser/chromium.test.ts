import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import { beforeAll, describe, expect, test } from 'vitest'
import { uninterrupted } from './page/storage.ts'

const CHROMIUM = '/usr/bin/chromium'
const isHere = existsSync(CHROMIUM)
if (!isHere && process.env['CI'] === undefined)
  console.warn(`SKIPPED: no browser at ${CHROMIUM}, so nothing here says what browsers compute`)

/** Without these, a browser starts talking to its backend. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const page = folder('../../.build/page')

const TYPES: { readonly [ending: string]: string } = {
  '.html': 'text/html',
  '.js': 'text/javascript',
}

/** The page, with the headers that let threads share memory or without them. */
const served = (isIsolated: boolean): Server =>
  createServer(({ url = '/' }, response) => {
    const file = `${page}${url === '/' ? '/index.html' : url}`
    if (!existsSync(file)) {
      response.writeHead(404).end()
      return
    }
    response.setHeader('content-type', TYPES[extname(file)] ?? 'text/plain')
    if (isIsolated) {
      response.setHeader('cross-origin-opener-policy', 'same-origin')
      response.setHeader('cross-origin-embedder-policy', 'require-corp')
    }
    response.end(readFileSync(file))
  })

/** What the page has found when it is done. */
const foundBy = async (
  isIsolated: boolean,
): Promise<{ runs: unknown; inFrames: unknown; kept: unknown }> => {
  const server = served(isIsolated).listen(0, '127.0.0.1')
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  try {
    const tab = await browser.newPage()
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await tab.waitForFunction("document.title === 'done'", null, { timeout: 180_000 })
    return {
      runs: await tab.evaluate('globalThis.results'),
      inFrames: await tab.evaluate('globalThis.inFrames'),
      kept: await tab.evaluate('globalThis.kept'),
    }
  } finally {
    await browser.close()
    server.close()
  }
}

describe.skipIf(!isHere && process.env['CI'] === undefined)('in Chromium', () => {
  let hash: string
  beforeAll(async () => {
    const { run } = (await import(folder('page/run.js'))) as {
      readonly run: (threads: number, backend: string) => Promise<string>
    }
    hash = (await run(1, 'js')).slice('1: '.length)
    await build({
      root: folder('page'),
      base: './',
      logLevel: 'silent',
      worker: { format: 'es' },
      build: { outDir: page, emptyOutDir: true, target: 'es2022' },
    })
  })

  test('a page, in its frames too, and its workers have the hash of Node, and a database that keeps runs', async () => {
    const { runs, inFrames, kept } = await foundBy(true)
    expect(runs).toEqual({
      page1: `1: ${hash}`,
      page2: `2: ${hash}`,
      worker1: `1: ${hash}`,
      worker2: `2: ${hash}`,
      worker3: `3: ${hash}`,
    })
    expect(inFrames).toEqual({ hash, drawsInUpdates: true })
    expect(kept).toEqual({
      keeps: {
        nothing: true,
        read: true,
        overwritten: true,
        empty: true,
        large: true,
        listed: true,
        apart: true,
        removed: true,
        left: true,
        refused: true,
      },
      goesOn: uninterrupted(),
    })
  })

  test('a page that may not share memory gets an error, and has the same hash on one thread', async () => {
    const told =
      'RangeError: threads: expected a cross-origin isolated page, because threads share memory: send Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or use 1'
    expect((await foundBy(false)).runs).toEqual({
      page1: `1: ${hash}`,
      page2: told,
      worker1: `1: ${hash}`,
      worker2: told,
      worker3: told,
    })
  })
})
