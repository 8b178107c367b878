import { describe, expect, test } from 'vitest'
import * as a2c from '../../src/algo/a2c/index.ts'
import type { Policy, PolicyParams } from '../../src/algo/policy.ts'
import * as ppo from '../../src/algo/ppo/index.ts'
import * as trpo from '../../src/algo/trpo/index.ts'
import * as vpg from '../../src/algo/vpg/index.ts'
import { timeLimit, type Discrete, type Environment } from '../../src/env/index.ts'
import { probes, type ProbeAnswer } from '../../src/env/probe.ts'
import { key } from '../../src/random/index.ts'
import { of, toArray } from '../../src/tensor/index.ts'
import { patience, pension } from '../support/worlds.ts'

/**
 * Environments so small that what is right is known: whoever cannot solve them is broken. Of seeds 1 to
 * 20 none was further from V than 0.007, or less sure of an action than 0.998.
 */
const SEED = 1
const GAMMA = 0.6
const TOLERANCE = 0.02
const SURE = 0.95

const small = { envs: 8, steps: 16, gamma: GAMMA, truncation: 'exact', hidden: [8] } as const
const updates = (n: number) => ({ totalSteps: n * small.envs * small.steps })

const ppoConfig: ppo.PpoConfig = {
  ...ppo.presets.cleanrl,
  ...small,
  ...updates(40),
  learningRate: 0.02,
  entropyCoef: 0,
  valueClip: null,
}

const a2cConfig: a2c.A2cConfig = {
  ...a2c.presets.cartpole,
  ...small,
  ...updates(200),
  lambda: 0.95,
  advantage: { normalise: 'batch', ddof: 1, epsilon: 1e-8, epsilonKind: 'add' },
  learningRate: 0.02,
  learningRateSchedule: 'linear',
  valueCoef: 0.5,
}

const vpgConfig: vpg.VpgConfig = {
  ...vpg.presets.cartpole,
  ...small,
  ...updates(50),
  lambda: 0.95,
  learningRate: 0.05,
  valueLearningRate: 0.02,
  advantage: { ...vpg.presets.cartpole.advantage, epsilon: 1e-8 },
}

const trpoConfig: trpo.TrpoConfig = {
  ...trpo.presets.cartpole,
  ...small,
  ...updates(60),
  maxKl: 0.05,
  valueLearningRate: 0.02,
  advantage: { ...trpo.presets.cartpole.advantage, epsilon: 1e-8 },
}

interface Trained {
  readonly policy: Policy
  readonly params: PolicyParams
}

/** The end of a run. */
const last = (
  policy: Policy,
  run: Iterable<readonly [unknown, { readonly learner: { readonly params: PolicyParams } }]>,
): Trained => {
  const [, { learner }] = [...run].at(-1)!
  return { policy, params: learner.params }
}

type World = Environment<unknown, Discrete>

const byPpo =
  (config: ppo.PpoConfig) =>
  (env: World): Trained => {
    const all = ppo.parts(config, env)
    return last(all.policy, ppo.train(config, all)(ppo.init(all)(key(SEED))))
  }

const learners: Readonly<Record<string, (env: World) => Trained>> = {
  ppo: byPpo(ppoConfig),
  'ppo with a clipped value loss': byPpo({ ...ppoConfig, valueClip: 0.2 }),
  a2c: (env) => {
    const all = a2c.parts(a2cConfig, env)
    return last(all.policy, a2c.train(a2cConfig, all)(a2c.init(all)(key(SEED))))
  },
  vpg: (env) => {
    const all = vpg.parts(vpgConfig, env)
    return last(all.policy, vpg.train(vpgConfig, all)(vpg.init(all)(key(SEED))))
  },
  trpo: (env) => {
    const all = trpo.parts(trpoConfig, env)
    return last(all.policy, trpo.train(trpoConfig, all)(trpo.init(all)(key(SEED))))
  },
}

/** What a policy says of an observation: probabilities of the actions, and V. */
const ask = ({ policy, params }: Trained, observation: readonly number[]) => {
  const seen = of(['sample', 'feature'], [1, observation.length], Float32Array.from(observation))
  const [{ dist, value }] = policy.forward(params, seen)
  const mass = toArray(dist.param).map(Math.exp)
  const total = mass.reduce((a, b) => a + b, 0)
  return { p: mass.map((m) => m / total), value: toArray(value)[0]! }
}

const cases: ReadonlyArray<{ name: string; env: World; answers: readonly ProbeAnswer[] }> = [
  ...probes.map(({ env, answers }) => ({
    name: env.name,
    env: env as World,
    answers: answers(GAMMA),
  })),
  // Were a cut an end, V would be the mean of 1, 1 + γ and 1 + γ + γ², which is 1.52.
  {
    name: '1 a step for ever, cut off every third step',
    env: timeLimit(3)(pension) as World,
    answers: [{ observation: [1], value: 1 / (1 - GAMMA), action: null }],
  },
  {
    name: '1 now or 1.25 later, which is worth 0.75',
    env: patience(1.25) as World,
    answers: [{ observation: [0], value: 1, action: 0 }],
  },
  {
    name: '1 now or 2.5 later, which is worth 1.5',
    env: patience(2.5) as World,
    answers: [
      { observation: [0], value: 1.5, action: 1 },
      { observation: [1], value: 2.5, action: null },
    ],
  },
]

describe.each(Object.entries(learners))('%s', (_, learn) => {
  test.each(cases)('knows V of $name, and what to do', ({ env, answers }) => {
    const trained = learn(env)
    for (const { observation, value, action } of answers) {
      const { p, value: v } = ask(trained, observation)
      expect(Math.abs(v - value), `V(${observation[0]})`).toBeLessThan(TOLERANCE)
      if (action !== null)
        expect(p[action]!, `π(${action}|${observation[0]})`).toBeGreaterThan(SURE)
    }
  })
})
