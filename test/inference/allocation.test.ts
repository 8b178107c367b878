import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Environment } from '../../src/env/index.ts'
import { env, io, ppo, random } from '../../src/index.ts'
import { builtUrl, BUILT } from '../support/built.ts'

/** Bytes of the smallest thing that engines allocate. What they do beside comes to less. */
const SMALLEST = 8

/** Prints how many bytes of heap an action takes, once engines have compiled it. */
const PROGRAM = `
import { readFileSync } from 'node:fs'
import { key, loadPolicy } from ${JSON.stringify(builtUrl('inference/index.js'))}
const policy = loadPolicy(readFileSync(process.argv[2]))
const out = new Float64Array(policy.actionWidth)
const observation = Array.from(policy.observationSpace.low, () => 0.1)
const act = (count, options) => {
  for (let i = 0; i < count; i++) policy.actInto(out, observation, options)
}
const perAction = (options) => {
  act(200_000, options)
  // What the compiler of another thread leaves is no work of the last round.
  return Math.min(...[1, 2, 3, 4, 5].map(() => {
    gc()
    const before = process.memoryUsage().heapUsed
    act(200_000, options)
    return (process.memoryUsage().heapUsed - before) / 50_000
  }))
}
console.log(JSON.stringify([perAction(), perAction({ key: key(1) })]))
`

/** Bytes of an action of the policy of an environment: the most probable one, and one that is drawn. */
const bytesOf = async (of: Environment<unknown>): Promise<readonly number[]> => {
  const folder = join(BUILT, 'programs')
  mkdirSync(folder, { recursive: true })
  const [program, file] = [join(folder, 'allocation.js'), join(folder, `${of.name}.safetensors`)]
  writeFileSync(program, PROGRAM)
  const config = ppo.config({ preset: 'cleanrl', envs: 1, steps: 8, minibatches: 1, shards: 1 })
  const { policy } = ppo.policyOf(config, of)
  const trained = { params: policy.init(random.key(1)), normaliser: null }
  writeFileSync(file, io.encodePolicy({ env: of, config, trained }))
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program, file])
  return JSON.parse(stdout) as readonly number[]
}

describe('actInto, once engines have compiled it', () => {
  test('allocates nothing for choices, whether they are the most probable ones or drawn', async () => {
    for (const bytes of await bytesOf(env.cartPole as Environment<unknown>))
      expect(bytes).toBeLessThan(SMALLEST)
  })

  test('allocates nothing for numbers, but for what a logarithm returns to a draw', async () => {
    const [mode, drawn] = await bytesOf(env.pendulum as Environment<unknown>)
    expect(mode).toBeLessThan(SMALLEST)
    expect(drawn).toBeLessThan(24)
  })
})
