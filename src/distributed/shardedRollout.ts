import * as E from 'fp-ts/lib/Either.js'
import type { Normaliser } from '../algo/look.ts'
import type { PolicyParams } from '../algo/policy.ts'
import { joinActed, type Rollout } from '../algo/rollout.ts'
import type { ShardActed } from '../algo/rolloutShard.ts'
import type { Environment } from '../env/environment.ts'
import type { VecEnvState } from '../env/wrapper/vectorise.ts'
import type { Key } from '../random/key.ts'
import { encodeSlots } from '../run/storedSlots.ts'
import { encodeActingParams } from './actingParams.ts'
import { auditor, type Audit } from './audit.ts'
import { blobOf } from './blob.ts'
import { computing } from './compute.ts'
import { rolloutReader } from './rolloutReader.ts'
import { encodeSpec, rangeOf, type RolloutSpec } from './rolloutSpec.ts'
import { expectRight } from './rolloutWork.ts'
import { runShards, type ShardExecutor } from './runShards.ts'
import type { Shard } from './shard.ts'

/** The executor of a rollout's shards, the spec of their work, and which of them are audited. */
export interface ShardedRolloutOptions<S> {
  /** who computes the shards, such as `inProcess` or the executor of Redis */
  readonly executor: ShardExecutor
  /** what the shards follow from: environment, algorithm, settings, and how many there are */
  readonly spec: RolloutSpec
  /** the environment that `spec` names */
  readonly env: Environment<S>
  /** the hash of everything that determines the run: see `runHash` */
  readonly run: string
  /** which shards are recomputed in this process; none by default */
  readonly audit?: Audit
  /** cancels what has not been computed yet */
  readonly signal?: AbortSignal
}

/** Acts in all environments through an executor; it replaces `rollout` of any algorithm's parts. */
export type ShardedRollout<S> = (
  params: PolicyParams,
  key: Key,
  normaliser?: Normaliser | null,
  update?: number,
) => (envState: VecEnvState<S>) => Promise<[Rollout, VecEnvState<S>]>

/**
 * A rollout whose environments are split into shards that an executor computes. Its bits are those of a
 * rollout in a single process, for any number of shards. `update` is the number of updates done, >= 0.
 *
 * The promise rejects with the environment's fault once this process has reproduced it. It rejects with an
 * Error named NonDeterminismError if an audited shard gives different bytes here.
 */
export const shardedRollout = <S>({
  executor,
  spec,
  env,
  run,
  audit = () => false,
  signal,
}: ShardedRolloutOptions<S>): ShardedRollout<S> => {
  const { settings, shards } = spec
  const shared = blobOf(encodeSpec(spec))
  const ranges = Array.from({ length: shards }, (_, index) => rangeOf(spec, index))
  const readers = ranges.map((range) => rolloutReader(settings, env, range))
  const here = computing(() => Promise.resolve(env as Environment<unknown>))

  return (params, key, normaliser = null, iteration = 0) =>
    async ({ slots }) => {
      const acting = blobOf(encodeActingParams(params, normaliser))
      const all = ranges.map(([from, to], index): Shard => ({
        kind: 'rollout',
        run,
        iteration,
        index,
        key,
        spec: shared,
        params: acting,
        states: blobOf(expectRight(encodeSlots(slots.slice(from, to)))),
        largest: readers[index]!.largest,
      }))
      const { keep, expectSame } = auditor(here)
      const results = await runShards(
        executor,
        all,
        (payload, place, from) => {
          const result = readers[place]!.read(payload)
          // A fault ends the run, so that nobody's word is enough for it.
          if (E.isRight(result) && (result.right.kind === 'fault' || audit(all[place]!)))
            keep(all[place]!, payload, from)
          return result
        },
        signal,
      )
      await expectSame()
      const acted = results.map((result): ShardActed<S> => {
        if (result.kind === 'fault') throw result.error
        return result.acted
      })
      return joinActed(
        acted.map(([buffer]) => buffer),
        acted.map(([, one]) => one),
      )
    }
}
