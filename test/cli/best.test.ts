import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesIn, proximal, stopped, updatesIn, workshop } from '../support/cli.ts'

const { folder, remove } = workshop()
afterAll(remove)

/** Runs a command, written as one line. */
const run = (line: string) => proximal(folder, ...line.split(' '))

const TRAIN =
  'train cartpole --set envs=4 --set steps=16 --set hidden=[8] --threads 1 --eval-episodes 4'
const LONG = `${TRAIN} --steps 6400 --eval-every 200`

const json = (text: string): Record<string, unknown> =>
  JSON.parse(text.trimEnd().split('\n').at(-1)!) as Record<string, unknown>

const bytes = (...path: readonly string[]): Buffer => readFileSync(join(folder, ...path))

interface Line {
  readonly update: number
  readonly evalReturn?: number
  readonly evalLow?: number
}

const evaluationsOf = (name: string): readonly Line[] =>
  bytes(name, 'metrics.jsonl')
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .filter(({ evalReturn }) => evalReturn !== undefined)

/** The earliest of the evaluations with the highest mean return. */
const bestOf = (name: string) => {
  const { update, evalReturn } = evaluationsOf(name).reduce((best, one) =>
    one.evalReturn! > best.evalReturn! ? one : best,
  )
  return { update, mean: evalReturn! }
}

const copied = (name: string): string => {
  cpSync(join(folder, 'whole'), join(folder, name), { recursive: true })
  return join(folder, name)
}

/** Makes a run one that was killed after its checkpoint of that update. */
const unfinished = (name: string, update: number): string => {
  const path = copied(name)
  rmSync(join(path, 'replay.json'))
  for (const file of readdirSync(join(path, 'checkpoints')))
    if (parseInt(file) > update) rmSync(join(path, 'checkpoints', file))
  return path
}

let said = ''
beforeAll(async () => {
  said = (await run(`${LONG} --checkpoint-every 30 --out whole --json`)).stdout
})

describe('best.safetensors', () => {
  test('is the policy of the best evaluation, the earliest of equal ones', async () => {
    const best = bestOf('whole')
    expect(json(said)).toMatchObject({ best })
    const { code, stdout } = await run('eval whole --best --episodes 5 --json')
    expect([code, json(stdout)]).toEqual([0, expect.objectContaining({ best, episodes: 5 })])
    // A run that ends after that update has it as its last policy.
    await run(`${LONG} --stop-at ${best.mean} --out short`)
    expect(updatesIn(join(folder, 'short'))).toBe(best.update)
    const short = json((await run('eval short --episodes 5 --json')).stdout)
    expect(json(stdout)).toMatchObject(short)
  })

  test('is what watch and export use with --best', async () => {
    for (const best of ['', ' --best']) {
      expect((await run(`export whole --to onnx --out onnx${best.trim()}${best}`)).code).toBe(0)
      expect((await run(`watch whole --save film${best.trim()}.svg${best}`)).code).toBe(0)
    }
    expect(bytes('onnx--best/policy.onnx').equals(bytes('onnx/policy.onnx'))).toBe(false)
    expect((await run('export whole --to html --best --out html')).stdout).toContain(
      'the best policy: update ',
    )
  })

  test('has the same bytes where the run was killed, again and again', async () => {
    const go = (...args: readonly string[]) =>
      stopped(folder, 'SIGKILL', 'killed', updatesIn(join(folder, 'killed')) + 30, ...args)
    let ended = await go(...`${LONG} --checkpoint-every 5 --out killed`.split(' '))
    let kills = 0
    while (ended.signal === 'SIGKILL') {
      kills += 1
      ended = await go('train', '--resume', 'killed', '--checkpoint-every', '5')
    }
    expect(kills).toBeGreaterThan(0)
    for (const name of ['best.safetensors', 'metrics.jsonl', 'replay.json'])
      expect(bytes('killed', name).equals(bytes('whole', name))).toBe(true)
  })

  test('of a later update than the one resumed from is made again', async () => {
    const path = unfinished('ahead', 0)
    await run('train --resume ahead --checkpoint-every 30')
    expect(filesIn(path)).toEqual(filesIn(join(folder, 'whole')))
  })

  test('that is missing is reported, and the run continues', async () => {
    const path = unfinished('missing', 90)
    rmSync(join(path, 'best.safetensors'))
    const { code, stdout } = await run('train --resume missing')
    expect(code).toBe(0)
    // Nothing later is better.
    expect(bestOf('missing').update).toBeLessThan(90)
    expect(stdout).toContain('is missing; the next better policy will be kept')
    expect(existsSync(join(path, 'best.safetensors'))).toBe(false)
    expect((await run('replay missing')).code).toBe(0)
  })

  test('that is not a policy of the run is refused and left unchanged', async () => {
    const path = join(unfinished('foreign', 90), 'best.safetensors')
    writeFileSync(path, bytes('whole/params.safetensors'))
    const { code, stderr } = await run('train --resume foreign')
    expect([code, stderr]).toEqual([
      2,
      'proximal: foreign/best.safetensors: expected the best policy of this run, found something else: move it away\n',
    ])
    expect(readFileSync(path).equals(bytes('whole/params.safetensors'))).toBe(true)
  })

  test('that was changed after the run is an error', async () => {
    const path = join(copied('changed'), 'best.safetensors')
    const changed = readFileSync(path)
    changed[changed.length - 1]! ^= 1
    writeFileSync(path, changed)
    const { code, stderr } = await run('eval changed --best')
    expect([code, stderr]).toEqual([2, expect.stringContaining('it was changed after the run')])
  })

  test('is verified by replay', async () => {
    expect((await run('replay whole')).code).toBe(0)
    const path = copied('forged')
    const record = JSON.parse(bytes('forged/replay.json').toString()) as {
      readonly files: Record<string, string>
    }
    writeFileSync(
      join(path, 'replay.json'),
      JSON.stringify({ ...record, files: { ...record.files, best: '0'.repeat(64) } }),
    )
    const { code, stdout } = await run('replay forged')
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining('expected the policy of best.safetensors, got another'),
    ])
  })

  test('is there only with evaluations', async () => {
    await run('train cartpole --set envs=4 --set steps=16 --set hidden=[8] --steps 64 --out plain')
    expect(existsSync(join(folder, 'plain/best.safetensors'))).toBe(false)
    const { code, stderr } = await run('eval plain --best')
    expect([code, stderr]).toEqual([
      2,
      'proximal: plain/best.safetensors: expected the best policy of the run, found none: train with --eval-every\n',
    ])
  })

  test('of a fork is the best of its own updates', async () => {
    expect((await run('fork whole --at 50 --set gamma=0.9 --out fork')).code).toBe(0)
    const own = evaluationsOf('fork').filter(({ update }) => update > 50)
    const { update } = own.reduce((a, b) => (b.evalReturn! > a.evalReturn! ? b : a))
    const { stdout } = await run('eval fork --best --episodes 1 --json')
    expect(json(stdout)).toMatchObject({ best: { update } })
    expect((await run('replay fork')).code).toBe(0)
  })
})

