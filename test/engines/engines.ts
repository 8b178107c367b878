import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Row, Task } from './job.ts'

/** A program that can run a certificate, and how it is started. */
export interface Engine {
  readonly name: string
  readonly binary: string
  /** a file for it to run, or a page for it to open */
  readonly kind: 'process' | 'page'
  /** the arguments, for a fresh folder and what it has to open */
  readonly args: (folder: string, open: string) => readonly string[]
}

/** How long an engine may be silent, in milliseconds. */
const PATIENCE = 240_000

/** Without these, browsers talk to their backends. */
const CHROMIUM = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const FIREFOX = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.region.update.enabled': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.search.update': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.max_script_run_time': 0,
  'dom.push.connection.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'extensions.update.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
  'toolkit.telemetry.server': '',
}

const firstOf = (...paths: readonly string[]): string => paths.find(existsSync) ?? paths[0]!

/** All engines, those that are not here among them. */
export const enginesIn = (modules: string, child: string): readonly Engine[] => {
  const file = (name: string, binary: string): Engine => ({
    name,
    binary,
    kind: 'process',
    args: (_, open) => [child, open],
  })
  return [
    file('this Node', process.execPath),
    file('Node 22', join(modules, 'node-22/bin/node')),
    file('Node 24', join(modules, 'node-24/bin/node')),
    file('Bun', join(modules, '@oven/bun-linux-x64/bin/bun')),
    {
      name: 'Chromium',
      binary: firstOf('/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'),
      kind: 'page',
      args: (folder, open) => [...CHROMIUM, `--user-data-dir=${folder}`, open],
    },
    {
      name: 'Firefox',
      binary: firstOf('/usr/bin/firefox-esr', '/usr/bin/firefox'),
      kind: 'page',
      args: (folder, open) => ['--headless', '--no-remote', '--profile', folder, open],
    },
  ]
}

/** Signals every process of a group. One that has ended is no error. */
const signal = (group: number, name: NodeJS.Signals): void => {
  try {
    process.kill(-group, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Ends an engine: first it is asked to, then it and the processes it left behind are killed. */
const end = async (child: ChildProcess): Promise<void> => {
  if (child.pid === undefined) return
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    signal(child.pid, 'SIGTERM')
    const force = setTimeout(() => signal(child.pid!, 'SIGKILL'), 3000)
    await ended
    clearTimeout(force)
  }
  signal(child.pid, 'SIGKILL')
}

/** Removes a folder of an engine, if it can: what a browser leaves behind is not a fault of a certificate. */
const remove = (folder: string): void => {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 })
  } catch (error) {
    process.stderr.write(`${folder}: left behind, ${String(error)}\n`)
  }
}

const TYPES: { readonly [ending: string]: string } = {
  '.html': 'text/html',
  '.js': 'text/javascript',
}

/** The page and its tasks on loopback, and where what it finds arrives. */
const served = async (page: string, tasks: readonly Task[], tell: (row: Row) => void) => {
  const server = createServer((request, response) => {
    const { url = '/', method } = request
    if (url === '/tasks') {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(tasks))
    } else if (url === '/found' && method === 'POST') {
      const parts: Buffer[] = []
      request.on('data', (part: Buffer) => parts.push(part))
      request.on('end', () => {
        response.end()
        tell(JSON.parse(Buffer.concat(parts).toString()) as Row)
      })
    } else {
      const file = join(page, url === '/' ? 'index.html' : url)
      if (!file.startsWith(page) || !existsSync(file)) response.writeHead(404).end()
      else {
        response.setHeader('content-type', TYPES[extname(file)] ?? 'text/plain')
        response.end(readFileSync(file))
      }
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Has an engine do the tasks. Resolves at its end: null, or what went wrong. */
export const runOn = async (
  { binary, kind, args }: Engine,
  page: string,
  tasks: readonly Task[],
  tell: (row: Row) => void,
): Promise<string | null> => {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'))
  let said = ''
  let finish: (problem: string | null) => void = () => undefined
  const finished = new Promise<string | null>((resolve) => {
    finish = resolve
  })
  const late = setTimeout(
    () => finish(`said nothing more in ${PATIENCE / 1000} s: ${said}`),
    PATIENCE,
  )
  const hear = (row: Row): void => {
    late.refresh()
    if (row.kind === 'end') finish(row.error)
    else tell(row)
  }
  const server = kind === 'page' ? await served(page, tasks, hear) : null
  const list = join(folder, 'tasks.json')
  writeFileSync(list, JSON.stringify(tasks))
  const preferences = Object.entries(FIREFOX).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  )
  writeFileSync(join(folder, 'user.js'), preferences.join(''))

  // A group of its own, so that a browser ends with all of its processes.
  const child = spawn(binary, args(folder, server?.address ?? list), {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: '1', NODE_OPTIONS: '' },
  })
  const abandon = (): void => signal(child.pid!, 'SIGKILL')
  if (child.pid !== undefined) process.once('exit', abandon)
  child.stderr.on('data', (text: Buffer) => {
    said = (said + text.toString()).slice(-500)
  })
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => {
    if (kind === 'process' && line.startsWith('{')) hear(JSON.parse(line) as Row)
  })
  child.on('error', (error) => finish(error.message))
  // Its last lines may still be on their way.
  child.on('close', (code) => finish(`ended too early, with code ${code}: ${said}`))
  try {
    return await finished
  } finally {
    clearTimeout(late)
    await end(child)
    process.off('exit', abandon)
    server?.close()
    remove(folder)
  }
}
