import * as E from 'fp-ts/lib/Either.js'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as safetensors from '../../src/format/safetensors.ts'
import { FILES } from '../../src/run/config.ts'
import { of } from '../../src/tensor/index.ts'
import { chainIn, CLI, proximal, workshop, type Ended } from '../support/cli.ts'

const QUICK = [
  '--set',
  'envs=4',
  '--set',
  'steps=16',
  '--set',
  'hidden=[8]',
  '--steps',
  '640',
  '--threads',
  '1',
]
const { folder, remove } = workshop()
let first: Ended

const lastJson = ({ stdout }: Ended): Record<string, unknown> =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>

const replayRecord = (run: string) =>
  JSON.parse(readFileSync(join(folder, run, 'replay.json'), 'utf8')) as {
    updates: number
    files: Record<string, string>
  }

/** Writes a file of a run anew, and says in its record that this is how it was. */
const forge = (run: string, file: keyof typeof FILES, content: string | Uint8Array): void => {
  const name = FILES[file]
  const record = replayRecord(run)
  const files = { ...record.files, [file]: createHash('sha256').update(content).digest('hex') }
  writeFileSync(join(folder, run, name), content)
  writeFileSync(join(folder, run, 'replay.json'), JSON.stringify({ ...record, files }))
}

/** A copy of the first run, for a test to damage. */
const copied = (name: string): string => {
  cpSync(join(folder, 'a'), join(folder, name), { recursive: true })
  return join(folder, name)
}

beforeAll(async () => {
  first = await proximal(folder, 'train', 'cartpole', ...QUICK, '--out', 'a', '--json')
})
afterAll(remove)

