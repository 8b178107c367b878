import { resolve } from 'node:path'
import { vi } from 'vitest'
import { buildSite, ROOT } from '../../src/demo/site.ts'

/** Where the tests of the page have it. */
export const SITE = resolve('.build/demo/testSite')

let building: Promise<void> | null = null

const build = async (): Promise<void> => {
  // Vite builds for a test otherwise, with what helps those who develop.
  vi.stubEnv('NODE_ENV', 'production')
  try {
    await buildSite(ROOT, SITE)
  } finally {
    vi.unstubAllEnvs()
  }
}

/** Builds the page as it is published, once for all files that a worker of the tests runs. */
export const builtSite = (): Promise<void> => (building ??= build())
