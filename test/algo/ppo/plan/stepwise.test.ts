import { afterEach, describe, expect, test } from 'vitest'
import {
  init,
  parts,
  threadedParts,
  type PpoConfig,
  type ThreadedParts,
} from '../../../../src/algo/ppo/index.ts'
import { isPlannable } from '../../../../src/algo/ppo/plan/plannable.ts'
import {
  cartPole,
  multiDiscrete,
  pendulum,
  timeLimit,
  type Environment,
} from '../../../../src/env/index.ts'
import { js } from '../../../../src/kernel/js/js.ts'
import { key } from '../../../../src/random/index.ts'
import { toArray } from '../../../../src/tensor/index.ts'
import { chainOf } from '../../../support/hashes.ts'
import { small } from '../../../support/runs.ts'
import { dice, type Dice } from '../../../support/worlds.ts'

/** Three updates of 4 worlds. */
const config: PpoConfig = { ...small, envs: 4, totalSteps: 3 * 4 * 16 }

/** Pendulum, cut off so early that episodes end in these runs. */
const swing = timeLimit(9)(pendulum)

/** The dice, of which only some can be thrown: all three, or the first two, by their place. */
const masked = { ...dice, actionMask: ({ place }: Dice) => [true, true, place > 0.5] }

/** The dice thrown with two hands. */
const twoHands: Environment<Dice> = {
  name: 'two hands',
  observationSpace: dice.observationSpace,
  actionSpace: multiDiscrete([2, 3]),
  init: dice.init,
  observe: dice.observe,
  step: (action, throwKey) => {
    const [left = 0, right = 0] = action as readonly number[]
    return dice.step(((left + right) % 3) as 0 | 1 | 2, throwKey)
  },
}

type Case = readonly [what: string, world: Environment<unknown>, choices: Partial<PpoConfig>]
const cases = [
  ['a Gaussian policy kept within its bounds', swing, { actionBound: 'squash' }],
  [
    'bounds of log σ',
    swing,
    { logStd: { kind: 'free', init: 0, min: -0.001, max: 0.0005 }, learningRate: 0.01 },
  ],
  ['several choices a step', twoHands, {}],
  ['closed choices', masked, {}],
  ['a shared trunk', cartPole, { trunk: 'shared' }],
  ['a fixed penalty', dice, { klPenalty: { kind: 'fixed', beta: 0.5, target: 0.01 } }],
  ['an adaptive penalty', dice, { klPenalty: { kind: 'adaptive', beta: 1, target: 1e-6 } }],
  [
    'a stop by the KL',
    dice,
    { klStop: { target: 1e-6, factor: 1, estimator: 'exact', when: 'minibatch', scope: 'both' } },
  ],
  ['a learning rate that follows the KL', dice, { learningRateSchedule: 'adaptive' }],
  ['a rate of V’s own', cartPole, { valueLearningRate: 1e-3 }],
  ['clipped parts', cartPole, { gradClip: 'each', maxGradNorm: 0.1 }],
  ['clipped elements', cartPole, { gradClip: 'element', maxGradNorm: 0.01 }],
  ['advantages valued anew', dice, { recomputeAdvantages: true }],
] as readonly Case[]

const running: Array<Pick<ThreadedParts<unknown>, 'stop'>> = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((all) => all.stop()))
})

describe('what no plan is made for goes step by step, to one set of bits', () => {
  test.each(cases)('%s', async (_, world, choices) => {
    const chosen = { ...config, ...choices }
    expect(isPlannable(chosen, world)).toBe(false)
    const written = chainOf(chosen, parts(chosen, world, js.f32))
    // Every update has changed the learner.
    expect(new Set(written).size).toBe(4)
    for (const maker of ['js', 'wasm'] as const) {
      const alone = parts(chosen, world, maker)
      expect(alone.policy.kernels.maker).toBe(maker)
      expect(chainOf(chosen, alone)).toEqual(written)
      const threaded = await threadedParts(chosen, world, { threads: 2, maker })
      running.push(threaded)
      expect(threaded.threads).toBe(1)
      expect(chainOf(chosen, threaded)).toEqual(written)
    }
  })

  test('each of them makes another run than the config without it', () => {
    const plain = (world: Environment<unknown>): string | undefined =>
      chainOf(config, parts(config, world)).at(-1)
    for (const [what, world, choices] of cases) {
      if (Object.keys(choices).length === 0) continue
      const chosen = { ...config, ...choices }
      expect([what, chainOf(chosen, parts(chosen, world)).at(-1)]).not.toEqual([what, plain(world)])
    }
  })

  test('closed choices are never made', () => {
    const all = parts(config, masked)
    const start = init(all)(key(3))
    const [{ trajectory }] = all.rollout(start.learner.params, key(4))(start.world)
    const place = toArray(trajectory.observation).filter((_, i) => i % 2 === 0)
    const action = toArray(trajectory.action)
    expect(toArray(trajectory.open!)).toEqual(place.flatMap((x) => [1, 1, x > 0.5 ? 1 : 0]))
    expect(action.filter((a, i) => a === 2 && place[i]! <= 0.5)).toEqual([])
    expect(action).toContain(2)
  })
})
