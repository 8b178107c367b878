import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { env, io, ppo, random } from '../src/index.ts'
import { workshop } from './support/cli.ts'
import { BUILT } from './support/built.ts'

/** Each test starts a program of its own, on a machine that may be busy. */
const SLOW = { timeout: 120_000 }

const { folder, remove } = workshop()
// Inside the package, where `proximal` is the name of what is built.
const program = join(BUILT, 'readme/keep.mjs')

beforeAll(() => {
  const blocks = readFileSync('README.md', 'utf8').matchAll(/```ts\n([^]*?)```/g)
  const keeping = [...blocks].map(([, code]) => code!).filter((code) => code.includes('/files'))
  expect(keeping).toHaveLength(1)
  mkdirSync(join(program, '..'), { recursive: true })
  writeFileSync(program, keeping[0]!)
})
afterAll(remove)

describe('the program of the README that learns on a GPU', () => {
  const blocks = readFileSync('README.md', 'utf8').matchAll(/```ts\n([^]*?)```/g)
  const learning = [...blocks].map(([, code]) => code!).filter((code) => code.includes('/gpu'))
  const run = async (name: string, code: string): Promise<string> => {
    const file = join(BUILT, 'readme', name)
    writeFileSync(file, code)
    return (await promisify(execFile)(process.execPath, [file], { cwd: folder })).stdout
  }

  test('says what was probed where there is none', SLOW, async () => {
    expect(learning).toHaveLength(1)
    expect(await run('gpu.mjs', learning[0]!)).toContain('expected a GPU, got none: webgpu is not')
  })

  test('learns where there is one, or a mode that stands for it', SLOW, async () => {
    const stdout = await run('webasm.mjs', learning[0]!.replace("'gpu'", "'webasm'"))
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^9728 \d+\.\d+$/)
  })
})

describe('the program of the README that writes names', () => {
  test('learns them, writes five, and raises a score', SLOW, async () => {
    const blocks = readFileSync('README.md', 'utf8').matchAll(/```ts\n([^]*?)```/g)
    const writing = [...blocks].map(([, code]) => code!).filter((code) => code.includes('rlhf.'))
    expect(writing).toHaveLength(2)
    const file = join(BUILT, 'readme/names.mjs')
    const quick = writing
      .join('')
      .replace('rlhf.fineTuneConfig', '{ ...rlhf.fineTuneConfig, epochs: 1 }')
      .replace('i < 45', 'i < 6')
    writeFileSync(file, quick)
    const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder })
    const [loss, ...lines] = stdout.trim().split('\n')
    expect(Number(loss)).toBeLessThan(2.4)
    const [names, updates] = [lines.slice(0, 5), lines.slice(5)]
    for (const name of names) expect(name).toMatch(/^[a-z]{1,15}$/)
    const scores = updates.map((line) => Number(line.split(' ')[0]))
    expect(scores).toHaveLength(6)
    expect(scores.at(-1)).toBeGreaterThan(scores[0]! + 0.2)
  })
})

describe('the program of the README that learns from preferences', () => {
  test('asks for labels, and shows true returns', SLOW, async () => {
    const blocks = readFileSync('README.md', 'utf8').matchAll(/```ts\n([^]*?)```/g)
    const learning = [...blocks]
      .map(([, code]) => code!)
      .filter((code) => code.includes('synthetic'))
    expect(learning).toHaveLength(1)
    const file = join(BUILT, 'readme/preferences.mjs')
    const quick = learning[0]!.replace(
      "ppo.preset('pendulum')",
      "{ ...ppo.preset('pendulum'), totalSteps: 20_480 }",
    )
    expect(quick).not.toBe(learning[0])
    writeFileSync(file, quick)
    const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder })
    const lines = stdout.trim().split('\n')
    expect(lines[0]).toMatch(/^140 labels, 0\.\d+ of the new ones foreseen$/)
    expect(lines.filter((line) => line.startsWith('700 labels'))).toHaveLength(1)
    // 16 environments, episodes of 200 steps.
    const returns = lines.filter((line) => /^\d+ -\d+(\.\d+)?$/.test(line))
    expect(returns).toHaveLength(16 * Math.floor((20_480 / 16 + 128) / 200))
  })
})

describe('the program of the README that acts', () => {
  test('takes an action of the policy that it has trained, and draws one', SLOW, async () => {
    const blocks = readFileSync('README.md', 'utf8').matchAll(/```ts\n([^]*?)```/g)
    const acting = [...blocks].map(([, code]) => code!).filter((code) => code.includes('.actor('))
    expect(acting).toHaveLength(1)
    const file = join(BUILT, 'readme/act.mjs')
    writeFileSync(file, acting[0]!)
    const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder })
    // The pole is falling to the right.
    expect(stdout).toMatch(/^1\n[01]\n$/)
  })
})

/** Resolves when the program has kept its run once and was killed. */
const killedOnceKept = async (): Promise<void> => {
  const child = spawn(process.execPath, [program], { cwd: folder })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  while (!existsSync(join(folder, 'kept/run')) && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 5))
  child.kill('SIGKILL')
  await ended
}

describe('the program of the README that keeps its run', () => {
  test('ends with the same bits though it was killed', SLOW, async () => {
    await killedOnceKept()
    const kept = io.openCheckpoint(readFileSync(join(folder, 'kept/run')))
    expect(kept).toMatchObject({ right: { config: { totalSteps: 100_000 } } })
    const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: folder })

    const config = { ...ppo.preset('cleanrl'), totalSteps: 100_000 }
    const parts = ppo.parts(config, env.cartPole)
    let hash = ''
    for (const [, { learner, update }] of ppo.train(config, parts)(ppo.init(parts)(random.key(1))))
      if (update === ppo.updatesOf(config)) hash = io.learnerHash(learner)
    expect(stdout.trim()).toBe(hash)
  })
})
