import { afterEach, describe, expect, test, vi } from 'vitest'
import { startThread, type Start, type Thread } from '../../../src/algo/thread/host.ts'

/** What a Worker of the web was last made with. */
let made: readonly unknown[] = []

/** A thread of the web, which a worker at `own` starts from `url`, and which never answers. */
const started = (own: string, url: string, onDeath: (how: string) => void): Promise<Thread> => {
  class Worker {
    constructor(...how: readonly unknown[]) {
      made = how
    }
    addEventListener(): void {}
    postMessage(): void {}
  }
  vi.stubGlobal('Worker', Worker)
  vi.stubGlobal('location', { href: own })
  return startThread({ href: url }, { timeoutMs: 10 } as Start, onDeath)
}

/** The type of the script that it is started as. */
const typeStarted = async (
  own: string,
  url: string,
  importScripts?: () => void,
): Promise<unknown> => {
  vi.stubGlobal('importScripts', importScripts)
  vi.useFakeTimers()
  await started(own, url, () => undefined)
  vi.useRealTimers()
  expect(made[0]).toEqual(new URL(url))
  return made[1]
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

  test('is lost where its module never begins, with a word on what to do', async () => {
    vi.useFakeTimers()
    try {
      const died: string[] = []
      const thread = await started(OWN, OWN, (how) => died.push(how))
      await vi.advanceTimersByTimeAsync(29_999)
      expect(died).toEqual([])
      await vi.advanceTimersByTimeAsync(1)
      await thread.ready
      expect(died).toEqual([
        'did not begin within 30000 ms: name a module that calls `serve` of proximal/worker as the option `worker`',
      ])
    } finally {
      vi.useRealTimers()
    }
  })

  test('is a module where it runs another script, or a page starts it', async () => {
    const other = 'https://example.org/other.js'
    expect(await typeStarted(OWN, other, () => undefined)).toEqual({ type: 'module' })
    expect(await typeStarted(OWN, OWN)).toEqual({ type: 'module' })
  })
})
