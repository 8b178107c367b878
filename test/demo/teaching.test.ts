import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visited } from '../../bench/teach/visitor.ts'
import { ROOT, serveSite, type Served } from '../../src/demo/site.ts'
import { builtSite, SITE } from './builtSite.ts'
import { CHROMIUM, FLAGS, isSkipped } from './chromium.ts'

if (isSkipped)
  console.warn(`SKIPPED: no browser at ${CHROMIUM}, so nothing here says what the page is taught`)

describe.skipIf(isSkipped)('teaching on the page', () => {
  let server: Served
  let browser: Browser
  beforeAll(async () => {
    await builtSite()
    server = await serveSite(ROOT, SITE, 4340)
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  /** A visitor who prefers the faster spin, in Node. */
  const [steps, at] = visited(7, 12)
  const expected = steps.shown(at)

  test('by clicks gives the bits of Node, and the link with the choices gives them again', async () => {
    const page = await browser.newPage()
    const errors: string[] = []
    page.on('console', (line) => errors.push(line.text()))
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(`${server.url}#/teach?teach=pendulum.7`)
    for (const letter of expected.choices)
      await page
        .locator('.choice')
        .nth(letter === 'l' ? 0 : 1)
        .click()
    const hash = page.locator('#hash', { hasText: expected.hash })
    await hash.waitFor()

    // Two choices taken back and made again.
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.locator('.choice:not(:disabled)').first().waitFor()
    await page.keyboard.press('u')
    await page.locator('.choice:not(:disabled)').first().waitFor()
    expect(page.url()).toContain(`teach=pendulum.7.${expected.choices.slice(0, -2)}.`)
    for (const letter of expected.choices.slice(-2)) {
      await page.locator('.choice:not(:disabled)').first().waitFor()
      await page.keyboard.press(letter === 'l' ? 'ArrowLeft' : 'ArrowRight')
    }
    await hash.waitFor()

    const again = await browser.newPage()
    await again.goto(page.url())
    await again.locator('.link .good').waitFor()
    expect(await again.locator('#hash').innerText()).toBe(expected.hash)

    const other = await browser.newPage()
    await other.goto(page.url().replace(/(teach=pendulum\.7\.)./, '$1n'))
    await other.locator('.link .bad').waitFor()
    expect(errors).toEqual([])
  })

  test('by a broken link says so, and shows the nearest session', async () => {
    const page = await browser.newPage()
    await page.goto(`${server.url}#/teach?teach=pong.1.lr`)
    expect(await page.getByRole('alert').innerText()).toContain(
      'task: expected one of pendulum, acrobot, cartpole, got "pong"',
    )
    await page.locator('.choice:not(:disabled)').first().waitFor()
    expect(await page.locator('.asked').innerText()).toContain('choice 3 of 100')
    await page.close()
  })
})
