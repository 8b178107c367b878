import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { algorithms } from '../../src/algo/algorithm.ts'
import { builtInOf, type BuiltInName } from '../../src/builtin/index.ts'
import type { RunConfig } from '../../src/run/config.ts'
import { firstLink, nextLink } from '../../src/run/hash.ts'
import { wholeRun } from '../../src/run/segments.ts'

/** The links of a run's hash chain, as Node computes them, and how fast Node trains. */
export const inNode = (config: RunConfig) => {
  const { env } = builtInOf(config.env as BuiltInName)
  const algorithm = algorithms[config.algorithm]
  const links: string[] = []
  const start = performance.now()
  for (const [metrics, { learner }] of wholeRun(config, (settings) =>
    algorithm.parts(settings, env),
  ))
    links.push(metrics === null ? firstLink(learner) : nextLink(links.at(-1)!, metrics, learner))
  const { envs, steps } = config.settings
  const seconds = (performance.now() - start) / 1000
  return { links, stepsPerSecond: ((links.length - 1) * envs * steps) / seconds }
}

const TYPES: { readonly [ending: string]: string } = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
}

export interface Host {
  /** the address of the site */
  readonly url: string
  /** Resolves to the first text that a page posts to `found`. */
  readonly found: Promise<string>
  readonly close: () => void
}

export interface HostOptions {
  /** whether it sends the headers that let threads share memory */
  readonly isIsolated?: boolean
  /** the folder of the host that the site is in */
  readonly folder?: string
  /** a script that the page runs as well */
  readonly script?: string
}

/** Serves a built site, as any host of static files would. */
export const hosted = async (
  site: string,
  { isIsolated = true, folder = '/', script }: HostOptions = {},
): Promise<Host> => {
  let tell: (text: string) => void = () => undefined
  const found = new Promise<string>((resolve) => {
    tell = resolve
  })
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname
    if (request.method === 'POST') {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        response.end()
        tell(Buffer.concat(parts).toString())
      })
      return
    }
    const name = path.slice(folder.length)
    const file = join(site, name === '' ? 'index.html' : name)
    if (!path.startsWith(folder) || !file.startsWith(site) || !existsSync(file)) {
      response.writeHead(404).end()
      return
    }
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
    if (isIsolated) {
      response.setHeader('cross-origin-opener-policy', 'same-origin')
      response.setHeader('cross-origin-embedder-policy', 'require-corp')
    }
    const bytes = readFileSync(file)
    response.end(
      script === undefined || name !== ''
        ? bytes
        : bytes.toString().replace('</body>', `<script type="module">${script}</script></body>`),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${folder}`,
    found,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Everything that a tab says on its console that it should not. */
export const complaintsOf = (tab: Page): readonly string[] => {
  const complaints: string[] = []
  tab.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  tab.on('pageerror', ({ message }) => complaints.push(message))
  return complaints
}

/** Records the tasks of a tab's main thread that last longer than 50 ms. */
export const watchTasks = (tab: Page): Promise<unknown> =>
  tab.addInitScript(`
    globalThis.longTasks = []
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) longTasks.push([startTime, duration])
    }).observe({ type: 'longtask', buffered: true })
  `)

/** Waits until the page's run is so, in the words of a script that knows it as `run`. */
export const untilRun = (tab: Page, is: string): Promise<unknown> =>
  tab.waitForFunction(
    `(() => { const run = globalThis.proximal?.run(); return run !== undefined && (${is}) })()`,
    null,
    { timeout: 120_000 },
  )

/** Something of the page's run. */
export const ofRun = (tab: Page, what: string): Promise<unknown> =>
  tab.evaluate(`(() => { const run = proximal.run(); return ${what} })()`)

/** Bytes of a file of a site, compressed as servers send it. */
export const gzipped = (site: string, file: string): number =>
  gzipSync(readFileSync(join(site, file)), { level: 9 }).length

/** What Firefox must not do in a test: ask its makers for updates. */
const FIREFOX = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.search.update': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.push.connection.enabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
}

export const FIREFOX_BINARY = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync) ?? null

/** Opens an address in Firefox while `work` is under way. */
export const inFirefox = async <T>(binary: string, url: string, work: Promise<T>): Promise<T> => {
  const profile = mkdtempSync(join(tmpdir(), 'proximal-firefox-'))
  const lines = Object.entries(FIREFOX).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  )
  writeFileSync(join(profile, 'user.js'), lines.join('\n'))
  const child = spawn(binary, ['--headless', '--no-remote', '--profile', profile, url], {
    stdio: 'ignore',
    detached: true,
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  try {
    return await Promise.race([
      work,
      ended.then(() => {
        throw new Error('Firefox ended before the page had found anything')
      }),
    ])
  } finally {
    // Its processes are a group of their own.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    await ended
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 })
  }
}
