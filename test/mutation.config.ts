import { defineConfig } from 'vitest/config'

/**
 * The tests that Stryker runs against each mutant, without a build: those of the folders that it
 * mutates. MUTATION_TESTS names fewer, since a mutant of a module's constants runs all of them.
 */
const tests = process.env['MUTATION_TESTS'] ?? 'test/{rl,distribution,optim}/**/*.test.ts'

export default defineConfig({
  test: {
    root: '.',
    include: [tests],
    setupFiles: ['test/setup.ts', 'test/mutation.setup.ts'],
    pool: 'threads',
    isolate: false,
    testTimeout: 120_000,
  },
})
