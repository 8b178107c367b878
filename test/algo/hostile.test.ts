import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { attempt, faultOf, type Fault } from '../../src/algo/fault.ts'
import {
  asyncParts,
  evaluate,
  init,
  initAsync,
  parts,
  run,
  runAsync,
  threadedParts,
  type PpoConfig,
} from '../../src/algo/ppo/index.ts'
import type { DiscreteEnvironment, Environment } from '../../src/env/index.ts'
import { show, showThrown } from '../../src/env/show.ts'
import { js } from '../../src/kernel/index.ts'
import { key } from '../../src/random/index.ts'
import { addressOf } from '../../src/tensor/check.ts'
import { hostileEnv, hostilePlaces, hostileValues } from '../support/hostile.ts'
import { small } from '../support/runs.ts'
import { builtUrl } from '../support/built.ts'

const config: PpoConfig = {
  ...small,
  envs: 3,
  steps: 8,
  totalSteps: 5 * 24,
  hidden: [4],
  shards: 2,
}

const values = Object.entries(hostileValues)
const places = Object.entries(hostilePlaces)

type Ended = E.Either<{ readonly fault: Fault }, unknown>

const ways: Readonly<Record<string, (env: Environment<number>) => Ended | Promise<Ended>>> = {
  'by the engine': (env) => {
    const all = parts(config, env, 'wasm')
    return run(config, all)(init(all)(key(1)))
  },
  'as written': (env) => {
    const all = parts(config, env, js.f32)
    return run(config, all)(init(all)(key(1)))
  },
  'by promises': async (env) => {
    const all = asyncParts(config, {
      ...env,
      init: async (k) => env.init(k),
      step: (action, k) => async (state) => env.step(action, k)(state),
    })
    return runAsync(config, all)(await initAsync(all)(key(1)))
  },
}

describe.each(Object.entries(ways))('a run %s', (_, runOf) => {
  test.each(places)('ends with a fault, whatever stands %s', async (__, place) => {
    for (const [value, make] of values) {
      const ended = await runOf(hostileEnv(place, make))
      if (E.isRight(ended)) throw new Error(`${value}: expected a fault, got the end of the run`)
      const { message, environment, env, update, step, field } = ended.left.fault
      expect({ value, environment, env }).toEqual({ value, environment: 'hostile', env: 0 })
      expect([value, typeof update, typeof step, typeof field]).toEqual([
        value,
        'number',
        'number',
        'string',
      ])
      expect(message).toMatch(/^update \d: hostile: step \d: .*\[env=0/)
      expect(message.length).toBeLessThan(3000)
    }
  })
})

describe('a run on threads', () => {
  const module = new URL('../support/hostileWorlds.js', import.meta.url).href
  const worker = new URL(builtUrl('algo/thread/worker.js'))

  test.each([
    ['bigint', 'observation', 'observation[env=1, feature=0]: expected a number'],
    [
      'revoked',
      'observe',
      'observe[env=1]: expected the environment to return, it threw TypeError',
    ],
    ['nothing', 'step', 'step[env=1]: expected the environment to return, it threw undefined'],
    ['functional', 'state', 'state: expected plain data that can be sent to other threads'],
  ])('ends with a fault where one of them meets %s', async (name, field, said) => {
    const worlds = (await import(module)) as Readonly<Record<string, DiscreteEnvironment<number>>>
    const source = { module, name }
    const all = await threadedParts(config, worlds[name]!, { threads: 2, worker, source })
    try {
      const ended = run(config, all)(init(all)(key(1)))
      if (E.isRight(ended)) throw new Error('expected a fault')
      expect(ended.left.fault.field).toBe(field)
      expect(ended.left.fault.message).toContain(said)
    } finally {
      await all.stop()
    }
  })
})

describe('an evaluation', () => {
  test.each(places)('throws what can be told as a fault, whatever stands %s', (_, place) => {
    for (const [value, make] of values) {
      const world = hostileEnv(place, make)
      const all = parts(config, world, js.f32)
      const play = () =>
        evaluate(world, all.policy, init(all)(key(1)).learner, {
          key: key(2),
          episodes: 2,
          act: 'mode',
        })
      const ended = attempt(play)(null)
      expect([value, E.isLeft(ended) && ended.left.environment]).toEqual([value, 'hostile'])
    }
  })
})

describe('what is written about a value', () => {
  test.each(values)('never throws: %s', (name, make) => {
    const value = make()
    if (name === 'a promise that is broken') (value as Promise<never>).catch(() => undefined)
    expect(typeof show(value)).toBe('string')
    expect(typeof showThrown(value)).toBe('string')
    expect(show(value).length).toBeLessThan(300)
    expect(faultOf(value)).toBeNull()
    for (const part of Object.values(addressOf(value))) expect(typeof part).toMatch('number|string')
  })

  test('is its kind', () => {
    expect(show(Float32Array.of(1))).toBe('a Float32Array of 1')
    expect(show(new DataView(new ArrayBuffer(2)))).toBe('a DataView')
    expect(show(Object.defineProperty(new Uint8Array(2), 'length', { value: 7 }))).toBe(
      'a Uint8Array of 2',
    )
    expect(showThrown(new DOMException('gone', 'AbortError'))).toBe('AbortError: gone')
  })
})
