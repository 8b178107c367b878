import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import {
  estimateTargets,
  recomputeAdvantages,
  type TargetConfig,
} from '../../src/algo/estimateTargets.ts'
import { presets } from '../../src/algo/ppo/index.ts'
import { nextValues, type Trajectory } from '../../src/algo/trajectory.ts'
import { js } from '../../src/kernel/index.ts'
import { normal, key } from '../../src/random/index.ts'
import { gae, lambdaReturn, truncation, whiten } from '../../src/rl/index.ts'
import { of, reshape, size, toArray } from '../../src/tensor/index.ts'
import { expectPure, expectSameBits } from '../law/purity.ts'
import { expectClose } from '../support/centralDifference.ts'
import { perturbed } from '../support/runs.ts'
import { acted, closing, spaceNames, spaces, walk, type ActingConfig } from '../support/spaces.ts'
import { columns, stepsOf, unit } from '../support/steps.ts'

const PLAIN = { normalise: 'none', ddof: 1, epsilon: 1e-8, epsilonKind: 'add' } as const
const HALF: TargetConfig = {
  gamma: 0.5,
  lambda: 0.5,
  valueLambda: null,
  truncation: 'exact',
  advantage: PLAIN,
}

const trajectoryOf = (steps: ReturnType<typeof stepsOf>): Trajectory => {
  const [time, envs] = steps.reward.shape
  return {
    ...steps,
    observation: normal(key(1), ['time', 'env', 'feature'], [time, envs, 2], 'f64'),
    action: of(['time', 'env'], [time, envs], new Int32Array(time * envs)),
    logProb: normal(key(2), ['time', 'env'], [time, envs], 'f64'),
  }
}

/** r = 1, 2 with V = ½, 1; cut off after the first step, where V was 4, and at the end, where 3. */
const cut = trajectoryOf(
  stepsOf([
    {
      reward: [1, 2],
      value: [0.5, 1],
      nextValue: [4, 3],
      terminated: [false, false],
      truncated: [true, false],
    },
  ]),
)

describe('what a trajectory teaches', () => {
  test.each<[TargetConfig['truncation'], advantage: number, returns: number]>([
    ['exact', 1 + 0.5 * 4 - 0.5, 1 + 0.5 * 4],
    ['terminate', 1 - 0.5, 1],
    ['mask', 0, 0.5],
    ['current', 1 + 0.5 * 0.5 - 0.5, 1 + 0.5 * 0.5],
  ])('a step that was cut off, by the convention %s', (kind, advantage, returns) => {
    const samples = estimateTargets({ ...HALF, truncation: kind })(cut)
    expect(toArray(samples.advantage)).toEqual([advantage, 2.5])
    expect(toArray(samples.returns)).toEqual([returns, 3.5])
  })

  // δ = 2, 1; Â = 2 + ¼ · 1, 1. To the end, G = 1 + ½ · 3, 3; one step ahead, 2, 3.
  test.each<[valueLambda: number | null, returns: readonly number[]]>([
    [null, [2.25, 3]],
    [0.5, [2.25, 3]],
    [1, [2.5, 3]],
    [0, [2, 3]],
  ])('value targets of λ = %j look as far as that', (valueLambda, returns) => {
    const on = trajectoryOf(
      stepsOf([
        {
          reward: [1, 1],
          value: [0, 2],
          nextValue: [2, 4],
          terminated: [false, false],
          truncated: [false, false],
        },
      ]),
    )
    const samples = estimateTargets({ ...HALF, valueLambda })(on)
    expect(toArray(samples.advantage)).toEqual([2.25, 1])
    expect(toArray(samples.returns)).toEqual(returns)
  })

  const several = columns({ time: { min: 1, max: 5 } })
  const kinds = fc.constantFrom('exact', 'terminate', 'mask', 'current' as const)

  test.prop([several, unit, unit, fc.option(unit), kinds])(
    'is gae and the λ-return of the steps by the convention, to the bit, in the order of time',
    (steps, gamma, lambda, valueLambda, kind) => {
      const trajectory = trajectoryOf(stepsOf(steps))
      const samples = estimateTargets({
        gamma,
        lambda,
        valueLambda,
        truncation: kind,
        advantage: PLAIN,
      })(trajectory)
      const taught = truncation(kind, gamma)(trajectory)
      const n = size(trajectory.reward)
      const flat = (t: typeof trajectory.reward) => reshape(t, ['sample'], [n])
      expectSameBits(samples, {
        observation: reshape(trajectory.observation, ['sample', 'feature'], [n, 2]),
        action: reshape(trajectory.action, ['sample'], [n]),
        oldLogProb: flat(trajectory.logProb),
        oldValue: flat(trajectory.value),
        advantage: flat(gae({ gamma, lambda })(taught)),
        returns: flat(lambdaReturn({ gamma, lambda: valueLambda ?? lambda })(taught)),
      })
    },
  )

  test.each([
    { ddof: 0, epsilon: 1e-8, epsilonKind: 'add' },
    { ddof: 1, epsilon: 0.5, epsilonKind: 'add' },
    { ddof: 1, epsilon: 9, epsilonKind: 'max' },
  ] as const)('a batch is whitened as a whole: $ddof, $epsilon, $epsilonKind', (by) => {
    const plain = estimateTargets(HALF)(cut)
    const whitened = estimateTargets({ ...HALF, advantage: { normalise: 'batch', ...by } })(cut)
    expectSameBits(whitened, { ...plain, advantage: whiten(by)(plain.advantage) })
    const minibatch = estimateTargets({ ...HALF, advantage: { normalise: 'minibatch', ...by } })(
      cut,
    )
    expectSameBits(minibatch, plain)
  })

  test('advantages that are all the same cannot be whitened without an ε', () => {
    const advantage = { normalise: 'batch', ddof: 0, epsilon: 0, epsilonKind: 'add' } as const
    expect(() => estimateTargets({ ...HALF, advantage })(cut)).toThrow(
      'whitened advantages[time=0, env=0]: expected a finite number, got NaN',
    )
  })

  test('whitened by hand: 0 and 2.5 become −1 and 1', () => {
    const advantage = { normalise: 'batch', ddof: 0, epsilon: 0, epsilonKind: 'add' } as const
    const samples = estimateTargets({ ...HALF, truncation: 'mask', advantage })(cut)
    expect(toArray(samples.advantage)).toEqual([-1, 1])
  })

  test.each([
    ['reward', 'returns'],
    ['value', 'advantages'],
  ] as const)('a %s beyond all numbers is an error in %s', (field, what) => {
    const huge = { ...cut, [field]: of(['time', 'env'], [2, 1], [0, Infinity]) }
    expect(() => estimateTargets(HALF)(huge)).toThrow(
      new RegExp(`^${what}\\[time=[01], env=0\\]: expected a finite number, got -?(Infinity|NaN)$`),
    )
  })

  test('leaves the trajectory as it is', () => {
    expectPure(estimateTargets({ ...HALF, truncation: 'mask' }), cut)
  })
})

