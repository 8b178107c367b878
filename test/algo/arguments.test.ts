import { describe, expect, test } from 'vitest'
import { env, ppo, random, rl, tensor } from '../../src/index.ts'

const config = ppo.config({ preset: 'cleanrl', envs: 1, steps: 8, totalSteps: 16, hidden: [4] })
const parts = ppo.parts(config, env.cartPole)
const state = ppo.init(parts)(random.key(1))
const { params } = state.learner
const { learn } = ppo.stages(config, parts)

/** What a program in plain JavaScript hands over. */
const js = (value: unknown): never => value as never

describe('an argument of the wrong kind', () => {
  test.each<[string, () => unknown, string]>([
    [
      'a config of one field',
      () => ppo.parts(js({ learningRate: 1 }), env.cartPole),
      "config: expected every field, 38 are missing (envs, steps, totalSteps …): fill them in from a preset, as in ppo.config({ preset: '…', ...yours })",
    ],
    [
      'a config of one wrong field',
      () => ppo.parts(js({ learningRate: -1 }), env.cartPole),
      '\n  learningRate: expected a number > 0, got -1',
    ],
    [
      'no environment',
      () => ppo.parts(config, js(undefined)),
      'env: expected an environment, got nothing: pass one such as env.cartPole',
    ],
    [
      'half an environment',
      () => ppo.parts(config, js({ name: 'half', init: () => 0 })),
      'env: expected an environment with observationSpace, actionSpace, step, observe, got {"name":"half"} without',
    ],
    [
      'a seed for a key',
      () => ppo.init(parts)(js(1)),
      'seed: expected a key, got 1: make one with random.key(1)',
    ],
    [
      'nothing for a key',
      () => random.split(js(undefined), 2),
      'key: expected a key, got nothing: make one with random.key(1)',
    ],
    [
      'a seed to draw from',
      () => random.uniform(js(7), ['n'], [3]),
      'key: expected a key, got 7: make one with random.key(7)',
    ],
    [
      'no parts',
      () => ppo.init(js(undefined)),
      'parts: expected the parts of an algorithm, got nothing: make them with ppo.parts(config, env)',
    ],
    [
      'a run without parts',
      () => ppo.run(config, js(undefined)),
      'parts: expected the parts of an algorithm, got nothing',
    ],
    [
      'a run without a state',
      () => ppo.run(config, parts)(js(undefined)),
      'state: expected the state of a run, got nothing: make one with ppo.init(parts)(random.key(1))',
    ],
    [
      'a stage without the number of updates',
      () => learn(js({}), random.key(1), js(undefined), js({}))(state.learner),
      'update: expected how many updates are done, a whole number >= 0, got nothing: pass that of the state',
    ],
    [
      'a stage without a learner',
      () => learn(js({}), random.key(1), 0, js({}))(js(undefined)),
      'learner: expected what a run has learned, got nothing: pass that of the state',
    ],
    [
      'an array for a batch',
      () => parts.policy.forward(params, js([1, 2])),
      'observation: expected a tensor [batch=1, feature=4], got [1,2]: make one with tensor.of',
    ],
    [
      'a batch of another width',
      () =>
        parts.policy.value(params, tensor.of(['env', 'feature'], [1, 2], Float32Array.of(1, 2))),
      'observation: expected [env=1, feature=4], got [env=1, feature=2]',
    ],
    [
      'an array of rewards',
      () => rl.gae({ gamma: 1, lambda: 1 })(js({ reward: [1, 2] })),
      'reward: expected a tensor [time, env], got [1,2]: make one with tensor.of',
    ],
  ])('%s is named, with what to do, in a few lines', (_, call, message) => {
    let text = ''
    try {
      call()
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError)
      text = (error as RangeError).message
    }
    expect(text).toContain(message)
    expect(text.split('\n').length).toBeLessThan(5)
    expect(text.length).toBeLessThan(400)
  })
})
