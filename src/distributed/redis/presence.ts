import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Redis } from 'ioredis'
import { fields } from '../../algo/codec.ts'
import { parseJson } from '../../format/json.ts'
import { hash } from '../../run/config.ts'
import { workerName } from '../envelope.ts'
import type { Identity } from '../identity.ts'
import { KEYS, PRESENT_SECONDS } from './keys.ts'

const codec = fields({ version: workerName, probe: hash })

/** Somebody who is there: a worker or a learner. */
export interface Present extends Identity {
  readonly name: string
}

/** Says that somebody is there; again and again, since it is forgotten. */
export const announce = async (
  client: Redis,
  kind: 'worker' | 'learner',
  { name, version, probe }: Present,
): Promise<void> => {
  await client.set(KEYS[kind](name), JSON.stringify({ version, probe }), 'EX', PRESENT_SECONDS)
}

export const withdraw = async (
  client: Redis,
  kind: 'worker' | 'learner',
  name: string,
): Promise<void> => {
  await client.unlink(KEYS[kind](name))
}

/** More workers than anyone has, as a limit of what a stranger can make us read. */
const MOST = 100_000

/** Everybody who is there; entries that are no such thing are left out. */
export const whoIsThere = async (
  client: Redis,
  kind: 'worker' | 'learner',
): Promise<readonly Present[]> => {
  const prefix = KEYS[kind]('')
  const names = new Set<string>()
  let cursor = '0'
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1000)
    for (const key of keys) names.add(key.slice(prefix.length))
    cursor = next
  } while (cursor !== '0' && names.size < MOST)
  const all = [...names].filter(workerName.is)
  if (all.length === 0) return []
  const texts = await client.mget(all.map(KEYS[kind]))
  return all.flatMap((name, i) => {
    const text = texts[i] ?? ''
    if (text.length > 1000) return []
    return pipe(
      parseJson(text, ''),
      E.flatMap((json) => codec.decode(json)),
      E.match(
        () => [],
        ({ version, probe }) => [{ name, version, probe }],
      ),
    )
  })
}
