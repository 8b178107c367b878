import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/run/hash.ts'
import { filesIn, proximalProcess, workshop, type Ended } from '../support/cli.ts'
import { builtUrl } from '../support/built.ts'

const QUICK = ['--set', 'envs=4', '--set', 'steps=16', '--set', 'hidden=[8]', '--steps', '256']
const LIBRARY = builtUrl('index.js')
const { folder, remove } = workshop()

/** A walk between two ends, the right one of which is paid for. */
const walkOf = (name: string, more = ''): string => `{
  name: ${JSON.stringify(name)},
  observationSpace: env.box(1, [-3], [3]),
  actionSpace: env.discrete(2),
  init: () => ({ place: 0, steps: 0 }),
  step: (action) => ({ place, steps }) => {
    const next = { place: place + (action === 1 ? 1 : -1), steps: steps + 1 }
    const terminated = Math.abs(next.place) === 3
    return [{ reward: next.place === 3 ? 1 : 0, terminated, truncated: next.steps === 20 }, next]
  },
  observe: ({ place }) => [place],
  ${more}
}`

const IMPORT = `import { env } from '${LIBRARY}'\n`

const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return name
}

const readJson = (...path: readonly string[]): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, ...path), 'utf8')) as Record<string, unknown>

const lastJson = ({ stdout }: Ended): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>

const hashOf = (ended: Ended): unknown => lastJson(ended)['hash']

/** The module of the guide. */
const WALK = [...readFileSync('src/guide/environments.md', 'utf8').matchAll(/```js\n([^]*?)```/g)]
  .map(([, code]) => code!)
  .find((code) => code.includes("name: 'walk'"))!
  .replace("'proximal'", `'${LIBRARY}'`)

let trained: Ended
beforeAll(async () => {
  put('walk.mjs', WALK)
  trained = await proximalProcess(folder, 'train', './walk.mjs', ...QUICK, '--out', 'a', '--json')
}, 60_000)
afterAll(remove)

