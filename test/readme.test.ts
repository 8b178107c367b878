import { execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { env, io, ppo, random } from '../src/index.ts'
import { BUILT } from './support/built.ts'
import { workshop } from './support/cli.ts'
import { programsOf, programWith, type Program } from './support/programs.ts'

/** Each test starts a program of its own, on a machine that may be busy. */
const SLOW = { timeout: 180_000 }

const { folder, remove } = workshop()
// Inside the package, where `proximal` is the name of what is built.
const PROGRAMS = join(BUILT, 'guide')

const GUIDE = 'src/guide'
const pages = [
  'README.md',
  // Translations show the same programs.
  ...readdirSync(GUIDE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.endsWith('.zh.md'))
    .map((file) => join(GUIDE, file)),
]

/** What makes the programs that learn for longest shorter, and nothing else of them. */
const QUICKER: ReadonlyArray<readonly [from: string, to: string]> = [
  ['rlhf.fineTuneConfig,', '{ ...rlhf.fineTuneConfig, epochs: 1 },'],
  ['i < 45', 'i < 6'],
  ["ppo.preset('pendulum')", "{ ...ppo.preset('pendulum'), totalSteps: 20_480 }"],
  [
    'const config = trpo.presets.cartpole',
    'const config = { ...trpo.presets.cartpole, totalSteps: 20_000 }',
  ],
  ['totalSteps: 50_000', 'totalSteps: 10_240'],
  ["const opened = await openDevice('gpu')", "const opened = await openDevice('webasm')"],
]

const quicker = ({ name, code }: Program): Program => ({
  name,
  code: QUICKER.reduce((text, [from, to]) => text.replace(from, to), code),
})

const written = pages.flatMap((page) =>
  programsOf(basename(page, '.md').toLowerCase(), readFileSync(page, 'utf8')),
)
const programs = written.map(quicker)
const jsOf = ({ name }: Program): string => join(PROGRAMS, `${name}.js`)

const run = async (file: string): Promise<readonly string[]> => {
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder })
  return stdout.trim().split('\n')
}
const runWith = (text: string): Promise<readonly string[]> => run(jsOf(programWith(programs, text)))

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2023'],
    types: ['node'],
    module: 'nodenext',
    moduleDetection: 'force',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
  },
  include: ['*.ts'],
}

beforeAll(() => {
  rmSync(PROGRAMS, { recursive: true, force: true })
  mkdirSync(PROGRAMS, { recursive: true })
  writeFileSync(join(PROGRAMS, 'tsconfig.json'), JSON.stringify(TSCONFIG))
  for (const { name, code } of programs) writeFileSync(join(PROGRAMS, `${name}.ts`), code)
})
afterAll(remove)

describe('the programs of the README and the guide', () => {
  test('compile, strictly, with the types that are published', SLOW, () => {
    expect(programs.length).toBeGreaterThan(12)
    try {
      execFileSync('npx', ['tsc', '-p', PROGRAMS], { encoding: 'utf8' })
    } catch (error) {
      expect((error as { readonly stdout: string }).stdout).toBe('')
    }
  })

  test('are made quicker as planned', () => {
    for (const [from, to] of QUICKER) expect(programWith(written, from).code).not.toContain(to)
  })

  // The others have tests of their own below.
  const OWN = [
    '@fast-check/vitest',
    "from 'proximal/gpu'",
    'rlhf.',
    'synthetic',
    'openCheckpoint',
    '.actor(',
  ]
  test.each(programs.filter(({ code }) => !OWN.some((text) => code.includes(text))))(
    '$name runs, and prints what it says',
    SLOW,
    async (program) => {
      const lines = await run(jsOf(program))
      expect(lines.length > 0 || !program.code.includes('console.log')).toBe(true)
    },
  )
})

describe('the first program of the README', () => {
  test('learns, and prints the mean return', SLOW, async () => {
    const lines = await runWith('mean return of 100 episodes')
    const [, mean] = /^mean return of 100 episodes: (\d+(?:\.\d+)?)$/.exec(lines.at(-1)!)!
    expect(Number(mean)).toBeGreaterThan(60)
  })
})

describe('the program of the guide that learns on a GPU', () => {
  test('learns if there is one, or a mode that stands in for it', SLOW, async () => {
    expect((await runWith("from 'proximal/gpu'")).at(-1)).toMatch(/^9728 \d+\.\d+$/)
  })

  test('says what was probed if there is none', SLOW, async () => {
    const file = jsOf(programWith(programs, "from 'proximal/gpu'"))
    const none = file.replace('.js', '.none.js')
    writeFileSync(none, readFileSync(file, 'utf8').replace("'webasm'", "'gpu'"))
    expect((await run(none)).join('\n')).toContain('expected a GPU, got none: webgpu is not')
  })
})

describe('the program of the guide that writes names', () => {
  test('learns them, writes five, and raises a score', SLOW, async () => {
    const [loss, ...lines] = await runWith('rlhf.fineTuneConfig')
    expect(Number(loss)).toBeLessThan(2.4)
    const [names, updates] = [lines.slice(0, 5), lines.slice(5)]
    for (const name of names) expect(name).toMatch(/^[a-z]{1,15}$/)
    const scores = updates.map((line) => Number(line.split(' ')[0]))
    expect(scores).toHaveLength(6)
    expect(scores.at(-1)).toBeGreaterThan(scores[0]! + 0.2)
  })
})

describe('the program of the guide that learns from preferences', () => {
  test('asks for labels, and shows true returns', SLOW, async () => {
    const lines = await runWith('preferences.synthetic')
    expect(lines[0]).toMatch(/^140 labels, 0\.\d+ of the new ones foreseen$/)
    expect(lines.filter((line) => line.startsWith('700 labels'))).toHaveLength(1)
    // 16 environments, episodes of 200 steps.
    const returns = lines.filter((line) => /^\d+ -\d+(\.\d+)?$/.test(line))
    expect(returns).toHaveLength(16 * Math.floor((20_480 / 16 + 128) / 200))
  })
})

describe('the programs that act', () => {
  test.each(programs.filter(({ code }) => code.includes('.actor(')))(
    '$name takes an action of the policy that it has trained, and draws one',
    SLOW,
    async (program) => {
      const [best, drawn, ...loaded] = await run(jsOf(program))
      // The pole is falling to the right.
      expect(best).toBe('1')
      expect(drawn).toMatch(/^[01]$/)
      for (const action of loaded) expect(action).toBe('1')
    },
  )
})

/** Resolves when the program has kept its run once and was killed. */
const killedOnceKept = async (file: string): Promise<void> => {
  const child = spawn(process.execPath, [file], { cwd: folder })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  while (!existsSync(join(folder, 'kept/run')) && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 5))
  child.kill('SIGKILL')
  await ended
}

describe('the program of the guide that keeps its run', () => {
  test('ends with the same bits though it was killed', SLOW, async () => {
    const file = jsOf(programWith(programs, 'openCheckpoint'))
    await killedOnceKept(file)
    const kept = io.openCheckpoint(readFileSync(join(folder, 'kept/run')))
    expect(kept).toMatchObject({ right: { config: { totalSteps: 100_000 } } })
    const [last] = await run(file)

    const config = { ...ppo.preset('cleanrl'), totalSteps: 100_000 }
    const parts = ppo.parts(config, env.cartPole)
    let hash = ''
    for (const [, { learner, update }] of ppo.train(config, parts)(ppo.init(parts)(random.key(1))))
      if (update === ppo.updatesOf(config)) hash = io.learnerHash(learner)
    expect(last).toBe(hash)
  })
})
