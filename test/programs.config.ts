import { defineConfig, mergeConfig } from 'vitest/config'
import { ofPrograms, shared } from './vitest.config.ts'

/** What starts programs: `npm run test:cli`. */
export default mergeConfig(shared, defineConfig({ test: { include: ofPrograms } }))