describe('a run in an environment out of a module', () => {
  test('is learned on all threads with suggested settings, and the reasons are printed', () => {
    expect(trained.code).toBe(0)
    expect(trained.stderr).toContain(
      [
        'walk: 256 steps in 4 updates, preset suggested, seed 1, into a',
        'settings suggested after a probe with random actions; override them with --preset and --set:',
        '  actions are choices: an entropy bonus keeps the policy exploring (entropyCoef: 0.01)',
      ].join('\n'),
    )
    expect(lastJson(trained)).toMatchObject({ env: 'walk', run: 'a', threads: 2 })
  })

  test('stores the name of the environment and the hash of the file, and no path', () => {
    const config = readJson('a', 'config.json')
    expect(config).toMatchObject({
      env: 'walk',
      preset: 'suggested',
      settings: { entropyCoef: 0.01, learningRate: 0.001, envs: 4, totalSteps: 256 },
    })
    expect(config['module']).toEqual({ sha256: sha256Hex(new TextEncoder().encode(WALK)) })
    expect(JSON.stringify(filesIn(join(folder, 'a')))).not.toContain('walk.mjs')
  })

  test('ends though its module leaves a timer running, on every thread', async () => {
    put('ticking.mjs', `${WALK}\nsetInterval(() => undefined, 1000)\n`)
    const args = [
      'train',
      './ticking.mjs',
      ...QUICK,
      '--threads',
      '2',
      '--out',
      'ticking',
      '--json',
    ]
    const ended = await proximalProcess(folder, ...args)
    expect(ended.code).toBe(0)
    expect(hashOf(ended)).toBe(hashOf(trained))
  })

  test('has the same bits on one thread, where the module returns it from a function', async () => {
    put('later.mjs', `${IMPORT}export default async () => (${walkOf('walk')})\n`)
    const one = ['--threads', '1', '--json']
    const args = ['train', '--out']
    expect(
      hashOf(await proximalProcess(folder, ...args, 'one', './walk.mjs', ...QUICK, ...one)),
    ).toBe(hashOf(trained))
    const later = await proximalProcess(folder, ...args, 'later', 'later.mjs', ...QUICK, '--json')
    expect(later.stderr).not.toContain('proximal:')
    expect(hashOf(later)).toBe(hashOf(trained))
  })

  test('replays, is evaluated, watched, exported, forked and certified where its module is named', async () => {
    const env = ['--env', './walk.mjs']
    const run = (...args: readonly string[]) => proximalProcess(folder, ...args, ...env)
    expect((await run('replay', 'a', '--certificate', 'a.json')).stdout).toContain(
      'identical to the bit: 4 updates',
    )
    expect((await run('replay', 'a.json', '--backend', 'js')).code).toBe(0)
    expect((await run('eval', 'a', '--episodes', '3')).stdout).toContain('walk: return')
    expect((await run('export', 'a', '--to', 'onnx')).code).toBe(0)
    expect((await run('fork', 'a', '--at', '2', '--steps', '384', '--out', 'f')).code).toBe(0)
    expect((await run('replay', 'f')).code).toBe(0)
    expect((await run('watch', 'a', '--record', 'a.log')).code).toBe(0)
    const again = await run('watch', 'a.log')
    expect(again.stdout).toMatch(/^frame 0\/\d+ {2}return 0\.0\nstep 0\nobservation 0\n/)
    expect(again.stdout).toMatch(/step 1\naction [01]\nreward 0\nobservation -?1\n/)
  })

  test('goes on where it was ended, to the same bits', async () => {
    const out = join(folder, 'gone')
    await proximalProcess(
      folder,
      'train',
      './walk.mjs',
      ...QUICK,
      '--out',
      'gone',
      '--checkpoint-every',
      '1',
    )
    const whole = filesIn(out)
    const newest = readdirSync(join(out, 'checkpoints')).toSorted().at(-1)!
    rmSync(join(out, 'checkpoints', newest))
    rmSync(join(out, 'replay.json'))
    const resumed = await proximalProcess(folder, 'train', '--resume', 'gone', '--env', 'walk.mjs')
    expect(resumed.code).toBe(0)
    expect(filesIn(out)['params.safetensors']).toBe(whole['params.safetensors'])
    expect(filesIn(out)['replay.json']).toBe(whole['replay.json'])
  })

  test.each([
    ['eval', ['eval', 'a']],
    ['replay', ['replay', 'a']],
    ['watch', ['watch', 'a']],
    ['fork', ['fork', 'a', '--at', '1', '--out', 'g']],
    ['train --resume', ['train', '--resume', 'a']],
    ['export of the policy', ['export', 'a', '--to', 'onnx', '--out', 'g']],
  ])('%s without its module says what to add, and writes nothing', async (_, args) => {
    const before = filesIn(folder)
    const { code, stdout, stderr } = await proximalProcess(folder, ...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe(
      'proximal: env: "walk" is not built into proximal: name its module, as in --env ./my-game.js\n',
    )
    expect(filesIn(folder)).toEqual(before)
  })

  test.each([
    ['train', ['train', './lawless.mjs', ...QUICK, '--out', 'g']],
    ['train --resume', ['train', '--resume', 'a', '--env', './lawless.mjs']],
    ['eval', ['eval', 'a', '--env', './lawless.mjs']],
    ['replay', ['replay', 'a', '--env', './lawless.mjs']],
    ['watch', ['watch', 'a', '--env', './lawless.mjs']],
    ['fork', ['fork', 'a', '--at', '1', '--out', 'g', '--env', './lawless.mjs']],
    ['export', ['export', 'a', '--to', 'onnx', '--out', 'g', '--env', './lawless.mjs']],
  ])('%s prints the report on a module that breaks a law, and writes nothing', async (_, args) => {
    put('lawless.mjs', `${IMPORT}export const walk = ${walkOf('walk', 'observe: () => [9]')}\n`)
    const before = filesIn(folder)
    const { code, stdout, stderr } = await proximalProcess(folder, ...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('proximal: ./lawless.mjs: walk breaks the laws of an environment:\n')
    expect(stderr).toContain(
      'proximal:   ✗ observations are finite numbers within observationSpace\nproximal:       episode 0, init: entry 0: expected a number from -3 to 3, got 9\n',
    )
    expect(filesIn(folder)).toEqual(before)
  })

  test('what needs no environment is exported without it', async () => {
    expect(
      (await proximalProcess(folder, 'export', 'a', '--to', 'csv', '--out', 'tables')).code,
    ).toBe(0)
  })

  test('takes a preset and settings', async () => {
    const args = ['--preset', 'cartpole', '--set', 'gamma=0.9', '--out', 'set']
    const { code, stdout } = await proximalProcess(folder, 'train', './walk.mjs', ...QUICK, ...args)
    expect(code).toBe(0)
    expect(stdout).toContain('preset cartpole, seed 1')
    expect(stdout).not.toContain('suggested')
    expect(readJson('set', 'config.json')['settings']).toMatchObject({ gamma: 0.9, lambda: 0.9 })
  })

  test('gets the same suggestion for every seed, and another algorithm its own preset', async () => {
    const args = ['train', './walk.mjs', ...QUICK]
    await proximalProcess(folder, ...args, '--seed', '2', '--out', 'two')
    expect(readJson('two', 'config.json')['settings']).toEqual(
      readJson('a', 'config.json')['settings'],
    )
    const other = await proximalProcess(folder, ...args, '--algo', 'a2c', '--out', 'a2c')
    expect(other.stdout).toContain('(the default)')
    expect(other.stdout).not.toContain('suggested')
  })

  test('another environment is not taken for it, nor a module for one of proximal’s', async () => {
    put('other.mjs', `${IMPORT}export const other = ${walkOf('other')}\n`)
    const wrong = await proximalProcess(folder, 'eval', 'a', '--env', './other.mjs')
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      'proximal: --env: expected the environment "walk", got "other"\n',
    ])
    await proximalProcess(folder, 'train', 'cartpole', ...QUICK, '--out', 'pole')
    const built = await proximalProcess(folder, 'eval', 'pole', '--env', './walk.mjs')
    expect([built.code, built.stderr]).toEqual([
      2,
      'proximal: --env: expected none for cartpole because it is built in, got "./walk.mjs": leave it out\n',
    ])
    const none = await proximalProcess(folder, 'eval', 'a', '--env', 'walk')
    expect(none.stderr).toContain('--env: expected the path of a module')
  })

  test('a changed module is refused, and taken where that is asked for', async () => {
    put('changed.mjs', `${WALK}// a remark\n`)
    const args = ['replay', 'a', '--env', './changed.mjs']
    const refused = await proximalProcess(folder, ...args)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(
      /^proximal: \.\/changed\.mjs: has changed since the run \(SHA-256 \w{12}… then, \w{12}… now\): restore the file, or accept the change with --allow-changed-env\n$/,
    )
    const allowed = await proximalProcess(folder, ...args, '--allow-changed-env')
    expect(allowed.code).toBe(0)
    expect(allowed.stderr).toContain('continuing because of --allow-changed-env')
    expect(allowed.stdout).toContain('identical to the bit')
  })

  test('is drawn where its module exports a drawing, and else cannot be a film', async () => {
    const bare = await proximalProcess(
      folder,
      'watch',
      'a',
      '--env',
      './walk.mjs',
      '--save',
      'no.svg',
    )
    expect([bare.code, existsSync(join(folder, 'no.svg'))]).toEqual([2, false])
    expect(bare.stderr).toContain('export a function draw from its module')
    const drawn = (result: string) =>
      put(
        'drawn.mjs',
        `import { picture } from '${LIBRARY}'\n${WALK}export const draw = ({ place }) => (${result})\n`,
      )
    const args = ['watch', 'a', '--env', './drawn.mjs', '--allow-changed-env']
    drawn(
      '{ width: 70, height: 20, background: [255, 255, 255], shapes: [picture.circle(35 + 10 * place, 10, 5, [0, 0, 0])] }',
    )
    expect((await proximalProcess(folder, ...args)).stdout).toMatch(/[\u2801-\u28FF]/u)
    expect((await proximalProcess(folder, ...args, '--save', 'walk.svg')).code).toBe(0)
    expect(readFileSync(join(folder, 'walk.svg'), 'utf8')).toMatch(/^<svg/)
    drawn('place.no.such')
    const thrown = await proximalProcess(folder, ...args)
    expect([thrown.code, thrown.stderr.split('\n')[1]]).toEqual([
      2,
      expect.stringMatching(/^proximal: \.\/drawn\.mjs: draw threw .*undefined/),
    ])
  })
})

