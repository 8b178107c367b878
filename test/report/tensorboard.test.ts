import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { eventsFileName } from '../../src/format/tfevents.ts'
import { tensorboardEvents } from '../../src/report/tensorboard.ts'
import { metricsOf } from '../support/metrics.ts'

const root = protobuf.Root.fromJSON({
  nested: {
    Value: {
      fields: { tag: { type: 'string', id: 1 }, simpleValue: { type: 'float', id: 2 } },
    },
    Summary: { fields: { value: { rule: 'repeated', type: 'Value', id: 1 } } },
    Event: {
      fields: {
        wallTime: { type: 'double', id: 1 },
        step: { type: 'int64', id: 2 },
        fileVersion: { type: 'string', id: 3 },
        summary: { type: 'Summary', id: 5 },
      },
    },
  },
})

interface Event {
  readonly wallTime: number
  readonly step?: number
  readonly fileVersion?: string
  readonly summary?: { readonly value: ReadonlyArray<{ tag: string; simpleValue: number }> }
}

const maskedCrc = (bytes: Uint8Array): number => {
  let x = 0xffffffff
  for (const byte of bytes)
    for (let i = 0; i < 8; i++) x = ((x ^ (byte >> i)) & 1 ? 0x82f63b78 : 0) ^ (x >>> 1)
  const crc = BigInt((x ^ 0xffffffff) >>> 0)
  return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn)
}

/** The events of a file, each record's checksums compared. */
const read = (bytes: Uint8Array): readonly Event[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const events: Event[] = []
  const type = root.lookupType('Event')
  for (let at = 0; at < bytes.length;) {
    const length = Number(view.getBigUint64(at, true))
    expect(view.getUint32(at + 8, true)).toBe(maskedCrc(bytes.subarray(at, at + 8)))
    const data = bytes.subarray(at + 12, at + 12 + length)
    expect(view.getUint32(at + 12 + length, true)).toBe(maskedCrc(data))
    events.push(type.toObject(type.decode(data), { longs: Number }) as Event)
    at += 16 + length
  }
  return events
}

const values = (event: Event) =>
  Object.fromEntries((event.summary?.value ?? []).map((x) => [x.tag, x.simpleValue]))

describe('an event file', () => {
  test('begins with its version, and has an event an update at its steps and its time', () => {
    const events = read(
      tensorboardEvents([metricsOf(1), metricsOf(2)], { wallTime: 1000.5, secondsPerUpdate: 3 }),
    )
    expect(events[0]).toEqual({ wallTime: 1000.5, fileVersion: 'brain.Event:2' })
    expect(events.slice(1).map(({ wallTime, step }) => [wallTime, step])).toEqual([
      [1003.5, 100],
      [1006.5, 200],
    ])
  })

  test('has every metric under its tag', () => {
    const [, event] = read(tensorboardEvents([metricsOf(3)], { wallTime: 0 }))
    expect(event!.wallTime).toBe(1)
    expect(values(event!)).toEqual({
      'charts/episodic_return': 30.5,
      'charts/episodic_length': 5.5,
      'charts/learning_rate': 0.25,
      'losses/policy_loss': -0.5,
      'losses/value_loss': 1.5,
      'losses/entropy': 0.75,
      'losses/approx_kl': 0.125,
      'losses/clipfrac': 0.0625,
      'losses/explained_variance': 0.875,
      'losses/grad_norm': 2.5,
    })
  })

  test('leaves out what an update has no value of', () => {
    const metrics = metricsOf(1, { explainedVariance: NaN, episodes: [] })
    const [, event] = read(tensorboardEvents([metrics], { wallTime: 0 }))
    const tags = Object.keys(values(event!))
    expect(tags).toHaveLength(7)
    for (const tag of [
      'charts/episodic_return',
      'charts/episodic_length',
      'losses/explained_variance',
    ])
      expect(tags).not.toContain(tag)
  })

  test('keeps infinite numbers', () => {
    const metrics = metricsOf(1, { approxKl: Infinity, entropy: -Infinity })
    const [, event] = read(tensorboardEvents([metrics], { wallTime: 0 }))
    expect(values(event!)).toMatchObject({
      'losses/approx_kl': Infinity,
      'losses/entropy': -Infinity,
    })
  })

  test('of a run without updates contains only its version', () => {
    expect(read(tensorboardEvents([], { wallTime: 7 }))).toHaveLength(1)
  })

  test('has a name that is looked for, of whole seconds', () => {
    expect(eventsFileName(1700000000.9)).toBe('events.out.tfevents.1700000000.proximal')
  })

  test.each([
    [{ wallTime: -1 }, 'wallTime: expected seconds >= 0, got -1'],
    [{ wallTime: Infinity }, 'wallTime'],
    [{ wallTime: 0, secondsPerUpdate: NaN }, 'secondsPerUpdate: expected seconds >= 0, got NaN'],
  ])('a clock of %j is refused', (times, message) => {
    expect(() => tensorboardEvents([], times)).toThrow(message)
  })
})
