import * as E from 'fp-ts/lib/Either.js'
import { faultOf } from '../algo/fault.ts'
import { rolloutShard } from '../algo/rolloutShard.ts'
import type { Environment } from '../env/environment.ts'
import type { BackendName } from '../kernel/backends.ts'
import { decodeSlots } from '../run/storedSlots.ts'
import { decodeActingParams } from './actingParams.ts'
import type { Shard } from './shard.ts'
import { encodeActed, encodeFault } from './rolloutPayload.ts'
import { decodeSpec, rangeOf, type NamedEnvironment, type RolloutSpec } from './rolloutSpec.ts'

/** Finds an environment here. @throws RangeError where there is none of that name, or another one */
export type FindEnvironment = (env: NamedEnvironment) => Promise<Environment<unknown>>

/** A value, or a RangeError with what is wrong. */
export const expectRight = <A>(either: E.Either<string, A>): A => {
  if (E.isLeft(either)) throw new RangeError(either.left)
  return either.right
}

/** Programs kept, of one spec and shard each. */
const MOST_KEPT = 32

type Act = ReturnType<typeof rolloutShard<unknown>>

/** Acts in the environments of a shard; keeps what it has recorded for the next iteration. */
export const rolloutWork = (find: FindEnvironment, kernels: BackendName | 'auto') => {
  const specs = new Map<string, RolloutSpec>()
  const programs = new Map<string, Act>()

  const specOf = ({ spec: { hash, bytes } }: Shard): RolloutSpec => {
    const found = specs.get(hash) ?? expectRight(decodeSpec(bytes))
    specs.clear()
    specs.set(hash, found)
    return found
  }

  const programOf = async (shard: Shard, spec: RolloutSpec): Promise<Act> => {
    const name = `${shard.spec.hash}-${shard.index}`
    const found =
      programs.get(name) ??
      rolloutShard(spec.settings, await find(spec.env), rangeOf(spec, shard.index), kernels)
    // A map keeps the order of insertion: the first is the one that was used longest ago.
    programs.delete(name)
    programs.set(name, found)
    if (programs.size > MOST_KEPT) programs.delete(programs.keys().next().value!)
    return found
  }

  return async (shard: Shard): Promise<Uint8Array> => {
    const spec = specOf(shard)
    if (shard.index >= spec.shards)
      throw new RangeError(`shard: expected one below ${spec.shards}, got ${shard.index}`)
    const [from, to] = rangeOf(spec, shard.index)
    const act = await programOf(shard, spec)
    const { params, normaliser } = expectRight(decodeActingParams(shard.params.bytes))
    const slots = expectRight(decodeSlots(shard.states.bytes, to - from))
    try {
      return expectRight(encodeActed(act(params, shard.key, normaliser)(slots)))
    } catch (error) {
      const fault = faultOf(error)
      if (fault === null) throw error
      return encodeFault(fault.cause)
    }
  }
}
