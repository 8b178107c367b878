/**
 * Packs the package, installs it with npm and with pnpm into empty folders, and does there with every example what
 * its user would: `npm run test:examples`. Examples compile as strictly as a compiler can and run in Node, where
 * each ends with 1 unless it keeps what it promises. Those with a page are bundled in four
 * ways, and come to the same in Chromium as in Node. Ends with 1 where anything fails.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { chromium, type Browser } from 'playwright-core'
import { CHROMIUM, FLAGS } from '../demo/chromium.ts'
import { workshop } from '../support/cli.ts'
import {
  attempts,
  NPM_INSTALL,
  packed,
  pinned,
  PROJECT,
  runIn,
  tool,
  TSC,
} from '../support/consumer.ts'
import { bundlers, type Bundled } from './bundlers.ts'
import { examples, NEEDED, TSCONFIG, type Example } from './examples.ts'
import { expectOutputs } from './pages.ts'

const SOURCE = 'test/examples'
const all = examples(readFileSync(join(SOURCE, 'extension/manifest.json'), 'utf8'))
const { folder, remove } = workshop()
const { attempt, conclude } = attempts()

/** Installs packages into a folder, by the name of the package manager. */
const managers: { readonly [name: string]: (packages: readonly string[]) => readonly string[] } = {
  npm: (packages) => [...NPM_INSTALL, ...packages],
  pnpm: (packages) => [
    process.execPath,
    tool('pnpm/bin/pnpm.cjs'),
    'add',
    `--store-dir=${join(folder, 'store')}`,
    ...packages,
  ],
}

/** An empty folder with the package and the examples in it. */
const project = async (manager: string, packages: readonly string[]): Promise<string> => {
  const to = join(folder, manager)
  mkdirSync(to)
  writeFileSync(join(to, 'package.json'), PROJECT)
  const [command, ...args] = managers[manager]!(packages) as [string, ...string[]]
  await promisify(execFile)(command, args, { cwd: to })
  for (const { name } of all) cpSync(join(SOURCE, name), join(to, name), { recursive: true })
  writeFileSync(join(to, 'tsconfig.json'), JSON.stringify(TSCONFIG))
  return to
}

/** Compiles the examples of a folder, and puts their other files beside. */
const compile = (to: string): void => {
  runIn(to)(process.execPath, TSC, '-p', '.')
  for (const { name } of all)
    cpSync(join(to, name), join(to, 'out', name), {
      recursive: true,
      filter: (file) => !/\.tsx?$/.test(file),
    })
}

/** Changes a constant of the game whose balance is under test, and expects the test to say so. */
const expectUnbalanced = (to: string): void => {
  const game = join(to, 'out/balance/dungeon.js')
  const text = readFileSync(game, 'utf8')
  writeFileSync(game, text.replace('POTIONS = 3', 'POTIONS = 2'))
  try {
    runIn(to)(process.execPath, 'out/balance/main.js')
  } catch (error) {
    const { stderr } = error as { readonly stderr: string }
    const isFound =
      /episode \d+, step \d+: expected .* choice, got 2/.test(stderr) &&
      stderr.includes('balance: expected 7 to 8 monsters slain on average')
    if (isFound) return
    throw error
  } finally {
    writeFileSync(game, text)
  }
  throw new Error('expected it to fail, it passed')
}

/** The bundlers that a page with a worker is made by for a second package manager; other pages are by all. */
const ENOUGH = new Set(['esbuild', 'Vite dev server'])

const pagesOf = async (
  browser: Browser,
  manager: string,
  to: string,
  printed: ReadonlyMap<string, string>,
  isFirst: boolean,
): Promise<void> => {
  for (const example of all) {
    const { name, page } = example
    if (page === null || !printed.has(name)) continue
    for (const file of page.assets) cpSync(join(to, 'out', name, file), join(to, name, file))
    const expected = (printed.get(name) ?? '').split('\n').filter((line) => page.shows.test(line))
    const bundled: Bundled = { folder: to, example: { ...example, page } }
    for (const [bundler, bundle] of Object.entries(bundlers)) {
      if (page.without.includes(bundler)) continue
      if (!isFirst && page.worker !== undefined && !ENOUGH.has(bundler)) continue
      await attempt(`${manager}, ${bundler}: ${name} is in Chromium as in Node`, async () => {
        if (expected.length === 0) throw new Error(`expected lines of ${page.shows}, got none`)
        const { url, close } = await bundle(bundled)
        try {
          await expectOutputs(browser, url, expected)
        } finally {
          await close()
        }
      })
    }
  }
}

const runAll = async (
  manager: string,
  to: string,
  some: readonly Example[],
): Promise<ReadonlyMap<string, string>> => {
  const printed = new Map<string, string>()
  for (const { name } of some) {
    const output = await attempt(`${manager}: ${name} keeps what it promises`, () =>
      runIn(to)(process.execPath, `out/${name}/main.js`),
    )
    if (output !== null) console.log(output.trimEnd().replace(/^/gm, '    '))
    printed.set(name, output ?? '')
  }
  return printed
}

const isHere = existsSync(CHROMIUM)
if (!isHere && process.env['CI'] === undefined)
  console.warn(`SKIPPED: no browser at ${CHROMIUM}, so nothing here says what pages come to`)

let browser: Browser | null = null
try {
  const tarball = (await attempt('the package is packed', () => packed(folder)))!
  const packages = [tarball, ...NEEDED.map(pinned)]
  const projects = await Promise.all(
    Object.keys(managers).map(async (manager) => {
      const to = await attempt(`${manager} installs it`, () => project(manager, packages))
      return [manager, to] as const
    }),
  )
  if (isHere || process.env['CI'] !== undefined)
    browser = await attempt('Chromium starts', () =>
      chromium.launch({ executablePath: CHROMIUM, args: FLAGS }),
    )
  for (const [manager, to] of projects) {
    if (to === null) continue
    await attempt(`${manager}: all examples compile`, () => compile(to))
    const isFirst = manager === projects[0]![0]
    const printed = await runAll(
      manager,
      to,
      all.filter(({ runsOnce }) => isFirst || !runsOnce),
    )
    if (isFirst)
      await attempt(`${manager}: balance fails after a change of the game`, () =>
        expectUnbalanced(to),
      )
    if (browser !== null) await pagesOf(browser, manager, to, printed, isFirst)
  }
} finally {
  await browser?.close()
  remove()
}
conclude('every example compiles and keeps what it promises')
