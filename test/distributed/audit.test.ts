import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { auditing, randomSecret } from '../../src/distributed/audit.ts'
import { computing } from '../../src/distributed/compute.ts'
import { isNonDeterminism } from '../../src/distributed/errors.ts'
import { encodeFault } from '../../src/distributed/rolloutPayload.ts'
import { inProcess, type ShardExecutor } from '../../src/distributed/runShards.ts'
import { shardedRollout } from '../../src/distributed/shardedRollout.ts'
import type { Shard } from '../../src/distributed/shard.ts'
import { parts, init } from '../../src/algo/ppo/index.ts'
import { cartPole, type Environment } from '../../src/env/index.ts'
import * as safetensors from '../../src/format/safetensors.ts'
import { key } from '../../src/random/index.ts'
import { errorAt } from '../../src/tensor/check.ts'
import { own } from '../../src/tensor/tensor.ts'
import { smallOf } from '../support/runs.ts'
import { someShard } from '../support/shards.ts'

const settings = smallOf.ppo
const made = parts(settings, cartPole)
const start = init(made)(key(1))
const spec = { env: { name: 'cartpole' }, algorithm: 'ppo', settings, shards: 3 } as const

const honest = inProcess(computing(() => Promise.resolve(cartPole as Environment<unknown>)))

/** Hands on payloads that `change` has changed. */
const lying = (change: (payload: Uint8Array, shard: Shard) => Uint8Array): ShardExecutor => ({
  ...honest,
  run: (shards, accept) =>
    honest.run(shards, (place, payload, from) =>
      accept(place, change(payload, shards[place]!), from),
    ),
})

const rolled = (executor: ShardExecutor, share: number) =>
  shardedRollout({
    executor,
    spec,
    env: cartPole,
    run: 'ab'.repeat(32),
    audit: auditing(share, key(7)),
  })(
    start.learner.params,
    key(2),
  )(start.envState)

/** A well-formed payload of shard 1 that claims another reward. */
const falseReward = (payload: Uint8Array, { index }: Shard): Uint8Array => {
  const opened = safetensors.decode(payload)
  if (E.isLeft(opened) || index !== 1) return payload
  return safetensors.encode(
    [...opened.right].map(([name, { shape, data }]) => [
      name,
      own<string[]>(
        shape.map((_, d) => `d${d}`),
        [...shape],
        name === 'reward' ? (data as Float32Array).map((x) => x + 1) : data,
      ),
    ]),
  )
}

describe('an audit', () => {
  test('lets an honest rollout pass, to the same bits', async () => {
    expect(await rolled(honest, 1)).toEqual(await rolled(honest, 0))
    expect((await rolled(honest, 1))[0]).toEqual(
      made.rollout(start.learner.params, key(2))(start.envState)[0],
    )
  })

  test('of every shard ends a run before it learns from false results', async () => {
    const ended = await rolled(lying(falseReward), 1).catch((error: unknown) => error)
    expect(isNonDeterminism(ended)).toBe(true)
    expect(String(ended)).toMatch(/-0-1: expected a result with SHA-256 .* from this process$/)
  })

  test('of a fault that no other worker reproduces ends a run, even if no shard is chosen', async () => {
    const claim = encodeFault(errorAt({ field: 'reward' }, 'reward: expected a number, got NaN'))
    const ended = await rolled(
      lying(() => claim),
      0,
    ).catch((error: unknown) => error)
    expect(isNonDeterminism(ended)).toBe(true)
  })

  test('takes about its share of all shards, others for another secret', () => {
    const chosen = (share: number, secret = key(1)) =>
      Array.from({ length: 20_000 }, (_, iteration) => iteration).filter((iteration) =>
        auditing(share, secret)(someShard({ iteration })),
      )
    expect(chosen(0)).toEqual([])
    expect(chosen(1)).toHaveLength(20_000)
    // 200 expected, and a standard deviation of 14.
    expect(Math.abs(chosen(0.01).length - 200)).toBeLessThan(70)
    expect(chosen(0.01, key(2))).not.toEqual(chosen(0.01))
    expect(randomSecret()).not.toEqual(randomSecret())
  })

  test.each([-0.1, 1.1, NaN])('has no share of %s', (share) => {
    expect(() => auditing(share, key(1))).toThrow(
      `audit: expected a share from 0 to 1, got ${share}`,
    )
  })
})

test('a fault of an environment is the one of a single process, with its address', async () => {
  const broken: Environment<unknown> = {
    ...(cartPole as Environment<unknown>),
    step: () => () => [{ reward: NaN, terminated: false, truncated: false }, {}],
  }
  const executor = inProcess(computing(() => Promise.resolve(broken)))
  const rollout = shardedRollout({ executor, spec, env: broken, run: 'ab'.repeat(32) })
  const alone = parts(settings, broken)
  const thrown = (f: () => unknown): unknown => {
    try {
      return f()
    } catch (error) {
      return error
    }
  }
  const expected = thrown(() => alone.rollout(start.learner.params, key(2))(start.envState))
  const got = await rollout(start.learner.params, key(2))(start.envState).catch((e: unknown) => e)
  expect(String(got)).toBe(String(expected))
  expect((got as { address: unknown }).address).toEqual((expected as { address: unknown }).address)
})
