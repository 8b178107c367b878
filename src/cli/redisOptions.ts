import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Settings } from '../algo/algorithm.ts'
import { expectRedisUrl } from '../distributed/redis/connect.ts'
import { wholeNumber } from './options.ts'
import { messageOf, type Problem } from './problem.ts'

/** Options of commands that distribute their work over workers. They change no bit of what is learned. */
export const redisOptions = {
  redis: { type: 'string' },
  shards: { type: 'string' },
  audit: { type: 'string' },
} as const

export interface RedisOptions {
  /** with its password */
  readonly url: string
  /** parts that environments are cut into; null: as the run has it, or one for each environment */
  readonly shards: number | null
  /** share of the shards that are recomputed here, from 0 to 1 */
  readonly audit: number
}

/** Where the password is, if the URL has none: arguments can be read by everybody on a machine. */
const PASSWORD = 'PROXIMAL_REDIS_PASSWORD'

export const REDIS_USAGE = `    --redis URL           act on proximal workers, over Redis or Valkey (rediss: for TLS)
                          (a password may come from ${PASSWORD})
    --shards N            with --redis: parts to split environments into (one each, up to 64)
    --audit SHARE         with --redis: recompute this share of the parts here, and compare (0)
`

/** The default maximum of shards: more cost more than they gain. */
const MOST_BY_DEFAULT = 64

export const defaultShards = ({ envs }: Pick<Settings, 'envs'>): number =>
  Math.min(envs, MOST_BY_DEFAULT)

/** The URL of a server, with the password of the environment where it has none. */
export const parseRedisUrl = (
  given: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): E.Either<Problem, string> =>
  E.tryCatch(
    () => {
      expectRedisUrl(given)
      const url = new URL(given)
      const password = environment[PASSWORD]
      if (url.password === '' && password !== undefined) url.password = encodeURIComponent(password)
      return url.href
    },
    (error) => `--${messageOf(error)}`,
  )

const parseShare = (given: string | undefined): E.Either<Problem, number> => {
  const share = Number(given ?? 0)
  return given !== '' && share >= 0 && share <= 1
    ? E.right(share)
    : E.left(`--audit: expected a share from 0 to 1, got ${JSON.stringify(given)}`)
}

/** null without --redis. */
export const parseRedis = (values: {
  readonly redis?: string | undefined
  readonly shards?: string | undefined
  readonly audit?: string | undefined
}): E.Either<Problem, RedisOptions | null> => {
  const { redis, shards, audit } = values
  if (redis === undefined) {
    const other = shards === undefined ? (audit === undefined ? null : 'audit') : 'shards'
    return other === null
      ? E.right(null)
      : E.left(`--${other}: expected only with --redis, got it without: leave it out`)
  }
  return pipe(
    parseRedisUrl(redis),
    E.bindTo('url'),
    E.bind('shards', () =>
      shards === undefined ? E.right(null) : wholeNumber('shards', shards, 1, 1),
    ),
    E.bind('audit', () => parseShare(audit)),
  )
}
