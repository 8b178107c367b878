import * as E from 'fp-ts/lib/Either.js'
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeRunConfig } from '../../src/run/config.ts'
import { chainIn, filesIn, proximal, workshop, type Ended } from '../support/cli.ts'

const TRAIN = 'train cartpole --set envs=4 --set steps=16 --set hidden=[8] --threads 1'.split(' ')
const { folder, remove } = workshop()

beforeAll(async () => {
  await proximal(folder, ...TRAIN, '--steps', '640', '--checkpoint-every', '3', '--out', 'a')
})
afterAll(remove)

const right = <A>(either: E.Either<string, A>): A => {
  if (E.isLeft(either)) expect.fail(either.left)
  return either.right
}

const configOf = (run: string) =>
  right(decodeRunConfig(readFileSync(join(folder, run, 'config.json'))))

const chainOf = (run: string): readonly string[] => chainIn(join(folder, run))

const linesOf = (run: string): readonly string[] =>
  readFileSync(join(folder, run, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')

const fork = (run: string, ...args: readonly string[]): Promise<Ended> =>
  proximal(folder, 'fork', run, ...args)

const verified = async (run: string, updates: number): Promise<void> => {
  const replayed = await proximal(folder, 'replay', run, '--backend', 'js')
  expect(replayed.stderr).toBe('')
  expect(replayed.stdout).toContain(`identical to the bit: ${updates} updates`)
}

/** The first update after which two runs differ. */
const sameUntil = (a: string, b: string): number => {
  const [x, y] = [linesOf(a), linesOf(b)]
  const [links, others] = [chainOf(a), chainOf(b)]
  const at = x.findIndex((line, i) => line !== y[i])
  const until = at < 0 ? x.length : at
  expect(links.slice(0, until + 1)).toEqual(others.slice(0, until + 1))
  if (until < x.length) expect(links[until + 1]).not.toBe(others[until + 1])
  return until
}

describe('a fork', () => {
  test('has the same past, a different future, and replays; its parent does not change by a byte', async () => {
    const before = filesIn(join(folder, 'a'))
    const forked = await fork('a', '--at', '6', '--set', 'learningRate=0.02', '--out', 'b')
    expect(forked).toMatchObject({ code: 0, stderr: '' })
    expect(forked.stdout).toContain('cartpole: on from update 6 of 10, in b')
    expect(filesIn(join(folder, 'a'))).toEqual(before)
    expect(sameUntil('a', 'b')).toBe(6)
    expect([linesOf('b').length, chainOf('b').length]).toEqual([10, 11])
    const [parent, child] = [configOf('a'), configOf('b')]
    expect(child).toEqual({
      ...parent,
      settings: { ...parent.settings, learningRate: 0.02 },
      past: [{ until: 6, settings: parent.settings }],
    })
    await verified('b', 10)
    const played = await proximal(folder, 'eval', 'b', '--episodes', '2')
    expect(played.code).toBe(0)
  })

  test('with the same settings is the same run, from another update, on other kernels', async () => {
    for (const at of [1, 10]) {
      const forked = await fork(
        'a',
        '--at',
        String(at),
        '--out',
        `same${at}`,
        '--backend',
        'js',
        ...(at === 10 ? ['--steps', '704'] : []),
      )
      expect(forked.stderr).toBe('')
      // A longer run, whose learning rate falls more slowly, is another from there on.
      expect(sameUntil('a', `same${at}`)).toBe(10)
    }
    expect(chainOf('same1')).toEqual(chainOf('a'))
    expect(linesOf('same10')).toHaveLength(11)
    await verified('same10', 11)
  })

  test('at an update without a checkpoint goes back there by learning it again', async () => {
    expect(readdirSync(join(folder, 'a/checkpoints'))).not.toContain('00000004.safetensors')
    for (const at of [4, 7]) {
      const forked = await fork(
        'a',
        '--at',
        String(at),
        '--set',
        'learningRate=0.02',
        '--out',
        `at${at}`,
      )
      expect(forked.stdout).toContain(`back to update ${at}  ${at}/${at} updates`)
      expect(sameUntil('a', `at${at}`)).toBe(at)
      await verified(`at${at}`, 10)
    }
  })

  test('at 0 is a new run from the same start, without a past', async () => {
    expect((await fork('a', '--at', '0', '--set', 'gamma=0.9', '--out', 'new')).code).toBe(0)
    expect(sameUntil('a', 'new')).toBe(0)
    expect(configOf('new').past).toEqual([])
    expect(chainOf('new')[0]).toBe(chainOf('a')[0])
    await verified('new', 10)
  })

  test('of a fork keeps what came before both, and no more of it than there was', async () => {
    const twice = ['--set', 'learningRate=0.001']
    expect((await fork('b', '--at', '8', ...twice, '--out', 'bb')).stderr).toBe('')
    const [a, b] = [configOf('a').settings, configOf('b').settings]
    expect(configOf('bb').past).toEqual([
      { until: 6, settings: a },
      { until: 8, settings: b },
    ])
    expect([sameUntil('b', 'bb'), sameUntil('a', 'bb')]).toEqual([8, 6])
    await verified('bb', 10)

    expect((await fork('bb', '--at', '3', ...twice, '--out', 'early')).stderr).toBe('')
    expect(configOf('early').past).toEqual([{ until: 3, settings: a }])
    expect(sameUntil('a', 'early')).toBe(3)

    expect((await fork('bb', '--at', '6', ...twice, '--out', 'edge')).stderr).toBe('')
    expect(configOf('edge').past).toEqual([{ until: 6, settings: a }])
    await verified('edge', 10)
  })

  test('may be longer or shorter, gets a new folder without --out, and says so in JSON', async () => {
    const forked = await fork('a', '--at', '2', '--steps', '192', '--json')
    expect(forked.code).toBe(0)
    const said = JSON.parse(forked.stdout) as { run: string; steps: number }
    expect(said).toMatchObject({ steps: 192, run: join('runs', 'cartpole-seed1-at2') })
    expect(linesOf(said.run)).toHaveLength(3)
    await verified(said.run, 3)
    const again = await fork('a', '--at', '2', '--steps', '192', '--json')
    expect(JSON.parse(again.stdout)).toMatchObject({ run: join('runs', 'cartpole-seed1-at2-2') })
  })

  test('goes on itself by --resume, from where it was forked on', async () => {
    cpSync(join(folder, 'b'), join(folder, 'cut'), { recursive: true })
    rmSync(join(folder, 'cut/replay.json'))
    rmSync(join(folder, 'cut/checkpoints/00000010.safetensors'))
    const on = await proximal(folder, 'train', '--resume', 'cut')
    expect(on.stdout).toContain('on from update 6 of 10, in cut')
    expect(filesIn(join(folder, 'cut'))).toEqual(filesIn(join(folder, 'b')))

    rmSync(join(folder, 'cut/checkpoints'), { recursive: true })
    const anew = await proximal(folder, 'train', '--resume', 'cut')
    expect(anew.stdout).toContain('on from update 0 of 10, in cut')
    expect(chainOf('cut')).toEqual(chainOf('b'))
  })

  test('that a fault ends keeps what was learned before, and replays until there', async () => {
    const broken = ['--set', 'learningRate=1e38', '--set', 'gradClip=none', '--json']
    const { code, stderr, stdout } = await fork('a', '--at', '4', ...broken, '--out', 'broken')
    expect(code).toBe(2)
    expect(stderr).toContain('; what was learned before is in broken\n')
    const { error, run } = JSON.parse(stdout) as { error: { update: number }; run: string }
    expect(run).toBe('broken')
    const done = error.update - 1
    expect(done).toBeGreaterThanOrEqual(4)
    expect(linesOf('broken').slice(0, 4)).toEqual(linesOf('a').slice(0, 4))
    expect(linesOf('broken')).toHaveLength(done)
    await verified('broken', done)
    const before = filesIn(join(folder, 'broken'))
    const again = await proximal(folder, 'train', '--resume', 'broken', '--json')
    expect(again.stdout).toBe(stdout)
    expect(filesIn(join(folder, 'broken'))).toEqual(before)
  })

  test('of a run that was ended early goes as far as that', async () => {
    cpSync(join(folder, 'broken'), join(folder, 'early-end'), { recursive: true })
    const done = linesOf('early-end').length
    const beyond = await fork('early-end', '--at', '9', '--out', 'never')
    expect([beyond.code, beyond.stderr]).toEqual([
      2,
      `proximal: early-end/metrics.jsonl: expected the lines of 9 updates, got ${done}\n`,
    ])
    const mended = ['--set', 'learningRate=0.001']
    expect((await fork('early-end', '--at', '4', ...mended, '--out', 'mended')).stderr).toBe('')
    await verified('mended', 10)
  })
})

describe('fork refuses, and makes no folder', () => {
  const refused = async (args: readonly string[], said: string | RegExp): Promise<void> => {
    const before = filesIn(join(folder, 'a'))
    const { code, stderr } = await fork(...(args as [string, ...string[]]), '--out', 'never')
    if (typeof said === 'string') expect(stderr).toContain(said)
    else expect(stderr).toMatch(said)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(code).toBe(2)
    expect(existsSync(join(folder, 'never'))).toBe(false)
    expect(filesIn(join(folder, 'a'))).toEqual(before)
  }

  test.each<[string, string[], string | RegExp]>([
    ['no update', ['a'], '--at: expected an update to fork after, got nothing'],
    ['half an update', ['a', '--at', '1.5'], '--at: expected a whole number'],
    [
      'an update beyond its end',
      ['a', '--at', '11'],
      '--at: expected an update from 0 to 10, got 11',
    ],
    [
      'its end, where nothing is before it',
      ['a', '--at', '10'],
      '--at: expected less than the 10 updates of the new run, got 10: --steps makes it longer',
    ],
    [
      'fewer steps than there were',
      ['a', '--at', '6', '--steps', '320'],
      'settings.totalSteps: expected at least the 6 updates of the past, got 5',
    ],
    ['no run', ['nowhere', '--at', '1'], 'nowhere/config.json'],
    ['another environment', ['a', 'cartpole', '--at', '1'], 'cartpole: expected no more'],
    ['a seed', ['a', '--at', '1', '--seed', '2'], '--seed'],
    ['an unknown field', ['a', '--at', '1', '--set', 'gama=1'], 'did you mean gamma?'],
    [
      'other layers',
      ['a', '--at', '6', '--set', 'hidden=[9]'],
      /--set: expected settings that fit the state of the run: actor\.layer0\.weight: expected f32 .*9.*, got/,
    ],
    [
      'more worlds',
      ['a', '--at', '6', '--set', 'envs=8'],
      'past[0].settings.envs: expected 8 as now, got 4',
    ],
    [
      'longer rollouts',
      ['a', '--at', '6', '--set', 'steps=32'],
      'past[0].settings.steps: expected 32 as now, got 16',
    ],
    [
      'statistics that were not kept',
      ['a', '--at', '6', '--set', 'normalise.observation=true'],
      'that fit the state of the run: normaliser.observation.count',
    ],
    [
      'statistics of rewards that were not kept',
      ['a', '--at', '6', '--set', 'normalise.reward=true'],
      'that fit the state of the run: normaliser.reward',
    ],
    [
      'an optimiser of its own for V',
      ['a', '--at', '6', '--set', 'valueLearningRate=0.001'],
      /that fit the state of the run: optim\.adam/,
    ],
    [
      'a weight that tunes itself',
      ['a', '--at', '6', '--set', 'klPenalty.kind=adaptive'],
      'that fit the state of the run: run.tuned',
    ],
    ['layers at its very start', ['a', '--at', '0', '--set', 'hidden=[9]'], 'actor.layer0.weight'],
  ])('%s', async (_, args, said) => {
    await refused(args, said)
    expect(linesOf('a')).toHaveLength(10)
  })

  test('an existing folder, which stays as it is', async () => {
    const before = filesIn(join(folder, 'a'))
    const { code, stdout, stderr } = await fork('a', '--at', '5', '--out', 'a')
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('a: expected a new or empty folder') as string,
    ])
    // It says so before it goes back to the update, which may take long.
    expect(stdout).toBe('')
    expect(filesIn(join(folder, 'a'))).toEqual(before)
    expect((await fork('a', '--at', '6', '--out', '')).stderr).toContain('--out: expected the name')
  })

  test('a parent whose metrics, config or past were changed', async () => {
    const edit = (file: string, from: RegExp, to: string): string => {
      const name = `edited-${file}`
      cpSync(join(folder, 'b'), join(folder, name), { recursive: true })
      const path = join(folder, name, file)
      const text = readFileSync(path, 'utf8')
      expect(text).toMatch(from)
      writeFileSync(path, text.replace(from, to))
      return name
    }
    const metrics = edit('metrics.jsonl', /"entropy":0\.6/, '"entropy":0.5')
    await refused(
      [metrics, '--at', '4'],
      `${metrics}/metrics.jsonl: expected the lines written before`,
    )
    const config = edit('config.json', /"seed": 1/, '"seed": 2')
    await refused([config, '--at', '4'], `${config}/config.json: expected the config that its`)
    const past = edit('config.json', /("past": [^]*?"gamma": )[\d.]+/, '$10.5')
    const otherPast = `${past}/config.json: expected the config that its`
    await refused([past, '--at', '4'], otherPast)
    expect((await proximal(folder, 'train', '--resume', past)).stderr).toContain(otherPast)
  })
})
