import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { build } from 'vite'
import { beforeAll, describe, expect, test } from 'vitest'
import { CHROMIUM, FLAGS, isSkipped } from '../demo/chromium.ts'
import { built } from '../support/built.ts'

const folder = fileURLToPath(new URL('policy', import.meta.url))
const page = join(process.cwd(), '.build/policy')

/** What the program comes to in a process of its own, started with those options of Node. */
const inNode = async (
  ...options: readonly string[]
): Promise<Readonly<Record<string, unknown>>> => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...options,
    join(folder, 'node.js'),
  ])
  return JSON.parse(stdout) as Readonly<Record<string, unknown>>
}

let expected: Readonly<Record<string, unknown>> = {}
beforeAll(async () => {
  expected = await inNode()
})

test('learning, acting, reading and verifying give the same bits where Node may generate no code', async () => {
  expect(expected).toMatchObject({ kernels: 'wasm', verified: 4, sum: [11, 44, 22, 55, 33, 66] })
  expect(expected['inference']).toEqual([
    expect.any(Number),
    expect.any(Number),
    expect.any(Number),
  ])
  expect(await inNode('--disallow-code-generation-from-strings')).toEqual(expected)
})

test('every entry of the package can be imported there', async () => {
  const entries = [
    'index.js',
    'node.js',
    'algo/ppo/gpu/index.js',
    'testing/index.js',
    'inference/index.js',
    'env/index.js',
    'rlhf/index.js',
    'worker/index.js',
  ]
  const program = entries.map((entry) => `import ${JSON.stringify(built(entry))}`)
  await promisify(execFile)(process.execPath, [
    '--disallow-code-generation-from-strings',
    '--input-type=module',
    '--eval',
    program.join('\n'),
  ])
  expect(program).toHaveLength(8)
})

test('where Node may not generate code, the mode cpu of gpu.js reports that it is not available', async () => {
  const program = `
    import { openDevice } from ${JSON.stringify(built('algo/ppo/gpu/index.js'))}
    const [cpu, webasm] = [await openDevice('cpu'), await openDevice('webasm')]
    console.log(cpu._tag, cpu.left?.message, webasm._tag)
    await webasm.right?.destroy()
  `
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--disallow-code-generation-from-strings',
    '--input-type=module',
    '--eval',
    program,
  ])
  expect(stdout).toMatch(
    /^Left backend: expected cpu, got none: cpu is present, but its first kernel failed: .* Right\n$/,
  )
})

const TYPES: { readonly [ending: string]: string } = {
  '.html': 'text/html',
  '.js': 'text/javascript',
}

/** What a page finds, and what it was refused, under a content policy that allows these scripts. */
const inPage = async (scripts: string): Promise<{ found: unknown; refused: unknown }> => {
  const server = createServer(({ url = '/' }, response) => {
    const file = join(page, url === '/' ? 'index.html' : url)
    if (!existsSync(file)) {
      response.writeHead(404).end()
      return
    }
    response.setHeader('content-type', TYPES[extname(file)] ?? 'text/plain')
    response.setHeader('content-security-policy', `default-src 'none'; script-src ${scripts}`)
    response.end(readFileSync(file))
  }).listen(0, '127.0.0.1')
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  try {
    const tab = await browser.newPage()
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    // Waiting inside the page would evaluate a string there, which the policies refuse.
    await expect.poll(() => tab.title(), { timeout: 180_000 }).toBe('done')
    return {
      found: await tab.evaluate('globalThis.found'),
      refused: await tab.evaluate('globalThis.refused'),
    }
  } finally {
    await browser.close()
    server.close()
  }
}

describe.skipIf(isSkipped)('in Chromium', () => {
  beforeAll(async () => {
    await build({
      root: folder,
      base: './',
      configFile: false,
      logLevel: 'silent',
      worker: { format: 'es' },
      build: { outDir: page, emptyOutDir: true, target: 'es2022' },
    })
  })

  test('a page whose policy refuses eval has the bits of Node, and asks for nothing refused', async () => {
    expect(await inPage("'self' 'wasm-unsafe-eval'")).toEqual({ found: expected, refused: [] })
  })

  test('one that refuses WebAssembly, too, has them from the kernels in JavaScript', async () => {
    const { found, refused } = await inPage("'self'")
    expect(found).toEqual({ ...expected, kernels: 'js', inference: 'WebAssembly' })
    expect(new Set(refused as readonly string[])).toEqual(new Set(['script-src: wasm-eval']))
  })
})
