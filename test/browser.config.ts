import { defineConfig, mergeConfig } from 'vitest/config'
import { inBrowser, shared } from './vitest.config.ts'

/** What needs a browser: `npm run test:browser`. */
export default mergeConfig(shared, defineConfig({ test: { include: inBrowser } }))
