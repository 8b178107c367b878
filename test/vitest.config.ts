import { configDefaults, defineConfig, mergeConfig } from 'vitest/config'

/** The tests that open pages in Chromium. */
export const inBrowser = [
  'test/browser/**/*.test.ts',
  'test/demo/backends.test.ts',
  'test/demo/learn.test.ts',
  'test/demo/site.test.ts',
  'test/demo/teaching.test.ts',
  'test/demo/tour.test.ts',
]

/**
 * The tests that start programs: the command line as a user does, those of the README, and the compiler
 * that lists all public types.
 */
export const ofPrograms = [
  'test/cli/**/*.test.ts',
  'test/readme.test.ts',
  'test/package/api.test.ts',
]

/** The tests that start Redis servers. */
export const onServers = ['test/redis/**/*.test.ts']

/** How all tests run. */
export const shared = defineConfig({
  test: {
    root: '.',
    globalSetup: ['test/build.ts'],
    setupFiles: ['test/setup.ts'],
    pool: 'threads',
    // Without this one core of two would stay idle.
    maxWorkers: '100%',
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})

/** What runs within the process of the tests: `npm test`. */
export default mergeConfig(
  shared,
  defineConfig({
    test: {
      include: ['test/**/*.test.ts'],
      exclude: [...configDefaults.exclude, ...inBrowser, ...ofPrograms, ...onServers],
    },
  }),
)
