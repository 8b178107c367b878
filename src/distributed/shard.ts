import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { codec, fields, number, oneOf } from '../algo/codec.ts'
import { describeMistakes } from '../algo/mistake.ts'
import { parseJson } from '../format/json.ts'
import type { Key } from '../random/key.ts'
import { hash } from '../run/config.ts'
import type { Blob } from './blob.ts'

/** What shards compute: acting in some environments of an iteration, or a whole run of a sweep. */
export const KINDS = ['rollout', 'run'] as const

/** The name of a kind of work that a shard can hold. */
export type ShardKind = (typeof KINDS)[number]

/** A unit of work whose result is a pure function of these fields. */
export interface Shard {
  readonly kind: ShardKind
  /** the hash of everything that determines the run, and of the number of shards */
  readonly run: string
  /** number of updates done */
  readonly iteration: number
  /** from 0 */
  readonly index: number
  readonly key: Key
  /** the spec of the work, equal for all shards */
  readonly spec: Blob
  /** parameters and observation statistics */
  readonly params: Blob
  /** states of this shard's environments */
  readonly states: Blob
  /** maximum bytes of the payload; longer ones are not fetched */
  readonly largest: number
}

/** A shard as a job names it: its inputs by their hashes. */
export type NamedShard = Omit<Shard, 'spec' | 'params' | 'states' | 'largest'> & {
  readonly [Input in 'spec' | 'params' | 'states']: string
}

/** The format of jobs, results and specs. Another format needs another number. */
export const PROTOCOL = 1

/** Jobs are shorter than this many bytes. */
export const LARGEST_JOB = 1024

const word = codec(
  'a word of 32 bits',
  (u): u is number => Number.isInteger(u) && Number(u) >= 0 && Number(u) < 0x1_0000_0000,
)

const words = codec(
  'two words of 32 bits',
  (u): u is readonly [number, number] => Array.isArray(u) && u.length === 2 && u.every(word.is),
)

const count = number({ from: 0, whole: true })

const job = fields({
  protocol: codec(`the protocol ${PROTOCOL}`, (u): u is number => u === PROTOCOL),
  kind: oneOf(...KINDS),
  run: hash,
  iteration: count,
  index: count,
  key: words,
  spec: hash,
  params: hash,
  states: hash,
})

/** The id of a shard's job: equal shards have equal ids, so that a queue holds each of them once. */
export const shardId = ({
  run,
  iteration,
  index,
}: Pick<Shard, 'run' | 'iteration' | 'index'>): string => `${run}-${iteration}-${index}`

export const nameShard = ({
  kind,
  run,
  iteration,
  index,
  key,
  spec,
  params,
  states,
}: Shard): NamedShard => ({
  kind,
  run,
  iteration,
  index,
  key,
  spec: spec.hash,
  params: params.hash,
  states: states.hash,
})

/** The data of a job: JSON of less than 1 KB. */
export const encodeShard = ({
  kind,
  run,
  iteration,
  index,
  key,
  spec,
  params,
  states,
}: NamedShard): string =>
  JSON.stringify({
    protocol: PROTOCOL,
    kind,
    run,
    iteration,
    index,
    key: key.words,
    spec,
    params,
    states,
  })

/** The shard that a job names; Left where the data is anything else. */
export const decodeShard = (data: string): E.Either<string, NamedShard> =>
  data.length >= LARGEST_JOB
    ? E.left(`job: expected less than ${LARGEST_JOB} bytes, got ${data.length}`)
    : pipe(
        parseJson(data, 'job: expected JSON, got something else'),
        E.flatMap((json) =>
          pipe(
            job.decode(json),
            E.mapLeft((mistakes) => `job: ${describeMistakes(mistakes)}`),
          ),
        ),
        E.map(({ kind, run, iteration, index, key, spec, params, states }) => {
          const words: Key['words'] = key
          return { kind, run, iteration, index, key: { words }, spec, params, states }
        }),
      )
