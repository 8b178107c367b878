import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { describe, expect, test } from 'vitest'
import { BUILT } from '../support/built.ts'

const KB = 1024

/** A program bundled and minified for a page, as Vite does it: its code, and what it imports from outside. */
const bundled = async (name: string, program: string) => {
  const file = join(BUILT, 'programs', `${name}.js`)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, program)
  const bundle = await rolldown({
    input: file,
    platform: 'browser',
    external: (id) => id.startsWith('node:') || id === 'gpu.js',
    logLevel: 'silent',
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  await bundle.close()
  const chunks = output.flatMap((part) => (part.type === 'chunk' ? [part] : []))
  return {
    code: chunks.map(({ code }) => code).join('\n'),
    imports: chunks.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports]),
    /** bytes of what is loaded at first, compressed */
    size: gzipSync(chunks[0]!.code, { level: 9 }).length,
  }
}

const TRAINING = `
import { ppo, random } from 'proximal'
import { cartPole } from 'proximal/envs'
const config = ppo.config({ preset: 'cartpole', totalSteps: 2048 })
const parts = ppo.parts(config, cartPole)
for (const [metrics] of ppo.train(config, parts)(ppo.init(parts)(random.key(1)))) console.log(metrics)
`

/** Loads a language model and writes what it samples. */
const SAMPLING = `
import { random, tensor } from 'proximal'
import { decode, generate, languageModel, vocabulary } from 'proximal/rlhf'
const found = vocabulary('characters', ['a', 'b', 'c'])
const model = languageModel(found.right)
const numbers = new Float32Array(await (await fetch('model')).arrayBuffer())
const params = tensor.withFlat(model.init(random.key(1)).tree, numbers)
for (const { tokens } of generate(model, { count: 5, longest: 15 })(params, random.key(2)))
  console.log(decode(found.right)(tokens))
`

describe('a page that bundles the package', () => {
  test('acts by a policy file in 8 kB, without anything else', async () => {
    const { size, imports, code } = await bundled(
      'acting',
      "import { loadPolicy } from 'proximal/inference'\nconsole.log(loadPolicy)",
    )
    expect(imports).toEqual([])
    expect(size).toBeLessThanOrEqual(8 * KB)
    expect(code).not.toMatch(/new Function|\beval\(|\bimport\(/)
  })

  test('has one environment in 6 kB', async () => {
    const { size, imports } = await bundled(
      'environment',
      "import { cartPole } from 'proximal/envs'\nconsole.log(cartPole)",
    )
    expect(imports).toEqual([])
    expect(size).toBeLessThanOrEqual(6 * KB)
  })

  test('trains by WebAssembly in 46.5 kB, with nothing of Node', async () => {
    const { size, imports, code } = await bundled('training', TRAINING)
    expect(imports).toEqual([])
    expect(size).toBeLessThanOrEqual(46.5 * KB)
    expect(code).not.toMatch(/from\s*["']node:|import\(\s*["'`]node:|gpu\.js["']\)/)
  })

  test('samples a language model by WebAssembly in 20.5 kB', async () => {
    const { size, imports } = await bundled('sampling', SAMPLING)
    expect(imports).toEqual([])
    expect(size).toBeLessThanOrEqual(20.5 * KB)
  })

  test.each([
    ['proximal', 'env.cartPole', 6],
    ['proximal', 'tensor', 3.25],
    ['proximal/worker', 'connect', 1.75],
    ['proximal/worker', 'connectTraining', 2.25],
  ])('has of %s what %s holds: at most %d kB', async (entry, name, most) => {
    const [imported] = name.split('.')
    const { size, imports } = await bundled(
      `only-${name}`,
      `import { ${imported} } from '${entry}'\nconsole.log(${name})`,
    )
    expect(imports).toEqual([])
    expect(size).toBeLessThanOrEqual(most * KB)
  })
})
