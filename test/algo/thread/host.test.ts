import { afterEach, describe, expect, test, vi } from 'vitest'
import { startThread, type Start } from '../../../src/algo/thread/host.ts'

/** The type of the script that a thread of the web is started as, from a worker at `own`. */
const typeStarted = async (
  own: string,
  url: string,
  importScripts?: () => void,
): Promise<unknown> => {
  const started: unknown[] = []
  class Worker {
    constructor(...how: readonly unknown[]) {
      started.push(...how)
    }
    addEventListener(): void {}
    postMessage(): void {}
  }
  vi.stubGlobal('Worker', Worker)
  vi.stubGlobal('location', { href: own })
  vi.stubGlobal('importScripts', importScripts)
  await startThread({ href: url }, {} as Start, () => undefined)
  expect(started[0]).toEqual(new URL(url))
  return started[1]
}

const OWN = 'https://example.org/worker.js'

const refusing = (): never => {
  throw new TypeError('Module scripts do not support importScripts().')
}

describe('a thread of the web', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  test('is a module where its worker is one', async () => {
    expect(await typeStarted(OWN, OWN, refusing)).toEqual({ type: 'module' })
  })

  test('is a classic script where it runs the script of a worker that is one', async () => {
    expect(await typeStarted(OWN, OWN, () => undefined)).toEqual({ type: 'classic' })
  })

  test('is a module where it runs another script, or a page starts it', async () => {
    const other = 'https://example.org/other.js'
    expect(await typeStarted(OWN, other, () => undefined)).toEqual({ type: 'module' })
    expect(await typeStarted(OWN, OWN)).toEqual({ type: 'module' })
  })
})