describe('a module that cannot be learned in: exit 2, and no folder is made', () => {
  const named = (name: string): string => `${IMPORT}export const x = ${walkOf(name)}\n`

  test.each<[why: string, text: string | null, module: string, said: string, more?: string]>([
    [
      'is missing',
      null,
      './none.mjs',
      './none.mjs: expected the file of a JavaScript module, found nothing',
    ],
    ['is a folder', null, '.', 'found something else'],
    ['is no URL of a file', null, 'file://host/x.mjs', 'file://host/x.mjs: '],
    [
      'throws',
      `\n\nthrow new Error('no luck')`,
      './x.mjs',
      './x.mjs: could not be imported: line 3: no luck',
    ],
    ['has a mistake', `const = 3`, './x.mjs', './x.mjs: could not be imported: Unexpected token'],
    [
      'imports what is not there',
      `import 'nothing-of-that-name'`,
      './x.mjs',
      'nothing-of-that-name',
    ],
    [
      'never loads',
      `await new Promise(() => {})`,
      './x.mjs',
      'whose top-level await never finishes',
    ],
    ['exports nothing', ``, './x.mjs', 'got no export'],
    [
      'has no environment',
      `export const a = 1, b = {}`,
      './x.mjs',
      'got a, b: export a record of name, observationSpace,',
    ],
    [
      'has only a function without a default export',
      `export const make = () => 1`,
      './x.mjs',
      'got make: if a function returns the environment, name it, as in ./x.mjs#make',
    ],
    [
      'has a default export that is no environment',
      `export default null`,
      './x.mjs',
      'expected default to be an environment or a function that returns one, got null',
    ],
    [
      'exits',
      `process.exit(0)`,
      './x.mjs',
      'the process ended before the command did: a module of an environment must not call process.exit',
    ],
    [
      'has several',
      `${IMPORT}export const a = ${walkOf('a')}, b = ${walkOf('b')}`,
      './x.mjs',
      'expected one environment, got a, b: name one, as in ./x.mjs#a',
    ],
    ['has no such export', WALK, './x.mjs#run', './x.mjs: expected an export run, got walk'],
    [
      'has a number there',
      `export const a = 1`,
      './x.mjs#a',
      'expected a to be an environment or a function that returns one, got 1',
    ],
    [
      'has a function that throws',
      `export default () => { throw new Error('not today') }`,
      './x.mjs',
      './x.mjs: default() threw not today',
    ],
    [
      'has a promise that is never kept',
      `export default () => new Promise(() => {})`,
      './x.mjs',
      'expected default() to return an environment, got nothing',
    ],
    [
      'has an incomplete environment, named',
      `export const a = { name: 'a' }`,
      './x.mjs#a',
      'a breaks the laws of an environment',
      '✗',
    ],
    [
      'has an environment without observe',
      `${IMPORT}const { observe, ...rest } = ${walkOf('a')}\nexport const a = rest, b = 1`,
      './x.mjs',
      './x.mjs: a breaks the laws of an environment',
      'observe: expected a function, got undefined',
    ],
    [
      'has an empty default export',
      `export default {}`,
      './x.mjs',
      './x.mjs: the environment breaks the laws of an environment',
      'name: expected a string, got undefined',
    ],
    [
      'has a game with reset and step',
      `${IMPORT}export const game = { name: 'game', observationSpace: env.box(1, 0, 1), actionSpace: env.discrete(2), reset: () => [0], step: () => [[0], 0, true, false, {}] }`,
      './x.mjs',
      'init: expected a function, got undefined',
      'env.fromGym makes an environment of a game with reset and step',
    ],
    [
      'has an environment that throws when it is read',
      `${IMPORT}export const a = { ...${walkOf('a')} }\nObject.defineProperty(a, 'init', { get() { throw new Error('no init') } })`,
      './x.mjs',
      './x.mjs: a breaks the laws of an environment',
      'threw Error: no init',
    ],
    [
      'breaks a law',
      `${IMPORT}export const a = ${walkOf('a', 'observe: () => [9]')}`,
      './x.mjs',
      'a breaks the laws of an environment',
      '✗',
    ],
    [
      'breaks a law only after a while',
      `${IMPORT}export const a = ${walkOf('a', "step: () => (s) => { if (s.steps === 300) throw new Error('too far'); return [{ reward: 1, terminated: false, truncated: false }, { ...s, steps: s.steps + 1 }] }")}`,
      './x.mjs',
      'a: random step 300: step[env=0]: expected the environment to return, it threw Error: too far',
    ],
    [
      'answers with promises',
      `${IMPORT}export const a = ${walkOf('a', 'init: async () => ({ place: 0, steps: 0 })')}`,
      './x.mjs',
      'train it with ppo.asyncParts',
    ],
    [
      'has states that cannot be kept',
      `${IMPORT}export const a = ${walkOf('a', 'init: () => ({ place: 0, steps: 0, f() {} })')}`,
      './x.mjs',
      'got a function at .f',
    ],
    [
      'has the name of a built-in one',
      named('cartpole'),
      './x.mjs',
      'name: expected a name that no built-in environment has',
    ],
    [
      'has a name of two lines',
      named('a\nb'),
      './x.mjs',
      'name: expected a name of 1 to 100 printable characters',
    ],
    [
      'has a name that moves the cursor',
      named('a\u009B2J'),
      './x.mjs',
      'name: expected a name of 1 to 100 printable characters',
    ],
  ])('%s', async (_, text, module, said, more = '') => {
    if (text !== null) put('x.mjs', text)
    const before = readdirSync(folder)
    const { code, stdout, stderr } = await proximalProcess(folder, 'train', module, ...QUICK)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(said)
    expect(stderr).toContain(more)
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .every((line) => line.startsWith('proximal: ')),
    ).toBe(true)
    expect(stderr).not.toContain('\u009B')
    expect(readdirSync(folder)).toEqual(before)
  })
})

