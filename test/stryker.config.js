// Mutation tests: each line of the rooms below is broken on purpose, and a test has to notice.
// One file alone: npm run test:mutation -- --mutate src/rl/gae.ts

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: ['src/{rl,distribution,optim}/**/*.ts'],
  // What the tests read, and no more.
  ignorePatterns: ['*', '!package.json', '!tsconfig.json', '!src/**', '!test/**'],
  // Stryker rewrites this file with the compiler API, which TypeScript 7 does not have: name none.
  tsconfigFile: 'none',
  disableTypeChecks: false,
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'test/mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 10_000,
  tempDirName: '.build/stryker',
  reporters: ['clear-text', 'progress', 'html', 'json'],
  clearTextReporter: { logTests: false, reportTests: false },
  htmlReporter: { fileName: '.build/mutation/report.html' },
  jsonReporter: { fileName: '.build/mutation/report.json' },
  thresholds: { high: 95, low: 90, break: 85 },
}
