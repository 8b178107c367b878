import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import type { Survey } from '../../src/kernel/gpu/survey.ts'
import { CLI, proximal, workshop } from '../support/cli.ts'

const { folder, remove } = workshop()
afterAll(remove)

/** What keeps a program from loading gpu.js, as where nobody has installed it. */
const WITHOUT_GPU_JS = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module'
  register('data:text/javascript,' + encodeURIComponent(\`
    export const resolve = (name, context, next) => {
      if (name === 'gpu.js') throw new Error("Cannot find package 'gpu.js'")
      return next(name, context)
    }
  \`))
`)}`

const foundIn = (stdout: string): Survey => {
  expect(stdout.trimEnd().split('\n')).toHaveLength(1)
  return JSON.parse(stdout) as Survey
}

const backendOf = ({ backends }: Survey, name: string) =>
  backends.find((backend) => backend.name === name)!

describe('backends', () => {
  // Measuring takes seconds: once for both tests.
  const measured = proximal(folder, 'backends', '--json')

  test('shows a row of numbers for what is here, and says why the rest is not', async () => {
    const { code, stderr } = await measured
    expect(code).toBe(0)
    expect(stderr).toMatch(/^GFLOP\/s +32 +64 +128 +256 +512$/m)
    // A machine that is slow or busy may leave a size out, but not the first.
    for (const name of ['js', 'wasm', 'webasm', 'cpu'])
      expect(stderr).toMatch(new RegExp(`^${name} +[\\d.]+( +([\\d.]+|–)){4}$`, 'm'))
    for (const name of ['webgpu', 'webgl2'])
      expect(stderr).toMatch(new RegExp(`^${name} +not available: it needs a browser`, 'm'))
    expect(stderr).toMatch(/^webasm +gpu\.js in WebAssembly: no GPU$/m)
    expect(stderr).toMatch(/^cpu +gpu\.js in JavaScript: no GPU$/m)
    for (const line of stderr.split('\n').filter((line) => !line.startsWith('backends')))
      expect(line.length).toBeLessThanOrEqual(100)
  })

  test('has all numbers as one line of stdout with --json', async () => {
    const { stdout } = await measured
    const found = foundIn(stdout)
    expect(found).toMatchObject({ sizes: [32, 64, 128, 256, 512], host: 'wasm', missing: null })
    expect(found.backends.map(({ name }) => name)).toEqual([
      'js',
      'wasm',
      'webgpu',
      'webgl2',
      'headlessgl',
      'webasm',
      'cpu',
    ])
    for (const name of ['js', 'wasm', 'webasm', 'cpu']) {
      const { isGpu, adapter, speeds, problem } = backendOf(found, name)
      expect([isGpu, problem]).toEqual([false, null])
      expect(adapter).toMatch(/^(JavaScript|WebAssembly)/)
      expect(speeds).toHaveLength(5)
      const { median, min, max } = speeds[0]!
      expect(min).toBeGreaterThan(0)
      expect(min <= median && median <= max && max < 10_000).toBe(true)
    }
    for (const name of ['webgpu', 'webgl2'])
      expect(backendOf(found, name)).toMatchObject({
        isGpu: true,
        adapter: null,
        speeds: [null, null, null, null, null],
        problem: expect.stringContaining('not available: it needs a browser') as string,
      })
  })

  test('without gpu.js: says how to install it, shows the rest, and does not fail', async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      '--import',
      WITHOUT_GPU_JS,
      CLI,
      'backends',
      '--json',
    ])
    const found = foundIn(stdout)
    expect(found.missing).toContain('install it with npm install gpu.js')
    expect(stderr.replaceAll('\n', ' ')).toContain('npm install gpu.js')
    expect(stderr).toContain('No GPU on this machine could be faster than wasm.')
    expect(found.wins).toEqual([])
    for (const { name, adapter, speeds, problem } of found.backends) {
      const isOurs = name === 'js' || name === 'wasm'
      expect(adapter !== null && speeds[0] !== null).toBe(isOurs)
      expect(problem).toBe(isOurs ? null : 'not available: it needs gpu.js')
    }
  })

  test.each<[readonly string[], string]>([
    [
      ['--jsn'],
      '--jsn": expected an option of this command, got an unknown one: did you mean --json?',
    ],
    [['webgpu'], 'webgpu: expected nothing but options'],
  ])('%j is refused in one line that says why', async (args, why) => {
    const { code, stdout, stderr } = await proximal(folder, 'backends', ...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(why)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})
