import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CLI, filesIn, proximal, workshop, type Ended } from '../support/cli.ts'

const { folder, remove } = workshop()

const TRAIN = ['train', 'cartpole', '--set', 'envs=2', '--set', 'steps=8', '--set', 'hidden=[4]']
const RUN = [...TRAIN, '--threads', '1', '--steps', '64', '--out']

beforeAll(() => proximal(folder, ...RUN, 'whole'))
afterAll(remove)

/** Where a stream of a process goes: nowhere that takes it, to a reader that is gone, or to us. */
type Sink = 'full' | 'gone' | 'pipe'

const run = (args: readonly string[], stdout: Sink, stderr: Sink = 'pipe'): Promise<Ended> => {
  const full = openSync('/dev/full', 'w')
  const target = (sink: Sink) => (sink === 'full' ? full : 'pipe')
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd: folder,
    stdio: ['ignore', target(stdout), target(stderr)],
  })
  const said = { stdout: '', stderr: '' }
  for (const [name, sink] of [
    ['stdout', stdout],
    ['stderr', stderr],
  ] as const) {
    if (sink === 'gone') child[name]?.destroy()
    else child[name]?.on('data', (data: Buffer) => (said[name] += data.toString()))
  }
  return new Promise((resolve) => {
    child.once('close', (code) => {
      closeSync(full)
      resolve({ code: code ?? -1, ...said })
    })
  })
}

const namesOf = (files: Readonly<Record<string, string>>) => Object.keys(files)

describe.runIf(process.platform === 'linux')('a command whose output cannot be written', () => {
  test.each([
    ['full', 'no space is left on the device'],
    ['gone', 'its reader closed first'],
  ] as const)('%s: trains on, keeps the run, and then says so', async (sink, reason) => {
    for (const [name, ...options] of [[`${sink}-text`], [`${sink}-json`, '--json']] as const) {
      const { code, stderr } = await run([...RUN, name, ...options], sink)
      expect(code).toBe(2)
      expect(stderr.trimEnd().split('\n').at(-1)).toBe(
        `proximal: stdout: not everything was written: ${reason}; the command did all other work`,
      )
      expect(filesIn(join(folder, name))).toEqual(filesIn(join(folder, 'whole')))
    }
  })

  test('on stderr is as good as one that can', async () => {
    for (const sink of ['full', 'gone'] as const) {
      const { code, stdout } = await run([...RUN, `stderr-${sink}`, '--json'], 'pipe', sink)
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ run: `stderr-${sink}` })
    }
  })

  test('on both ends with what it has done', async () => {
    expect(await run([...RUN, 'both'], 'full', 'full')).toMatchObject({ code: 2 })
    expect(namesOf(filesIn(join(folder, 'both')))).toEqual(namesOf(filesIn(join(folder, 'whole'))))
  })

  test.each([
    [['presets']],
    [['--help']],
    [['eval', 'whole', '--episodes', '1']],
    [['replay', 'whole', '--json']],
    [['watch', 'whole']],
    [['export', 'whole', '--to', 'csv', '--out', 'csv', '--json']],
    [['fork', 'whole', '--at', '2', '--out', 'forked']],
  ])('%j: says so in one line, and nothing else', async (args) => {
    expect(await run(args, 'full')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/(^|\n)proximal: stdout: not everything[^\n]*\n$/) as string,
    })
  })

  test('of a wrong command says what was wrong', async () => {
    const { code, stderr } = await run(['trian'], 'full')
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^proximal: command: [^\n]*\n$/) as string,
    ])
  })
})
