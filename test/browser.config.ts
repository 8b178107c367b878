import { defineConfig, mergeConfig } from 'vitest/config'
import { inBrowser, shared } from './vitest.config.ts'

/** What needs a browser: `npm run test:browser`. */
export default mergeConfig(
  shared,
  defineConfig({
    test: {
      include: inBrowser,
      // One page at a time: a browser has processes enough, and a suite may run beside this one.
      maxWorkers: 1,
      testTimeout: 240_000,
      hookTimeout: 240_000,
    },
  }),
)
