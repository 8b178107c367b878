import { describe, expect, test } from 'vitest'
import { parts, train, type PpoConfig } from '../../src/algo/ppo/index.ts'
import type { TrainState } from '../../src/algo/learner.ts'
import { environmentOf } from '../../src/env/environments.ts'
import { firstState, runSegments, wholeRun } from '../../src/run/segments.ts'
import type { RunConfig } from '../../src/run/config.ts'
import { init } from '../../src/algo/ppo/index.ts'
import { key } from '../../src/random/index.ts'
import { expectSameBits } from '../law/purity.ts'
import { small } from '../support/runs.ts'

const run = (settings: PpoConfig, past: RunConfig<'ppo'>['past'] = []): RunConfig => ({
  format: 'proximal run 2',
  algorithm: 'ppo',
  version: '0.1.0',
  env: 'cartpole',
  seed: 3,
  preset: 'cleanrl',
  kernels: 'js',
  settings,
  past,
})

const partsOf = (settings: PpoConfig) => parts(settings, environmentOf('cartpole'), 'js')
const eager: PpoConfig = { ...small, learningRate: 0.01, clip: 0.1 }
const other: PpoConfig = { ...small, epochs: 1, entropyCoef: 0.1 }

const alone = [...train(small, partsOf(small))(init(partsOf(small))(key(3)))]
const forked = run(eager, [
  { until: 2, settings: small },
  { until: 3, settings: other },
])

describe('the segments of a run', () => {
  test('without a past is training by its config, from its seed', () => {
    expectSameBits(firstState(run(small), partsOf), init(partsOf(small))(key(3)))
    expectSameBits([...runSegments(run(small), partsOf, firstState(run(small), partsOf))], alone)
  })

  test('goes by each config in turn', () => {
    const steps = [...runSegments(forked, partsOf, firstState(forked, partsOf))]
    expect(steps.map(([, { update }]) => update)).toEqual([1, 2, 3, 4, 5])
    expectSameBits(steps.slice(0, 2), alone.slice(0, 2))
    const third = train(other, partsOf(other))(alone[1]![1]).next().value
    expectSameBits(steps[2], third)
    expectSameBits(steps.slice(3), [
      ...train(eager, partsOf(eager))(steps[2]![1] as TrainState<unknown>),
    ])
  })

  test('from any state of it is the rest of it', () => {
    const steps = [...runSegments(forked, partsOf, firstState(forked, partsOf))]
    for (const [i, [, state]] of steps.entries())
      expectSameBits([...runSegments(forked, partsOf, state)], steps.slice(i + 1))
  })

  test('asks for the parts of a config only when it is its turn', () => {
    const asked: PpoConfig[] = []
    const asking = (settings: PpoConfig) => {
      asked.push(settings)
      return partsOf(settings)
    }
    const steps = runSegments(forked, asking, alone[0]![1])
    steps.next()
    expect(asked).toEqual([small])
    expect([...steps]).toHaveLength(3)
    expect(asked).toEqual([small, other, eager])
  })

  test('as a whole begins with the start, before which nothing was measured', () => {
    const [first, ...rest] = wholeRun(forked, partsOf)
    expectSameBits(first, [null, firstState(forked, partsOf)])
    expectSameBits(rest, [...runSegments(forked, partsOf, firstState(forked, partsOf))])
  })

  test('begins as the first config of its past does', () => {
    const wide = { ...small, hidden: [6] }
    const start = firstState(run(small, [{ until: 1, settings: wide }]), partsOf)
    expect(start.learner.params.flat.shape).toEqual(
      init(partsOf(wide))(key(3)).learner.params.flat.shape,
    )
  })
})
