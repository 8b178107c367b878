import type { LayoutConfig } from '../../src/algo/agentLayout.ts'
import { engine, type Method } from '../../src/algo/engine.ts'
import type { Learner, OptimState } from '../../src/algo/learner.ts'
import { optimizerFor, unclipped } from '../../src/algo/optimizer.ts'
import { networkFor, type Policy, type PolicyParams } from '../../src/algo/policy.ts'
import { plainRates } from '../../src/algo/rates.ts'
import type { Samples } from '../../src/algo/samples.ts'
import type { TrpoConfig } from '../../src/algo/trpo/index.ts'
import { naturalStep as recordStep, type StepMetrics } from '../../src/algo/trpo/step.ts'
import { valueSteps, type ValueStepsConfig } from '../../src/algo/valueSteps.ts'
import type { Environment } from '../../src/env/index.ts'
import { backendFor } from '../../src/kernel/backends.ts'
import type { AdamConfig } from '../../src/optim/index.ts'
import { key, type Key } from '../../src/random/index.ts'

/** What V's own fit reads of a config. */
export interface FitConfig extends LayoutConfig, ValueStepsConfig {
  readonly steps: number
  readonly envs: number
  readonly shards: number
  readonly adam: Omit<AdamConfig, 'learningRate'>
  readonly valueLearningRate: number
}

/** An update that only a part of an algorithm takes. */
const partOf = <R>(
  name: string,
  learning: Method<FitConfig, OptimState, R>['learning'],
): Method<FitConfig, OptimState, R> => ({
  name,
  network: networkFor,
  optimizer: (config, { machine, network }) =>
    optimizerFor(machine, unclipped(config), network.valueParams),
  comparesDists: () => false,
  learning,
})

const valueFit = partOf<number>('value', (runtime, layout, config, policy) => {
  const { learner, rates } = layout
  const transform = optimizerFor(
    policy.machine,
    unclipped(config),
    policy.network.valueParams,
    rates,
  )
  const fit = valueSteps(runtime, layout, config, policy, transform, learner.cells[0].norm)
  return {
    learn: function* (from) {
      learner.begin()
      yield* fit.run(from)
    },
    result: fit.loss,
    read: fit.read,
  }
})

/** Fits V alone, as VPG and TRPO do after the policy's step: the mean loss, and what learnt. */
export const fitValue = <S>(config: FitConfig, env: Environment<S>, policy: Policy) => {
  const { update } = engine(valueFit, config, env, policy, backendFor(policy.machine))
  const rates = { ...plainRates, valueLearningRate: config.valueLearningRate }
  return (samples: Samples, from: Key) =>
    (learner: Learner): [number, Learner] =>
      update(samples, from, rates)(learner)
}

/** The natural step of a policy alone: what it came to, and the parameters after it. */
export const naturalStep = <S>(config: TrpoConfig, env: Environment<S>, policy: Policy) => {
  const method = partOf<StepMetrics>('step', (runtime, layout) => {
    const step = recordStep(runtime, layout, config, policy)
    let taken: StepMetrics | null = null
    return {
      learn: function* () {
        layout.learner.begin()
        taken = yield* step()
      },
      result: () => taken!,
      read: [],
    }
  })
  const { update } = engine(method, config, env, policy, backendFor(policy.machine))
  return (params: PolicyParams, samples: Samples): [StepMetrics, PolicyParams] => {
    const optim = method.optimizer(config, policy).init(params.flat)
    const learner: Learner = { params, optim, adaptive: null, normaliser: null }
    const [metrics, next] = update(samples, key(0), plainRates)(learner)
    return [metrics, next.params]
  }
}
