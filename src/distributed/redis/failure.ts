import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Redis } from 'ioredis'
import { codec, fields, oneOf } from '../../algo/codec.ts'
import { parseJson } from '../../format/json.ts'
import { excerpt } from '../../tensor/printable.ts'
import { workerName } from '../envelope.ts'
import type { Shard } from '../shard.ts'
import { KEPT_SECONDS, KEYS } from './keys.ts'

const MOST = 1000

const text = codec(
  `a text of up to ${MOST} characters`,
  (u): u is string => typeof u === 'string' && u.length <= MOST,
)

const failure = fields({ worker: workerName, kind: oneOf('error', 'conflict'), message: text })

/** Why a worker has no result of a shard; a conflict: there is another one already. */
export interface Failure {
  readonly worker: string
  readonly kind: 'error' | 'conflict'
  readonly message: string
}

type Id = Pick<Shard, 'run' | 'iteration' | 'index'>

export const noteFailure = async (client: Redis, shard: Id, why: Failure): Promise<void> => {
  const note = { ...why, message: why.message.slice(0, MOST) }
  await client.set(KEYS.failure(shard), JSON.stringify(note), 'EX', KEPT_SECONDS)
}

/** What a worker has noted last about a shard; null where none has, or nobody can read it. */
export const failureOf = async (client: Redis, shard: Id): Promise<Failure | null> => {
  const key = KEYS.failure(shard)
  if ((await client.strlen(key)) > 10 * MOST) return null
  return pipe(
    parseJson((await client.get(key)) ?? '', ''),
    E.flatMap((json) => failure.decode(json)),
    E.match(
      () => null,
      ({ worker, kind, message }) => ({ worker, kind, message: excerpt(message) }),
    ),
  )
}
