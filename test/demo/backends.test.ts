import { fileURLToPath } from 'node:url'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { served, type Served } from '../../src/demo/served.ts'
import type { Survey } from '../../src/kernel/gpu/survey.ts'
import { CHROMIUM, FLAGS, isSkipped } from './chromium.ts'

if (isSkipped)
  console.warn(`SKIPPED: no browser at ${CHROMIUM}, so nothing here says what a page measures`)

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

describe.skipIf(isSkipped)('the page of backends', () => {
  let server: Served
  let browser: Browser
  beforeAll(async () => {
    const root = folder('../../src/demo/backends')
    server = await served(root, folder('../../.build/demo/test'), 4300)
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  /** The page when it has ended as it says in its title, what it shows, and what went wrong. */
  const visited = async (search: string) => {
    const tab = await browser.newPage()
    const errors: string[] = []
    tab.on('pageerror', (error) => errors.push(error.message))
    tab.on('console', (line) => {
      if (line.type() === 'error') errors.push(line.text())
    })
    await tab.goto(`${server.url}${search}`)
    await tab.waitForFunction("document.title !== 'Backends: measuring'", null, {
      timeout: 180_000,
    })
    const [title, text] = [await tab.title(), await tab.innerText('main')]
    return { tab, errors, title, text }
  }

  test('measures what is no GPU, WebGL 2 and WebGPU, and shows the numbers', async () => {
    const { tab, errors, title, text } = await visited('?sizes=16,32')
    expect([title, errors]).toEqual(['Backends: measured', []])
    expect(await tab.evaluate('globalThis.crossOriginIsolated')).toBe(true)
    const found: Survey = JSON.parse(await tab.evaluate('JSON.stringify(globalThis.backends)'))
    expect(found.sizes).toEqual([16, 32])
    for (const name of ['js', 'wasm', 'webgpu', 'webgl2', 'webasm', 'cpu']) {
      const { speeds, problem } = found.backends.find((backend) => backend.name === name)!
      expect([name, problem, speeds.map((speed) => speed !== null && speed.median > 0)]).toEqual([
        name,
        null,
        [true, true],
      ])
      expect(await tab.locator('.speeds tbody tr', { hasText: name }).count()).toBeGreaterThan(0)
    }
    const adapterOf = (mode: string) => found.backends.find(({ name }) => name === mode)!.adapter
    expect(adapterOf('webgpu')).toMatch(/swiftshader/i)
    expect(adapterOf('webgl2')).toMatch(/swiftshader/i)
    expect(text).toContain(adapterOf('webgl2')!)
    expect(found.wins.map(({ mode }) => mode)).toEqual(['webgpu', 'webgl2'])
    for (const { mode } of found.wins)
      expect(text).toMatch(new RegExp(`^${mode} is (not )?faster than wasm`, 'm'))
    // A line each of wasm, WebGPU and WebGL 2, on the wide chart and on the narrow one.
    expect(await tab.locator('svg .series').count()).toBe(6)
    expect(await tab.locator('svg:visible').count()).toBe(1)
    await tab.close()
  })

  test('reports invalid sizes, and measures nothing', async () => {
    const { tab, title, text, errors } = await visited('?sizes=16,<b>')
    expect([title, errors]).toEqual(['Backends: a wrong address', []])
    expect(text).toContain('sizes: expected whole numbers from 1 to 4096 and commas, got 16,<b>')
    expect(await tab.evaluate('globalThis.backends')).toBe(undefined)
    await tab.close()
  })
})
