import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  algorithms,
  type AlgorithmName,
  type AnyMetrics,
  type AnyState,
  type Settings,
} from '../../src/algo/algorithm.ts'
import { identity } from '../../src/distributed/identity.ts'
import { runHash } from '../../src/distributed/runHash.ts'
import type { ShardExecutor } from '../../src/distributed/runShards.ts'
import { shardedRollout } from '../../src/distributed/shardedRollout.ts'
import { environmentOf, type EnvironmentName } from '../../src/env/environments.ts'
import { key } from '../../src/random/index.ts'
import { firstLink, nextLink } from '../../src/run/hash.ts'
import { a2cConfigs, ppoConfigs, trpoConfigs, vpgConfigs } from '../support/configs.ts'

/** A run, and the number of parts that its environments are cut into. */
export interface ShardedCase {
  readonly algorithm: AlgorithmName
  readonly settings: Settings
  readonly env: EnvironmentName
  readonly shards: number
  readonly seed: number
}

/** The links of a chain, one more for each step that is added. */
const chainFrom = (start: AnyState<unknown>) => {
  const links = [firstLink(start.learner)]
  const add = ([metrics, { learner }]: readonly [AnyMetrics, AnyState<unknown>]): void => {
    links.push(nextLink(links.at(-1)!, metrics, learner))
  }
  return { links, add }
}

/** The hash chain of a run in this process alone. */
export const chainAlone = ({ algorithm, settings, env, seed }: ShardedCase): readonly string[] => {
  const one = algorithms[algorithm]
  const made = one.parts(settings, environmentOf(env))
  const start = one.init(made, key(seed))
  const { links, add } = chainFrom(start)
  for (const step of one.train(settings, made, start)) add(step)
  return links
}

/** The hash chain of a run whose environments act by an executor. */
export const chainBy = async (
  executor: ShardExecutor,
  { algorithm, settings, env: name, shards, seed }: ShardedCase,
): Promise<readonly string[]> => {
  const one = algorithms[algorithm]
  const env = environmentOf(name)
  const made = one.parts(settings, env)
  const start = one.init(made, key(seed))
  const { links, add } = chainFrom(start)
  const spec = { env: { name }, algorithm, settings, shards }
  const run = runHash({ ...spec, seed, version: identity().version })
  const rollout = shardedRollout({ executor, spec, env, run })
  for await (const step of one.trainAsync(settings, { ...made, rollout }, start)) add(step)
  return links
}

const configOf = {
  ppo: ppoConfigs,
  vpg: vpgConfigs,
  a2c: a2cConfigs,
  trpo: trpoConfigs,
} satisfies { readonly [N in AlgorithmName]: fc.Arbitrary<Settings> }

/** Runs of every algorithm over every field of their configs, in environments that hold different things. */
export const shardedCases: fc.Arbitrary<ShardedCase> = fc
  .constantFrom(...(Object.keys(configOf) as AlgorithmName[]))
  .chain((algorithm) =>
    (configOf[algorithm] as fc.Arbitrary<Settings>).chain((settings) =>
      fc.record({
        algorithm: fc.constant(algorithm),
        settings: fc.constant(settings),
        env: fc.constantFrom<EnvironmentName>('cartpole', 'pendulum', 'frozen-lake'),
        shards: fc.integer({ min: 1, max: settings.envs }),
        seed: fc.nat(1000),
      }),
    ),
  )

/** What is true of every executor of shards. */
export const executorLaws = (title: string, open: () => ShardExecutor, numRuns: number): void => {
  describe(`shards ${title}`, () => {
    test.prop([shardedCases], { numRuns })(
      'train to the hash chain of a single process, however many there are',
      async (given) => {
        expect(await chainBy(open(), given)).toEqual(chainAlone(given))
      },
    )
  })
}
