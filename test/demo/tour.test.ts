import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT, serveSite, type Served } from '../../src/demo/site.ts'
import { builtSite, SITE } from './builtSite.ts'
import { CHROMIUM, FLAGS, isSkipped } from './chromium.ts'

if (isSkipped)
  console.warn(`SKIPPED: no browser at ${CHROMIUM}, so nothing here says how the page looks`)

/** Where pictures of all views go, if anywhere: `TOUR_SHOTS=shots npm run test:browser -- tour`. */
const shots = process.env['TOUR_SHOTS']

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Violation {
  readonly id: string
  readonly nodes: ReadonlyArray<{ readonly html: string; readonly failureSummary: string }>
}

/** What a reader with a screen reader, a keyboard or weak eyes could not use, in a line each. */
const violations = async (page: Page): Promise<readonly string[]> => {
  const found: readonly Violation[] = JSON.parse(
    await page.evaluate(
      "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => JSON.stringify(violations))",
    ),
  )
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  )
}

/** What each view shows once it has all that it is made of. */
const READY: { readonly [view: string]: string } = {
  arena: 'canvas.game',
  curves: '.uplot >> nth=9',
  anatomy: '.controls',
  time: 'main h2',
  teach: '.choice:not(:disabled)',
  backends: '.lead h2',
}

const looks = [
  { width: 1280, colorScheme: 'light', locale: 'en' },
  { width: 1280, colorScheme: 'dark', locale: 'zh-CN' },
  { width: 360, colorScheme: 'light', locale: 'zh-CN' },
  { width: 360, colorScheme: 'dark', locale: 'en' },
] as const

describe.skipIf(isSkipped)('a tour of all views', () => {
  let server: Served
  let browser: Browser
  beforeAll(async () => {
    await builtSite()
    server = await serveSite(ROOT, SITE, 4320)
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
    if (shots !== undefined) mkdirSync(shots, { recursive: true })
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  test.each(looks)(
    'at $width px, $colorScheme, in $locale',
    async ({ width, colorScheme, locale }) => {
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        colorScheme,
        locale,
        reducedMotion: width === 360 ? 'reduce' : 'no-preference',
      })
      const page = await context.newPage()
      const said: string[] = []
      page.on('console', (line) => said.push(`${line.type()}: ${line.text()}`))
      page.on('pageerror', (error) => said.push(`error: ${error.message}`))
      await page.goto(`${server.url}#/arena?env=cartpole&seed=1&set=totalSteps:20480`)
      await page.evaluate(axe)
      // The run is over before anything is looked at, so that views show the same each time.
      await page.waitForFunction("document.querySelector('.bar progress')?.value === 20")

      const problems: string[] = []
      const look = async (name: string): Promise<void> => {
        if (shots !== undefined)
          await page.screenshot({
            path: join(shots, `${name}-${width}-${colorScheme}-${locale}.png`),
            fullPage: true,
          })
        for (const violation of await violations(page)) problems.push(`${name}: ${violation}`)
        const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
        if (wider !== 0) problems.push(`${name}: ${wider as number} px wider than the window`)
      }

      expect(await page.locator('nav a').count()).toBe(Object.keys(READY).length)
      for (const [id, ready] of Object.entries(READY)) {
        await page.locator(`nav a[href^="#/${id}"]`).click()
        await page.waitForSelector(ready, { timeout: 60_000 })
        await look(id)
        if (id === 'teach') {
          await page.locator('.subjects button').nth(1).click()
          // The language model is fitted first.
          await page.waitForSelector('.name:not(:disabled)', { timeout: 180_000 })
          await look('names')
        }
      }
      expect(problems).toEqual([])
      expect(said).toEqual([])
      await context.close()
    },
  )
})
