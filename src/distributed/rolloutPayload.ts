import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { RolloutBuffer } from '../algo/buffer.ts'
import type { ShardActed } from '../algo/rolloutShard.ts'
import * as safetensors from '../format/safetensors.ts'
import { encodeSlots } from '../run/storedSlots.ts'
import { parseStrict } from '../format/strictJson.ts'
import { isObject } from '../format/json.ts'
import { addressOf, errorAt, type Address } from '../tensor/check.ts'
import { own, type Numbers, type Tensor } from '../tensor/tensor.ts'

/** What a shard of a rollout came to. */
export type RolloutResult<S> =
  | { readonly kind: 'acted'; readonly acted: ShardActed<S> }
  /** the environment broke its word, as it does wherever it is run */
  | { readonly kind: 'fault'; readonly error: Error }

/** Names of a payload's tensors, beside those of the buffer. */
export const NAMES = {
  last: 'last',
  beyond: 'beyond',
  episodes: 'episodes',
  slots: 'slots',
} as const

/** Where the metadata of a payload has a fault. */
export const FAULT = 'fault'

/** Characters of its message. */
const LONGEST_FAULT = 2000

/** The tensors of a buffer by their names. */
export const tensorsOf = (buffer: RolloutBuffer): ReadonlyArray<readonly [string, Tensor]> =>
  Object.entries(buffer as unknown as { readonly [name: string]: Tensor })

const vector = (name: string, x: Numbers): readonly [string, Tensor] => [
  name,
  own<string[]>(['number'], [x.length], x),
]

/** The payload of a shard that has acted; Left where a state is no plain value. */
export const encodeActed = <S>([buffer, acted]: ShardActed<S>): E.Either<string, Uint8Array> =>
  pipe(
    encodeSlots(acted.slots),
    E.map((slots) => {
      const { dtype } = buffer.observation
      const floats = (x: readonly number[]) =>
        dtype === 'f64' ? Float64Array.from(x) : Float32Array.from(x)
      return safetensors.encode([
        ...tensorsOf(buffer),
        vector(NAMES.last, acted.observation),
        vector(NAMES.beyond, floats(acted.bootstrap.observation)),
        vector(
          NAMES.episodes,
          Float64Array.from(acted.episodes.flatMap((one) => [one.return, one.length])),
        ),
        vector(NAMES.slots, slots),
      ])
    }),
  )

/** The payload of a shard whose environment broke its word. */
export const encodeFault = (error: Error): Uint8Array => {
  const fault = { message: error.message.slice(0, LONGEST_FAULT), address: addressOf(error) }
  return safetensors.encode([], { [FAULT]: JSON.stringify(fault) })
}

const isAddress = (u: unknown): u is Address =>
  isObject(u) &&
  Object.keys(u).length <= 10 &&
  Object.values(u).every((x) => typeof x === 'number' || typeof x === 'string')

/** The error of such metadata, which anyone may have written. */
export const decodeFault = (text: string): E.Either<string, Error> =>
  pipe(
    parseStrict(text, 2),
    E.flatMap((json) => {
      const { message, address } = isObject(json) ? json : {}
      return typeof message === 'string' && message.length <= LONGEST_FAULT && isAddress(address)
        ? E.right(errorAt(address, message))
        : E.left('expected the message and address of a fault, got something else')
    }),
  )