describe('train', () => {
  test('goes on to its end where nobody reads its output any more, and says so', async () => {
    const run = spawn(process.execPath, [CLI, 'train', 'cartpole', ...QUICK, '--out', 'unread'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    run.stdout.destroy()
    const [errors, code] = await Promise.all([
      run.stderr.toArray(),
      new Promise((resolve) => {
        run.once('close', resolve)
      }),
    ])
    expect([code, errors.join('')]).toEqual([
      2,
      'proximal: stdout: not everything was written: its reader closed first; the command did all other work\n',
    ])
    expect(readdirSync(join(folder, 'unread'))).toContain('replay.json')
  })

  test('writes config, metrics, parameters, the replay record and checkpoints', () => {
    expect(first.code).toBe(0)
    expect(readdirSync(join(folder, 'a')).toSorted()).toEqual([
      'chain',
      'checkpoints',
      'config.json',
      'metrics.jsonl',
      'params.safetensors',
      'replay.json',
    ])
    const lines = readFileSync(join(folder, 'a/metrics.jsonl'), 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(10)
    expect(JSON.parse(lines[9]!)).toMatchObject({ update: 10, steps: 640 })
  })

  test('--json ends with one object that says what came out, and nothing else is on stdout', () => {
    expect(first.stdout.trimEnd().split('\n')).toHaveLength(1)
    const json = lastJson(first)
    expect(Object.keys(json)).toEqual([
      'env',
      'steps',
      'seed',
      'return',
      'sps',
      'hash',
      'run',
      'kernels',
      'threads',
    ])
    expect(json).toMatchObject({ env: 'cartpole', steps: 640, seed: 1, run: 'a' })
    expect(json['hash']).toMatch(/^[0-9a-f]{64}$/)
  })

  test('any kernels on any number of threads have one hash, and those that ran are on record', async () => {
    for (const [kernels, threads, ran] of [
      ['js', '1', 1],
      ['js', '2', 2],
      ['wasm', '1', 1],
      ['wasm', '7', 2],
    ] as const) {
      const name = `${kernels}${threads}`
      const options = ['--backend', kernels, '--threads', threads, '--out', name, '--json']
      const json = lastJson(await proximal(folder, 'train', 'cartpole', ...QUICK, ...options))
      expect(json).toMatchObject({ hash: lastJson(first)['hash'], kernels, threads: ran })
      const config = readFileSync(join(folder, name, 'config.json'), 'utf8')
      expect(JSON.parse(config)).toMatchObject({ kernels })
    }
    expect(lastJson(first)).toMatchObject({ kernels: 'wasm' })
  })

  test('one seed has one hash, another seed another', async () => {
    const again = await proximal(folder, 'train', 'cartpole', ...QUICK, '--out', 'b', '--json')
    const other = await proximal(
      folder,
      'train',
      'cartpole',
      ...QUICK,
      '--out',
      'c',
      '--json',
      '--seed',
      '2',
    )
    expect(lastJson(again)['hash']).toBe(lastJson(first)['hash'])
    expect(lastJson(other)['hash']).not.toBe(lastJson(first)['hash'])
  })

  test('without --out two runs go into two folders', async () => {
    await proximal(folder, 'train', 'cartpole', ...QUICK)
    await proximal(folder, 'train', 'cartpole', ...QUICK)
    expect(readdirSync(join(folder, 'runs')).toSorted()).toEqual([
      'cartpole-seed1',
      'cartpole-seed1-2',
    ])
  })

  test('Ctrl-C ends it cleanly, and what there is replays', async () => {
    const child = spawn(process.execPath, [CLI, 'train', 'cartpole', '--out', 'stopped'], {
      cwd: folder,
    })
    const metrics = join(folder, 'stopped/metrics.jsonl')
    const poll = setInterval(() => {
      if (existsSync(metrics) && readFileSync(metrics, 'utf8').includes('\n')) {
        clearInterval(poll)
        child.kill('SIGINT')
      }
    }, 20)
    const code = await new Promise((resolve) => {
      child.on('exit', resolve)
    })
    expect(code).toBe(130)
    const replayed = await proximal(folder, 'replay', 'stopped', '--json')
    expect(replayed.code).toBe(0)
    expect(lastJson(replayed)['updates']).toBe(replayRecord('stopped').updates)
  })
})

describe('replay', () => {
  test('writes a certificate of what was the same, which verifies by itself', async () => {
    const made = await proximal(folder, 'replay', 'a', '--backend', 'js', '--certificate', 'a.json')
    expect(made.code).toBe(0)
    const text = readFileSync(join(folder, 'a.json'), 'utf8')
    const certificate = JSON.parse(text) as { readonly chain: string[]; readonly hash: string }
    expect(certificate).toMatchObject({
      format: 'proximal certificate 1',
      fingerprint: { engine: `Node ${process.versions.node}`, kernels: 'js' },
      chain: chainIn(join(folder, 'a')),
    })

    const verified = await proximal(folder, 'replay', 'a.json', '--json')
    expect(verified.code).toBe(0)
    expect(lastJson(verified)).toEqual({
      run: 'a.json',
      same: true,
      updates: 10,
      firstDifference: null,
      hash: certificate.hash,
    })

    certificate.chain[4] = '0'.repeat(64)
    writeFileSync(join(folder, 'forged.json'), JSON.stringify(certificate))
    const forged = await proximal(folder, 'replay', 'forged.json', '--certificate', 'never.json')
    expect(forged.code).toBe(1)
    expect(forged.stdout).toContain('differs first at update 4')
    expect(forged.stdout).toContain('the arithmetic here matches the certificate')
    expect(readdirSync(folder)).not.toContain('never.json')

    const again = await proximal(folder, 'replay', 'a.json', '--certificate', 'a.json')
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('a.json: already exists and was not overwritten')
    expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe(text)

    for (const nowhere of ['', 'nowhere/a.json', 'a.json/b.json']) {
      const early = await proximal(folder, 'replay', 'a', '--certificate', nowhere)
      expect(early).toMatchObject({ code: 2, stdout: '' })
      expect(early.stderr).toContain('--certificate: expected a new file in an existing folder')
    }

    writeFileSync(join(folder, 'half.json'), text.slice(0, 100))
    const half = await proximal(folder, 'replay', 'half.json')
    expect(half.code).toBe(2)
    expect(half.stderr).toContain('half.json: expected a certificate in JSON')
  })

  test('says that the same run came out, to the bit', async () => {
    const replayed = await proximal(folder, 'replay', 'a')
    expect(replayed.code).toBe(0)
    expect(replayed.stdout).toContain(`10 updates, hash ${String(lastJson(first)['hash'])}`)
  })

  test('names the first update that differs, and exits with 1', async () => {
    const chain = readFileSync(join(copied('forged'), 'chain'))
    chain[4 * 32]! ^= 1
    forge('forged', 'chain', chain)
    const replayed = await proximal(folder, 'replay', 'forged', '--json')
    expect(replayed.code).toBe(1)
    expect(replayed.stderr).toContain('differs first at update 4')
    expect(lastJson(replayed)).toMatchObject({ same: false, firstDifference: 4 })
  })
})

describe('replay of a folder in which more was forged than the chain', () => {
  test('metrics: names the update', async () => {
    const run = copied('forged-metrics')
    const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').split('\n')
    lines[6] = lines[6]!.replace(/"entropy":[\d.]+/, '"entropy":0.5')
    forge('forged-metrics', 'metrics', lines.join('\n'))
    const replayed = await proximal(folder, 'replay', 'forged-metrics')
    expect(replayed.code).toBe(1)
    expect(replayed.stdout).toContain(
      'differs first at update 7: expected the metrics of metrics.jsonl, got others',
    )
  })

  test('more metrics than there were updates', async () => {
    const run = copied('more-metrics')
    const text = readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    const last = JSON.parse(text.trimEnd().split('\n').at(-1)!) as { steps: number }
    const more = { ...last, update: 11, steps: last.steps * 1.1 }
    forge('more-metrics', 'metrics', `${text}${JSON.stringify(more)}\n`)
    const replayed = await proximal(folder, 'replay', 'more-metrics')
    expect(replayed.code).toBe(1)
    expect(replayed.stdout).toContain('expected the 11 updates of metrics.jsonl, got 10')
  })

  test('parameters', async () => {
    const run = copied('forged-params')
    const params = readFileSync(join(run, 'params.safetensors'))
    params[params.length - 1]! ^= 1
    forge('forged-params', 'params', params)
    const replayed = await proximal(folder, 'replay', 'forged-params')
    expect(replayed.code).toBe(1)
    expect(replayed.stdout).toContain(
      'differs first at update 10: expected the parameters of params.safetensors, got others',
    )
  })
})

describe('a run of an earlier version, whose config has fewer fields', () => {
  const earlier = fileURLToPath(new URL('../golden/earlierRun', import.meta.url))

  /** A copy whose config has lost a field more, as the versions before it had it. */
  const before = (field: string): string => {
    const run = join(folder, `without-${field}`)
    cpSync(earlier, run, { recursive: true })
    const config = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')) as {
      ppo: Record<string, unknown>
    }
    delete config.ppo[field]
    const text = JSON.stringify(config)
    forge(`without-${field}`, 'config', text)
    return run
  }

  test.each([
    ['as it is', () => earlier],
    ['from before there were shards', () => before('shards')],
  ])('%s: replays to the bit, and plays', async (_, find) => {
    const run = find()
    const replayed = await proximal(folder, 'replay', run, '--json')
    expect(replayed.code).toBe(0)
    expect(lastJson(replayed)).toMatchObject({ same: true, updates: 4 })
    const played = await proximal(folder, 'eval', run, '--episodes', '3', '--json')
    expect(lastJson(played)).toMatchObject({ episodes: 3, length: { min: 30 } })
  })
})

describe('a run that whitens its observations', () => {
  const OPTIONS = [...QUICK, '--set', 'normalise.observation=true', '--json']
  const play = async (run: string) =>
    lastJson(await proximal(folder, 'eval', run, '--episodes', '20', '--json'))

  test('keeps their statistics, replays, and plays with them as they were left', async () => {
    const trained = await proximal(folder, 'train', 'cartpole', ...OPTIONS, '--out', 'white')
    expect(trained.code).toBe(0)
    const tensors = safetensors.decode(readFileSync(join(folder, 'white/params.safetensors')))
    if (E.isLeft(tensors)) expect.fail(tensors.left)
    // Every observation of 640 steps is counted once.
    expect(tensors.right.get('normaliser.observation.count')?.data).toEqual(Float64Array.of(640))
    expect(tensors.right.get('normaliser.observation.mean')?.shape).toEqual([4])
    const replayed = await proximal(folder, 'replay', 'white', '--json')
    expect(lastJson(replayed)).toMatchObject({ same: true, updates: 10 })
    expect(await play('white')).toEqual(await play('white'))

    // With other statistics the same parameters see, and do, something else.
    const run = join(folder, 'elsewhere')
    cpSync(join(folder, 'white'), run, { recursive: true })
    const moved = safetensors.encode(
      [...tensors.right].map(([name, { shape, data }]) => [
        name,
        of(
          shape.map((__, i) => `d${i}`),
          shape,
          name.endsWith('mean') ? data.map((x) => x + 5) : data,
        ),
      ]),
    )
    forge('elsewhere', 'params', moved)
    expect(await play('elsewhere')).not.toEqual(await play('white'))
  })

  test('whose statistics are lost is refused, with their name', async () => {
    const run = join(folder, 'blind')
    cpSync(join(folder, 'white'), run, { recursive: true })
    const tensors = safetensors.decode(readFileSync(join(run, 'params.safetensors')))
    if (E.isLeft(tensors)) expect.fail(tensors.left)
    const rest = safetensors.encode(
      [...tensors.right]
        .filter(([name]) => name !== 'normaliser.observation.m2')
        .map(([name, { shape, data }]) => [
          name,
          of(
            shape.map((_, i) => `d${i}`),
            shape,
            data,
          ),
        ]),
    )
    forge('blind', 'params', rest)
    const { code, stderr } = await proximal(folder, 'eval', 'blind')
    expect(code).toBe(2)
    expect(stderr).toContain('normaliser.observation.m2: expected f64 [feature=4], got nothing')
  })
})

describe('eval', () => {
  test('plays episodes with the stored policy, and says what they come to in one last line', async () => {
    const played = await proximal(folder, 'eval', 'a', '--episodes', '7', '--json')
    expect(played.code).toBe(0)
    expect(played.stdout.trimEnd().split('\n')).toHaveLength(1)
    const number = '-?\\d+(\\.\\d+)?'
    expect(played.stdout).toMatch(
      new RegExp(
        `^{"episodes":7,"mean":#,"std":#,"iqm":#,"interval":\\[#,#\\],"length":{"mean":#,"min":#}}\n$`.replaceAll(
          '#',
          number,
        ),
      ),
    )
    const { mean, length } = lastJson(played) as { mean: number; length: { mean: number } }
    // CartPole pays 1 a step.
    expect(mean).toBe(length.mean)
  })

  test('shows how far it is, and then the same plainly', async () => {
    const summary = lastJson(await proximal(folder, 'eval', 'a', '--episodes', '7', '--json'))
    const { mean, std, iqm, interval, length } = summary as {
      mean: number
      std: number
      iqm: number
      interval: [number, number]
      length: { mean: number; min: number }
    }
    const { stdout } = await proximal(folder, 'eval', 'a', '--episodes', '7')
    const [far, ...lines] = stdout.trimEnd().split('\n')
    expect(far).toContain('eval of cartpole  7/7 episodes')
    expect(far).toContain(`${Math.round(7 * length.mean).toLocaleString('en-US')} steps`)
    const [low, high] = interval.map((x) => x.toFixed(1))
    expect(lines).toEqual([
      `cartpole: return ${mean.toFixed(1)} ± ${std.toFixed(1)} over 7 episodes with the most probable actions`,
      `interquartile mean ${iqm.toFixed(1)}, 95 % bootstrap interval ${low} … ${high}`,
      `length ${length.mean.toFixed(1)} on average, minimum ${length.min}`,
    ])
  })

  test('one seed has one outcome; other seeds, and samples, have others', async () => {
    const play = async (...options: readonly string[]) =>
      lastJson(await proximal(folder, 'eval', 'a', '--episodes', '9', '--json', ...options))
    expect(await play('--seed', '3')).toEqual(await play('--seed', '3'))
    expect(await play('--seed', '3')).not.toEqual(await play('--seed', '4'))
    expect(await play('--seed', '3')).not.toEqual(await play('--seed', '3', '--sample'))
  })
})

describe('bad input: one line that names the thing, exit 2, nothing overwritten', () => {
  const refused = async (args: readonly string[], ...said: readonly string[]): Promise<void> => {
    const { code, stderr, stdout } = await proximal(folder, ...args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    for (const words of said) expect(stderr).toContain(words)
  }

  test.each<[string, string[], ...string[]]>([
    ['an unknown command', ['trian'], 'command', 'did you mean train?'],
    ['an unknown world', ['train', 'cartpol'], 'env', 'did you mean cartpole?'],
    ['no world', ['train'], '<env>'],
    ['two worlds', ['train', 'cartpole', 'x'], 'x: expected no more'],
    ['an unknown preset', ['train', 'cartpole', '--preset', 'cleanrk'], 'did you mean cleanrl?'],
    ['an unknown key', ['train', 'cartpole', '--set', 'gama=1'], 'did you mean gamma?'],
    ['a setting without =', ['train', 'cartpole', '--set', 'gamma'], 'key=value'],
    ['a value out of range', ['train', 'cartpole', '--set', 'gamma=2'], 'from 0 to 1, got 2'],
    ['a value of another type', ['train', 'cartpole', '--set', 'clip=x'], 'clip', 'got "x"'],
    ['an unknown option', ['train', 'cartpole', '--sead', '3'], '--sead'],
    ['a fractional seed', ['train', 'cartpole', '--seed', '1.5'], '--seed', '"1.5"'],
    ['a folder without a name', ['train', 'cartpole', '--out', ''], '--out'],
    ['too few steps', ['train', 'cartpole', '--steps', '5'], 'totalSteps', 'got 5'],
    [
      'a folder inside a file',
      ['train', 'cartpole', '--out', 'a/config.json/x'],
      'a/config.json/x',
    ],
    ['a folder that cannot be made', ['train', 'cartpole', '--out', '/proc/x/y'], '/proc/x/y'],
    ['a run that is not there', ['eval', 'nowhere'], 'nowhere/replay.json'],
    ['no episodes', ['eval', 'a', '--episodes', '0'], '--episodes'],
  ])('%s', async (_, args, ...said) => {
    await refused(args, ...said)
    expect(first.code).toBe(0)
  })

  test('settings: a line for each mistake, unknown keys and what they must not be together, too', async () => {
    const settings = [
      'gamma=2',
      'adam.beta3=1',
      'clip',
      'surrogate=clips',
      'minibatches=5',
      'gamma.x=1',
    ]
    const set = settings.flatMap((setting) => ['--set', setting])
    const { code, stderr, stdout } = await proximal(folder, 'train', 'cartpole', ...set)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    const expected = [
      '--set: expected a field of the config, got "adam.beta3": did you mean adam.beta1\\?',
      '--set: expected key=value, got "clip"',
      '--set: expected a field of the config, got "gamma.x": did you mean gamma\\?',
      'gamma: expected a number from 0 to 1, got 2',
      'surrogate: expected one of clip, clipAlone, dualClip, ratio, got "clips": did you mean clip\\?',
      'minibatches: expected a divisor of envs · steps = 1024, got 5',
    ]
    const said = stderr.trimEnd().split('\n')
    expect(said).toHaveLength(expected.length)
    expected.forEach((line, i) => expect(said[i]).toMatch(new RegExp(`^proximal: ${line}$`)))
    expect(existsSync(join(folder, 'runs/cartpole-seed1-3'))).toBe(false)
  })

  test.each([
    [
      'JSON of another type',
      'hidden="64"',
      /^proximal: hidden: expected a list of up to 100 .*, got "64"$/,
    ],
    ['a hole', 'hidden=[1,null]', /^proximal: hidden\.1: expected a whole number >= 1, got null$/],
    ['no JSON', 'hidden=[1,', /^proximal: hidden: expected a list of up to 100 .*, got "\[1,"$/],
    ['a number without end', 'clip=1e999', /^proximal: clip: expected a number > 0, got Infinity$/],
    ['NaN', 'clip=NaN', /^proximal: clip: expected a number > 0, got "NaN"$/],
    ['nothing', 'clip=', /^proximal: clip: expected a number > 0, got ""$/],
    ['two lines', 'clip=a\nb', /^proximal: clip: expected a number > 0, got "a\\nb"$/],
    ['a key of two lines', 'cl\nip=1', /^proximal: --set: .*, got "cl\\nip": did you mean clip\?$/],
    [
      'a part in place of its fields',
      'adam={}',
      /^proximal: --set: expected a field of the config, got "adam": see proximal presets cleanrl$/,
    ],
  ])('a setting to %s', async (_, setting, line) => {
    const { code, stderr } = await proximal(folder, 'train', 'cartpole', '--set', setting)
    expect(code).toBe(2)
    expect(stderr.trimEnd()).toMatch(line)
  })

  test('a run that ends with a fault: where, as a line of JSON, and what was learned before is kept', async () => {
    const steps = ['--set', 'learningRate=1e38', '--set', 'gradClip=none', '--out', 'broken']
    const { code, stderr, stdout } = await proximal(folder, 'train', 'cartpole', ...steps, '--json')
    const message =
      'update 1: epoch 0: minibatch 0: parameters[param=0]: expected a finite number, got -Infinity'
    expect(code).toBe(2)
    expect(stderr).toContain(`proximal: ${message}; what was learned before is in broken\n`)
    const place = { environment: null, env: null, update: 1, step: null, field: 'parameters' }
    expect(lastJson({ code, stderr, stdout })).toEqual({
      error: { message, ...place },
      run: 'broken',
    })
    const evaluated = await proximal(folder, 'eval', 'broken', '--episodes', '2')
    expect(evaluated.code).toBe(0)
  })

  test('an empty folder is taken; one with anything in it is refused', async () => {
    mkdirSync(join(folder, 'empty'))
    const taken = await proximal(folder, 'train', 'cartpole', ...QUICK, '--out', 'empty', '--json')
    expect(lastJson(taken)['hash']).toBe(lastJson(first)['hash'])
    mkdirSync(join(folder, 'used'))
    writeFileSync(join(folder, 'used/notes.txt'), 'mine')
    await refused(
      ['train', 'cartpole', ...QUICK, '--out', 'used'],
      'used: expected a new or empty folder',
    )
    expect(readdirSync(join(folder, 'used'))).toEqual(['notes.txt'])
  })

  test('an existing folder is refused and left as it is', async () => {
    const before = readFileSync(join(folder, 'a/replay.json'), 'utf8')
    await refused(
      ['train', 'cartpole', ...QUICK, '--out', 'a'],
      'a: expected a new or empty folder',
    )
    expect(readFileSync(join(folder, 'a/replay.json'), 'utf8')).toBe(before)
  })

  test.each(['config.json', 'metrics.jsonl', 'chain', 'params.safetensors', 'replay.json'])(
    'a run whose %s is cut short, missing or edited',
    async (name) => {
      const run = copied(`damaged-${name}`)
      const path = join(run, name)
      const whole = readFileSync(path)
      writeFileSync(path, whole.subarray(0, whole.length - 20))
      await refused(['replay', run], name)
      rmSync(path)
      await refused(['replay', run], name)
      writeFileSync(path, whole.toString('latin1').replace(/[02]/, '1'), 'latin1')
      await refused(['eval', run], name)
      expect(existsSync(path)).toBe(true)
    },
  )
})
