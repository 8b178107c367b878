import {
  appendFileSync,
  cpSync,
  readFileSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stepsIn } from '../../src/format/tfevents.ts'
import { proximal, workshop } from '../support/cli.ts'

const SMALL = ['--set', 'envs=4', '--set', 'steps=16', '--set', 'hidden=[8]', '--threads', '1']
const TRAIN = ['train', 'cartpole', ...SMALL, '--steps', '640', '--checkpoint-every', '3']
const { folder, remove } = workshop()

beforeAll(async () => {
  await proximal(folder, ...TRAIN, '--tensorboard', '--out', 'a')
  await proximal(folder, 'export', 'a', '--to', 'tensorboard', '--out', 'exported')
}, 120_000)
afterAll(remove)

const eventFile = (name: string): string => {
  const found = readdirSync(join(folder, name)).filter((one) => one.startsWith('events.'))
  expect(found).toHaveLength(1)
  return join(folder, name, found[0]!)
}

/** The events of a file without their times, which no two runs share, and without checksums. */
const events = (path: string): readonly string[] => {
  const bytes = readFileSync(path)
  let start = 0
  const found = [...stepsIn([bytes])].map(({ end }) => {
    const event = bytes.subarray(start + 12 + 9, end - 4).toString('hex')
    start = end
    return event
  })
  expect(start).toBe(bytes.length)
  return found
}

/** A copy as a kill after the checkpoint of update 6 leaves it. */
const killed = (name: string): string => {
  cpSync(join(folder, 'a'), join(folder, name), { recursive: true })
  rmSync(join(folder, name, 'replay.json'))
  for (const update of ['09', '10'])
    rmSync(join(folder, name, `checkpoints/000000${update}.safetensors`))
  return eventFile(name)
}

describe('train --tensorboard', () => {
  test('writes the events that an export of the run has', () => {
    const path = eventFile('a')
    expect(events(path)).toHaveLength(11)
    expect([...stepsIn([readFileSync(path)])].map(({ steps }) => steps)).toEqual(
      Array.from({ length: 11 }, (_, i) => 64 * i),
    )
    expect(events(eventFile('a'))).toEqual(events(eventFile('exported')))
  })

  test.each<readonly [string, (path: string) => void]>([
    ['as it was', () => undefined],
    ['with half an event at its end', (path) => appendFileSync(path, 'half an event')],
    ['cut off in the middle of an event', (path) => truncateSync(path, 500)],
    ['empty', (path) => writeFileSync(path, '')],
    ['of something else', (path) => writeFileSync(path, 'x'.repeat(3000))],
  ])('goes on by itself in a run that was killed, whose event file is %s', async (name, damage) => {
    const path = killed(name)
    damage(path)
    expect(await proximal(folder, 'train', '--resume', name)).toMatchObject({ code: 0, stderr: '' })
    expect(events(path)).toEqual(events(eventFile('a')))
    expect((await proximal(folder, 'replay', name)).code).toBe(0)
  })

  test('of a run without one starts with all earlier events', async () => {
    rmSync(killed('later'))
    await proximal(folder, 'train', '--resume', 'later', '--tensorboard')
    expect(events(eventFile('later'))).toEqual(events(eventFile('a')))
  })

  test('exists only on request', async () => {
    await proximal(folder, ...TRAIN, '--out', 'plain')
    expect(readdirSync(join(folder, 'plain')).some((name) => name.startsWith('events'))).toBe(false)
  })

  test('of a fork has the events of its parent first', async () => {
    const args = ['--at', '6', '--set', 'learningRate=0.02', '--out', 'f', '--tensorboard']
    const forked = await proximal(folder, 'fork', 'a', ...args)
    expect(forked).toMatchObject({ code: 0, stderr: '' })
    expect(events(eventFile('f')).slice(0, 7)).toEqual(events(eventFile('a')).slice(0, 7))
    expect(events(eventFile('f'))).toHaveLength(11)
  })
})