describe('valuing a batch anew', () => {
  const config: ActingConfig = {
    ...presets.cleanrl,
    envs: 3,
    steps: 9,
    hidden: [4],
    advantage: { ...PLAIN, normalise: 'batch' },
    valueLambda: 0.9,
  }

  const kinds = ['exact', 'terminate', 'mask', 'current'] as const
  describe.each(spaceNames)('at %s', (name) => {
    test.each(kinds)('with V as it was gives the very same bits (%s)', (kind) => {
      for (const dtype of ['f32', 'f64'] as const) {
        const chosen = { ...config, truncation: kind }
        const env = walk(spaces[name], closing(spaces[name]))
        const { policy, rolled, params, samples } = acted(env, chosen, 3, js[dtype])
        expect(toArray(rolled.trajectory.truncated)).toContain(1)
        const again = recomputeAdvantages(chosen, policy, rolled)(params, rolled.trajectory.value)
        expectSameBits(again.advantage, samples.advantage)
        expectSameBits(again.returns, samples.returns)
      }
    })
  })

  test.each(kinds)('with another V gives the samples of values asked anew (%s)', (kind) => {
    const chosen = { ...config, truncation: kind }
    const { policy, rolled, params, samples } = acted(walk(spaces.box), chosen, 3)
    const moved = perturbed(params, 0.3, 1)
    const { trajectory, bootstrapObservation } = rolled
    const value = reshape(policy.value(moved, samples.observation), ['time', 'env'], [9, 3])
    const nextValue = nextValues(
      trajectory,
      value,
      bootstrapObservation.at,
      policy.value(moved, bootstrapObservation.observation),
    )
    const again = recomputeAdvantages(chosen, policy, rolled)(moved, value)
    const anew = estimateTargets(chosen)({ ...trajectory, value, nextValue })
    expectSameBits(again.advantage, anew.advantage)
    expectSameBits(again.returns, anew.returns)
    expect(toArray(again.returns)).not.toEqual(toArray(samples.returns))
    expect(toArray(again.advantage)).not.toEqual(toArray(samples.advantage))
  })

  test('reads V of what the environment showed beyond the end, not of where it began anew', () => {
    const { policy, rolled, params } = acted(walk(spaces.box), config, 3)
    const { at, observation } = rolled.bootstrapObservation
    const { nextValue, terminated, truncated } = rolled.trajectory
    const values = toArray(policy.value(params, observation))
    expectClose(
      at.map((place) => toArray(nextValue)[place]!),
      values,
      0,
      0,
    )
    const [over, off] = [toArray(terminated), toArray(truncated)]
    const expected = over.flatMap((x, i) => (x === 0 && (off[i] === 1 || i >= 24) ? [i] : []))
    expect(at).toEqual(expected)
  })

  test('leaves its inputs as they are', () => {
    const { policy, rolled, params } = acted(walk(spaces.box), config, 3, js.f32)
    expectPure(recomputeAdvantages(config, policy, rolled), params, rolled.trajectory.value)
  })
})
