import { defineConfig, mergeConfig } from 'vitest/config'
import { onServers, shared } from './vitest.config.ts'

/** What needs a Redis server: `npm run test:redis`. */
export default mergeConfig(
  shared,
  defineConfig({
    test: {
      include: onServers,
      globalSetup: ['test/redis.setup.ts'],
      maxWorkers: 1,
      testTimeout: 240_000,
      hookTimeout: 240_000,
    },
  }),
)
