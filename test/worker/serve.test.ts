import { afterEach, expect, test, vi } from 'vitest'
import type { Port } from '../../src/worker/index.ts'
import { serve } from '../../src/worker/index.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

test('a thread that cannot begin throws uncaught, so that its page hears of it', async () => {
  const thrower = new Promise<() => void>((resolve) => {
    vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(resolve)
  })
  let hear: (event: { readonly data: unknown }) => void = () => undefined
  const port: Port = {
    postMessage: () => undefined,
    addEventListener: (_: string, listener: typeof hear) => {
      hear = listener
    },
  }
  serve({}, port)
  // What starts a thread, but damaged.
  hear({ data: { rank: 1, memory: null } })
  expect(await thrower).toThrow(TypeError)
})
