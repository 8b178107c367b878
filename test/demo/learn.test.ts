import { fileURLToPath } from 'node:url'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { init, parts, presets, train } from '../../src/ppo.ts'
import { served, type Served } from '../../src/demo/served.ts'
import { cartPole } from '../../src/env/index.ts'
import { key } from '../../src/random/index.ts'
import { CHROMIUM, FLAGS, isSkipped } from './chromium.ts'

if (isSkipped)
  console.warn(`SKIPPED: no browser at ${CHROMIUM}, so nothing here says what a page learns`)

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

describe.skipIf(isSkipped)('the page that learns', () => {
  let server: Served
  let browser: Browser
  beforeAll(async () => {
    server = await served(
      folder('../../src/demo/learn'),
      folder('../../.build/demo/learnTest'),
      4310,
    )
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
  })

  const visited = async (search: string) => {
    const tab = await browser.newPage()
    const errors: string[] = []
    tab.on('pageerror', (error) => errors.push(error.message))
    await tab.goto(`${server.url}${search}`)
    await tab.waitForFunction("document.title !== 'Learning'", null, { timeout: 180_000 })
    const [title, text] = [await tab.title(), await tab.innerText('main')]
    const learned = JSON.parse(
      await tab
        .evaluate(
          `JSON.stringify(globalThis.learned && {
        on: learned.on, problem: learned.problem,
        losses: learned.metrics.map(({ policyLoss, gradNorm }) => [policyLoss, gradNorm])
      })`,
        )
        .then((json) => (json as string | undefined) ?? 'null'),
    ) as {
      readonly on: unknown
      readonly problem: string | null
      readonly losses: ReadonlyArray<readonly [number, number]>
    } | null
    await tab.close()
    return { title, text, errors, learned }
  }

  /** Three updates of CartPole's preset, as kernels learn them here. */
  const config = { ...presets.cartpole, totalSteps: 3 * 1024 }
  const made = parts(config, cartPole)
  const expected = [...train(config, made)(init(made)(key(2)))].map(
    ([{ policyLoss, gradNorm }]) => [policyLoss, gradNorm] as const,
  )
  const SEARCH = '?world=cartpole&steps=3072&seed=2&backend='

  test('on kernels, to the same bits', async () => {
    const { title, errors, learned, text } = await visited(`${SEARCH}auto`)
    expect([title, errors]).toEqual(['Learning: learned', []])
    expect(learned).toEqual({ on: null, problem: null, losses: expected })
    expect(text).toMatch(/update 3 of 3, [\d,]+ steps a second$/m)
  })

  test.each(['webgl2', 'webgpu'])('on %s, whose name and transfers it shows', async (mode) => {
    const { title, errors, learned, text } = await visited(`${SEARCH}${mode}`)
    expect([title, errors]).toEqual(['Learning: learned', []])
    expect(learned!.on).toMatchObject({
      device: { mode },
      transfers: { up: 13, down: 6, minibatches: 32 },
    })
    learned!.losses[0]!.forEach((loss, i) => expect(loss).toBeCloseTo(expected[0]![i]!, 4))
    expect(text).toMatch(/swiftshader/i)
    expect(text).toContain('13 arrays up and 6 down for 32 minibatches, 0.6 per minibatch')
  })

  test('says what is wrong, and learns nothing', async () => {
    const wrong = await visited('?backend=<b>')
    expect([wrong.title, wrong.learned]).toEqual(['Learning: a wrong address', null])
    expect(wrong.text).toContain('backend: expected one of auto, js, wasm, gpu')
    const missing = await visited('?backend=headlessgl')
    expect([missing.title, missing.learned]).toEqual(['Learning: no such device', null])
    expect(missing.text).toContain('headlessgl is not available')
  })
})
