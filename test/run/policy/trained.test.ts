import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { init, iterate, parts, type PpoConfig } from '../../../src/algo/ppo/index.ts'
import { cartPole, pendulum, type Environment } from '../../../src/env/index.ts'
import {
  decodeTrained,
  encodeTrained,
  type PolicySnapshot,
} from '../../../src/run/policy/policySnapshot.ts'
import { key } from '../../../src/random/index.ts'
import { leaves, toArray } from '../../../src/tensor/index.ts'
import { expectSameBits } from '../../law/purity.ts'
import { small } from '../../support/runs.ts'

const NORMALISE = { ...small.normalise, observation: true, reward: true }

/** What an update has made of a first learner, and that learner. */
const learners = <S>(world: Environment<S>, choices: Partial<PpoConfig> = {}, seed = 1) => {
  const config = { ...small, ...choices }
  const all = parts(config, world)
  const start = init(all)(key(seed))
  return { fresh: start.learner, trained: iterate(config, all)(start)[1].learner }
}

const read = (like: PolicySnapshot, bytes: Uint8Array): PolicySnapshot => {
  const decoded = decodeTrained(like)(bytes)
  if (E.isLeft(decoded)) expect.fail(decoded.left)
  return decoded.right
}

describe('what was trained', () => {
  test.each([
    ['two networks', cartPole, {}, 'critic.layer0.weight'],
    ['networks of other sizes', cartPole, { valueHidden: [3] }, 'critic.layer1.weight'],
    ['networks without hidden layers', cartPole, { hidden: [] }, 'actor.layer0.weight'],
    ['a shared trunk', cartPole, { trunk: 'shared' }, 'trunk.layer0.weight'],
    ['a free log σ', pendulum, { logStd: { kind: 'free', init: -1 } }, 'logStd'],
    ['a log σ by the state', pendulum, { logStd: { kind: 'state', init: 0 } }, 'actor.layer2.bias'],
    ['both', pendulum, { trunk: 'shared', logStd: { kind: 'free', init: 0 } }, 'logStd'],
    ['statistics of observations', cartPole, { normalise: { ...NORMALISE, reward: false } }, null],
    ['of rewards', cartPole, { normalise: { ...NORMALISE, observation: false } }, null],
    ['of both', pendulum, { normalise: NORMALISE }, null],
  ] as ReadonlyArray<readonly [string, Environment<unknown>, Partial<PpoConfig>, string | null]>)(
    'is read back to the bit: %s',
    (_, world, choices, name) => {
      const { trained } = learners(world, choices)
      const { fresh } = learners(world, choices, 2)
      expect(toArray(fresh.params.flat)).not.toEqual(toArray(trained.params.flat))
      const { params, normaliser } = read(fresh, encodeTrained(trained))
      expectSameBits(
        { params, normaliser },
        { params: trained.params, normaliser: trained.normaliser },
      )
      if (name !== null) expect(leaves(params.tree).map(([path]) => path)).toContain(name)
      else expect(normaliser).not.toBeNull()
    },
  )

  const { trained } = learners(cartPole)
  const white = learners(cartPole, { normalise: NORMALISE })

  test.each([
    [
      'layers',
      { hidden: [5, 3] },
      'actor.layer1.weight: expected f32 [in=5, out=3], got f32 [5, 4]',
    ],
    [
      'more layers',
      { hidden: [5, 4, 4] },
      'actor.layer2.weight: expected f32 [in=4, out=4], got f32 [4, 2]',
    ],
    [
      'layers of V',
      { valueHidden: [5, 5] },
      'critic.layer1.weight: expected f32 [in=5, out=5], got f32 [5, 4]',
    ],
    [
      'a trunk',
      { trunk: 'shared' },
      'trunk.layer0.weight: expected f32 [in=4, out=5], got nothing',
    ],
    [
      'statistics of observations',
      { normalise: { ...NORMALISE, reward: false } },
      'normaliser.observation.count: expected f64 [count=1], got nothing',
    ],
    [
      'statistics of rewards',
      { normalise: { ...NORMALISE, observation: false } },
      'normaliser.reward.count: expected f64 [count=1], got nothing',
    ],
  ] as ReadonlyArray<readonly [string, Partial<PpoConfig>, string]>)(
    'is refused where other %s are expected, with the tensor’s name',
    (_, choices, message) => {
      const { fresh } = learners(cartPole, choices)
      expect(decodeTrained(fresh)(encodeTrained(trained))).toEqual(E.left(message))
    },
  )

  test('so is another environment’s, another number of environments’, and another element type', () => {
    const { fresh } = learners(pendulum, { normalise: NORMALISE })
    const message = (like: PolicySnapshot, of: PolicySnapshot) =>
      decodeTrained(like)(encodeTrained(of))
    expect(message(fresh, white.trained)).toEqual(
      E.left('actor.layer0.weight: expected f32 [in=3, out=5], got f32 [4, 5]'),
    )
    expect(message({ ...white.fresh, normaliser: fresh.normaliser }, white.trained)).toEqual(
      E.left('normaliser.observation.mean: expected f64 [feature=3], got f64 [4]'),
    )
    const fewer = learners(cartPole, { normalise: NORMALISE, envs: 2, totalSteps: 160 }).fresh
    expect(message(fewer, white.trained)).toEqual(
      E.left('normaliser.reward.returns: expected f64 [env=2], got f64 [3]'),
    )
  })

  test('a log σ that is not there is missed by its name', () => {
    const free = learners(pendulum, { logStd: { kind: 'free', init: 0 } }).fresh
    const byState = learners(pendulum, { logStd: { kind: 'state', init: 0 } }).trained
    const decoded = decodeTrained(free)(encodeTrained(byState))
    expect(decoded).toEqual(
      E.left('actor.layer2.weight: expected f32 [in=4, out=1], got f32 [4, 2]'),
    )
  })

  test('statistics that the config does not use are ignored', () => {
    const decoded = read(trained, encodeTrained(white.trained))
    expect(decoded.normaliser).toBeNull()
  })

  test('of half a file is an error', () => {
    const bytes = encodeTrained(trained)
    expect(E.isLeft(decodeTrained(trained)(bytes.subarray(0, bytes.length - 4)))).toBe(true)
    expect(E.isLeft(decodeTrained(trained)(new Uint8Array(0)))).toBe(true)
  })
})
