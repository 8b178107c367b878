import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT, serveSite, type Served } from '../../src/demo/site.ts'
import { builtSite, SITE } from './builtSite.ts'
import { CHROMIUM, FLAGS, isSkipped } from './chromium.ts'

if (isSkipped)
  console.warn(`SKIPPED: no browser at ${CHROMIUM}, so nothing here says what a page measures`)

describe.skipIf(isSkipped)('the view of backends', () => {
  let server: Served
  let browser: Browser
  beforeAll(async () => {
    await builtSite()
    server = await serveSite(ROOT, SITE, 4300)
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  /** The page with the view open, and what went wrong. */
  const opened = async (search: string) => {
    const tab = await browser.newPage()
    const errors: string[] = []
    tab.on('pageerror', (error) => errors.push(error.message))
    tab.on('console', (line) => {
      if (line.type() === 'error') errors.push(line.text())
    })
    await tab.goto(`${server.url}${search}#/backends`)
    await tab.waitForSelector('h2')
    return { tab, errors, measure: tab.getByRole('button', { name: 'Measure' }) }
  }

  test('measures the CPU backends, WebGL 2 and WebGPU, and shows the numbers', async () => {
    const { tab, errors, measure } = await opened('?sizes=16,32')
    await measure.click()
    await tab.waitForSelector('.speeds', { timeout: 180_000 })
    expect(errors).toEqual([])
    expect(await tab.evaluate('globalThis.crossOriginIsolated')).toBe(true)
    expect(await tab.locator('.speeds thead').innerText()).toMatch(/n = 16\s+n = 32/)
    const rows = await tab.locator('.speeds tbody tr').allInnerTexts()
    expect(rows.map((row) => row.trim().split(/\s/)[0])).toEqual([
      'js',
      'wasm',
      'webgpu',
      'webgl2',
      'webasm',
      'cpu',
    ])
    // The first size is always measured; a busy machine may have no time for the second one.
    for (const row of rows) expect(row).toMatch(/[\d.]+ … [\d.]+/)
    const text = await tab.innerText('.backends')
    for (const mode of ['webgpu', 'webgl2']) {
      expect(text).toMatch(new RegExp(`^${mode} is (not )?faster than wasm`, 'm'))
      expect(text).toMatch(new RegExp(`^${mode}\\s.*swiftshader`, 'im'))
    }
    // A line each of wasm, WebGPU and WebGL 2, on the wide chart and on the narrow one.
    expect(await tab.locator('svg .series').count()).toBe(6)
    expect(await tab.locator('.backends figure svg:visible').count()).toBe(1)
    await tab.close()
  })

  test('reports invalid sizes, and measures nothing', async () => {
    const { tab, errors, measure } = await opened('?sizes=16,<b>')
    expect(await tab.getByRole('alert').innerText()).toContain(
      'sizes: expected whole numbers from 1 to 4096 and commas, got 16,<b>',
    )
    expect(await measure.isDisabled()).toBe(true)
    expect(errors).toEqual([])
    await tab.close()
  })
})
