import { defineConfig } from 'vitest/config'

/** The tests that Stryker runs against each mutant: of the rooms that it mutates, without a build. */
export default defineConfig({
  test: {
    root: '.',
    include: ['test/{rl,distribution,optim}/**/*.test.ts'],
    setupFiles: ['test/setup.ts', 'test/mutation.setup.ts'],
    pool: 'threads',
    isolate: false,
    testTimeout: 120_000,
  },
})
