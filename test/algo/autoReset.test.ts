import { describe, expect, test } from 'vitest'
import * as a2c from '../../src/algo/a2c/index.ts'
import { asyncParts, parts, threadedParts } from '../../src/algo/ppo/index.ts'
import * as trpo from '../../src/algo/trpo/index.ts'
import * as vpg from '../../src/algo/vpg/index.ts'
import {
  autoReset,
  frameStack,
  timeLimit,
  vectorise,
  vectoriseAsync,
  type AsyncEnvironment,
  type Environment,
} from '../../src/env/index.ts'
import { js } from '../../src/kernel/index.ts'
import { small } from '../support/runs.ts'
import { dice } from '../support/worlds.ts'

const same = autoReset('sameStep')(timeLimit(5)(dice))
const wrapped = timeLimit(50)(frameStack(2)(same))

const learners: ReadonlyArray<readonly [string, <S>(env: Environment<S>) => unknown]> = [
  ['ppo.parts', (env) => parts(small, env)],
  ['ppo.parts as written', (env) => parts(small, env, js.f32)],
  ['ppo.asyncParts', (env) => asyncParts(small, env as object as AsyncEnvironment<unknown>)],
  ['ppo.threadedParts', (env) => threadedParts({ ...small, shards: 2 }, env, { threads: 2 })],
  ['vpg.parts', (env) => vpg.parts(vpg.presets.cartpole, env)],
  ['a2c.parts', (env) => a2c.parts(a2c.presets.cartpole, env)],
  ['trpo.parts', (env) => trpo.parts(trpo.presets.cartpole, env)],
  ['vectorise', (env) => vectorise(env, 2)],
  ['vectoriseAsync', (env) => vectoriseAsync(env as object as AsyncEnvironment<unknown>, 2)],
]

describe.each(learners)('%s', (_, learn) => {
  test('refuses an environment that has left the last state of an episode', async () => {
    const said = `env: expected an environment that stays in the last state of an episode, got ${dice.name} with autoReset('sameStep'): leave it out, because finished episodes are reset here anyway`
    const refusalOf = async (f: () => unknown): Promise<unknown> => {
      try {
        return await f()
      } catch (error) {
        return error
      }
    }
    expect(await refusalOf(() => learn(same))).toEqual(new RangeError(said))
    expect(await refusalOf(() => learn(wrapped))).toEqual(new RangeError(said))
  })
})

test('an environment that stays there for a step, by autoReset(nextStep), is learned from', () => {
  expect(() => parts(small, autoReset('nextStep')(timeLimit(5)(dice)))).not.toThrow()
})
