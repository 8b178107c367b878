import { hasRedis } from './support/redisServer.ts'

/** Without redis-server there is nothing to test, which is a failure in CI. */
export const setup = (): void => {
  if (hasRedis()) return
  const missing = 'no redis-server: install it, as with apt-get install redis-server'
  if (process.env['CI'] === 'true') throw new Error(missing)
  process.stderr.write(`SKIPPED  tests of Redis: ${missing}\n`)
  process.exit(0)
}