describe('what a folder says is never imported, nor a part of a path', () => {
  const MARKER = 'imported'
  const evil = () => pathToFileURL(join(folder, 'evil.mjs')).href
  let forged = 0

  /** The finished run `a`, its config changed and the hash of it made right. */
  const forge = (change: Record<string, unknown>): string => {
    const name = `forged${forged++}`
    const run = join(folder, name)
    cpSync(join(folder, 'a'), run, { recursive: true })
    // They tell that the config is another.
    rmSync(join(run, 'checkpoints'), { recursive: true })
    const config = JSON.stringify({ ...readJson('a', 'config.json'), ...change })
    writeFileSync(join(run, 'config.json'), config)
    const record = readJson('a', 'replay.json')
    const files = {
      ...(record['files'] as Record<string, string>),
      config: sha256Hex(new TextEncoder().encode(config)),
    }
    writeFileSync(join(run, 'replay.json'), JSON.stringify({ ...record, files }))
    return name
  }

  beforeAll(() => {
    put(
      'evil.mjs',
      `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(join(folder, MARKER))}, '')\n${WALK}`,
    )
  })

  test.each([
    ['as a name', () => ({ env: './evil.mjs', module: undefined })],
    ['as a URL', () => ({ env: evil(), module: undefined })],
    [
      'beside the hash',
      () => ({ module: { sha256: 'a'.repeat(64), path: evil(), module: evil(), name: 'walk' } }),
    ],
    ['as a source', () => ({ source: { module: evil(), name: 'walk' } })],
  ])('a config with a module %s', async (_, change) => {
    const name = forge(change())
    for (const args of [
      ['eval', name],
      ['replay', name],
      ['watch', name],
      ['fork', name, '--at', '0', '--out', 'h'],
      ['train', '--resume', name],
      ['export', name, '--to', 'npz', '--out', 'h'],
    ]) {
      const { code, stderr } = await proximalProcess(folder, ...args)
      expect([args[0], code]).toEqual([args[0], 2])
      expect(stderr).toContain('--env')
    }
    expect(existsSync(join(folder, MARKER))).toBe(false)
    expect(existsSync(join(folder, 'h'))).toBe(false)
  })

  test('a name with dots and slashes stays in runs', async () => {
    const far = put('far.mjs', `${IMPORT}export const a = ${walkOf('../../up / and away')}\n`)
    const { code } = await proximalProcess(folder, 'train', far, ...QUICK)
    expect(code).toBe(0)
    expect(readdirSync(join(folder, 'runs'))).toEqual(['up-and-away-seed1'])
  })
})

test('a game with reset and step is learned in as fromGym makes it, on all threads', async () => {
  put(
    'gym.mjs',
    `${IMPORT}export default env.fromGym('gym walk', () => {
  let place = 0
  let steps = 0
  return {
    observationSpace: env.box(1, [-3], [3]),
    actionSpace: env.discrete(2),
    reset() { place = 0; steps = 0; return [place] },
    step(action) {
      place += action === 1 ? 1 : -1
      steps += 1
      return [[place], place === 3 ? 1 : 0, Math.abs(place) === 3, steps === 20, {}]
    },
  }
})\n`,
  )
  const gym = await proximalProcess(
    folder,
    'train',
    './gym.mjs',
    ...QUICK,
    '--out',
    'gym',
    '--json',
  )
  expect(lastJson(gym)).toMatchObject({ env: 'gym walk', threads: 2, hash: hashOf(trained) })
  expect((await proximalProcess(folder, 'replay', 'gym', '--env', './gym.mjs')).code).toBe(0)
})