describe('--stop-at', () => {
  const STOP = `${LONG} --stop-at 150`

  test('ends the run when the lower end of the interval reaches it, as finished', async () => {
    const { code, stdout } = await run(`${STOP} --out stop --checkpoint-every 10 --json`)
    expect(code).toBe(0)
    const all = evaluationsOf('whole')
    const until = all.findIndex(({ evalLow }) => evalLow! >= 150)
    expect(until).toBeGreaterThan(0)
    expect(evaluationsOf('stop')).toEqual(all.slice(0, until + 1))
    expect(updatesIn(join(folder, 'stop'))).toBe(all[until]!.update)
    expect(json(stdout)).toMatchObject({ stopped: true, steps: 64 * all[until]!.update })
    expect(existsSync(join(folder, 'stop/replay.json'))).toBe(true)
  })

  test('ends the replay and the certificate at the same update', async () => {
    const { code, stdout } = await run('replay stop --certificate stop.json')
    expect(code).toBe(0)
    expect(stdout).toContain(`${updatesIn(join(folder, 'stop'))} updates, hash`)
    expect((await run('replay stop.json')).code).toBe(0)
  })

  test('has ended the run for good, and does so again where it was killed', async () => {
    const path = join(folder, 'stop')
    const whole = filesIn(path)
    expect((await run('train --resume stop --checkpoint-every 10')).stdout).toContain(
      'stopped after update',
    )
    expect(filesIn(path)).toEqual(whole)
    rmSync(join(path, 'replay.json'))
    for (const name of readdirSync(join(path, 'checkpoints')).toSorted().slice(1))
      rmSync(join(path, 'checkpoints', name))
    await run('train --resume stop --checkpoint-every 10')
    expect(filesIn(path)).toEqual(whole)
  })

  test('that is not reached changes nothing but the config', async () => {
    const { stdout } = await run(`${LONG} --stop-at 501 --out never --json`)
    expect(json(stdout)).toMatchObject({ stopped: false, steps: 6400 })
    for (const name of ['metrics.jsonl', 'chain', 'best.safetensors'])
      expect(bytes('never', name).equals(bytes('whole', name))).toBe(true)
  })

  test.each([
    ['--stop-at 9', '--stop-at: expected --eval-every with it, got none'],
    ['--stop-at x --eval-every 9', '--stop-at: expected a return such as 475 or =-150, got "x"'],
    ['--stop-at 9 --eval-every 9 --eval-episodes 1', '--stop-at: expected at least 2 episodes'],
  ])('%s is refused', async (options, problem) => {
    const { code, stderr } = await run(`train cartpole ${options} --out none`)
    expect([code, stderr]).toEqual([2, expect.stringContaining(problem)])
  })
})
