import * as E from 'fp-ts/lib/Either.js'
import { deferred, launches, type Deferred } from '../../../engine/gpu/deferred.ts'
import type { Device } from '../../../kernel/gpu/device.ts'
import { js } from '../../../kernel/js/js.ts'
import { key as keyOf, type Key } from '../../../random/key.ts'
import { errorAt, expectFinite } from '../../../tensor/check.ts'
import { data, type Floats } from '../../../tensor/tensor.ts'
import { agentBuild, type Agent } from '../../engine.ts'
import type { Learner, OptimState } from '../../learner.ts'
import { policyFor } from '../../policy.ts'
import type { Rates } from '../../rates.ts'
import { setSamples, type AgentEnv, type Samples } from '../../samples.ts'
import { algorithm } from '../algorithm.ts'
import type { PpoConfig } from '../config.ts'
import type { Learned } from '../learn.ts'

/** Operations of an update that no device can do. */
export interface MissingForms {
  /** as `squashedGaussian.logProb`, each once */
  readonly operations: readonly string[]
  readonly message: string
}

/** What goes up to the device before a launch, and what comes down after it, in arrays. */
export interface Transfers {
  readonly up: number
  readonly down: number
  /** in one launch */
  readonly minibatches: number
}

/** One update, with what it took. */
export interface GpuUpdate {
  readonly update: (
    batch: Samples,
    key: Key,
    rates: Rates,
  ) => (learner: Learner) => Promise<[Learned, Learner]>
  readonly transfers: Transfers
  /** Ends its kernels; the device stays. */
  readonly destroy: () => Promise<void>
}

interface Recorded {
  readonly agent: Agent<OptimState, Learned>
  readonly programs: Deferred
}

/**
 * Records the updates of a config for a device: those of `ppo`, in one shard, since a device adds in
 * an order of its own.
 */
const recorded = (config: PpoConfig, env: AgentEnv): E.Either<MissingForms, Recorded> => {
  const programs = deferred('gpu')
  const whole = { ...config, shards: 1 }
  const policy = policyFor(js.f32, env, whole)
  const agent = agentBuild(algorithm, whole, env, policy, 0)(programs.runtime)
  const operations = programs.missing()
  return operations.length === 0
    ? E.right({ agent, programs })
    : E.left({
        operations,
        message: `gpu: expected operations that a device has a form of, got ${operations.join(', ')}: take the backend auto`,
      })
}

/** The operations of a config's updates that have no form on a device. */
export const missingForms = (config: PpoConfig, env: AgentEnv): readonly string[] => {
  const found = recorded(config, env)
  return E.isLeft(found) ? found.left.operations : []
}

/**
 * `update` on a device, as far as f32 in another order of sums goes: the recorded programs of K
 * epochs of minibatches, in launches of many. The batch goes up with each launch, and the parameters
 * and what Adam remembers with it and down again.
 *
 * An update rejects with an address `gpu` where the device is lost; the learner that went in is whole.
 */
export const gpuUpdate = (
  device: Device,
  config: PpoConfig,
  env: AgentEnv,
): E.Either<MissingForms, GpuUpdate> => {
  const found = recorded(config, env)
  if (E.isLeft(found)) return found
  const { agent, programs } = found.right
  const { layout, learning } = agent
  const { learner: laid, batch: samples, rates: live } = layout
  const [{ norm }, { m, v }] = laid.cells
  const flat = data(laid.params.flat) as Floats

  // Which programs run, and how often, is the same in each update.
  learning.learn(keyOf(0), null)
  const all = launches(device, programs.take(), [flat, norm, m, v])

  const update: GpuUpdate['update'] = (batch, key, rates) => async (learner) => {
    setSamples(samples, batch)
    laid.set(learner.params, learner.optim)
    Object.assign(live, rates)
    learning.learn(key, null)
    await all.run(programs.take())
    const learned = learning.result()
    const { gradNorm } = learned.metrics
    if (!Number.isFinite(gradNorm))
      throw errorAt({ field: 'gradient' }, `gradient: expected a finite norm, got ${gradNorm}`)
    const next = laid.get()
    expectFinite('parameters', next.params.flat)
    return [learned, { ...learner, ...next }]
  }

  const { up, down, rounds, destroy } = all
  return E.right({ update, transfers: { up, down, minibatches: rounds }, destroy })
}
