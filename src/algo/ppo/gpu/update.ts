import * as E from 'fp-ts/lib/Either.js'
import { deferred, type Deferred } from '../../../engine/gpu/deferred.ts'
import { launches } from '../../../engine/gpu/launches.ts'
import { runSync } from '../../../engine/task.ts'
import type { AnyEnvironment } from '../../../env/environment.ts'
import type { Space } from '../../../env/space.ts'
import type { Device } from '../../../kernel/gpu/device.ts'
import { js } from '../../../kernel/js/js.ts'
import { key as keyOf, type Key } from '../../../random/key.ts'
import { errorAt, expectFinite } from '../../../tensor/check.ts'
import { data, type Floats } from '../../../tensor/tensor.ts'
import { agentBuild, agentEnvOf, type Agent } from '../../engine.ts'
import type { Learner, OptimState } from '../../learner.ts'
import { policyFor } from '../../policy.ts'
import type { Rates } from '../../rates.ts'
import { setSamples, type AgentEnv, type Samples } from '../../samples.ts'
import { algorithm } from '../algorithm.ts'
import type { PpoConfig } from '../config.ts'
import type { Learned } from '../learn.ts'
import { FORMS } from './forms.ts'

/** Operations of an update that have no form on a device. */
export interface MissingForms {
  /** their names, such as `squashedGaussian.logProb`, each once */
  readonly operations: readonly string[]
  readonly message: string
}

/** How many arrays a launch uploads and downloads. */
export interface Transfers {
  readonly up: number
  readonly down: number
  /** how many minibatches one launch learns from */
  readonly minibatches: number
}

/** Updates on a device. */
export interface GpuUpdate {
  readonly update: (
    batch: Samples,
    key: Key,
    rates: Rates,
  ) => (learner: Learner) => Promise<[Learned, Learner]>
  readonly transfers: Transfers
  /** Destroys its kernels; the device stays. */
  readonly destroy: () => Promise<void>
}

interface Recorded {
  readonly agent: Agent<OptimState, Learned>
  readonly programs: Deferred
}

/**
 * Records the programs of `ppo`'s update for a device. They have one shard: shards fix the order of
 * sums, which a device does not keep to.
 */
const recorded = (config: PpoConfig, env: AgentEnv): E.Either<MissingForms, Recorded> => {
  const programs = deferred('gpu', FORMS)
  const whole = { ...config, shards: 1 }
  const policy = policyFor(js.f32, env, whole)
  const agent = agentBuild(algorithm, whole, env, policy, 0)(programs.runtime)
  const operations = programs.missing()
  return operations.length === 0
    ? E.right({ agent, programs })
    : E.left({
        operations,
        message: `gpu: expected a config whose operations all have a form on a device, got ${operations.join(', ')}: use js or wasm`,
      })
}

/** The operations of a config's updates that have no form on a device. */
export const missingForms = <S, A extends Space>(
  config: PpoConfig,
  env: AnyEnvironment<S, A>,
): readonly string[] => {
  const found = recorded(config, agentEnvOf(env))
  return E.isLeft(found) ? found.left.operations : []
}

/**
 * Updates on a device: the recorded programs of K epochs of minibatches, with as many minibatches in one
 * launch as finish in a short time. Each launch uploads the batch, the parameters and Adam's moments, and
 * downloads the last two. Results equal those of `parts` up to f32 in another order of sums.
 *
 * An update rejects with the field `gpu` where the device is lost. The learner that it was given stays
 * valid.
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

  // Every update runs the same programs equally often, so one without data shows what to plan for.
  runSync(learning.learn(keyOf(0), null))
  const planned = launches(device, programs.take(), [flat, m, v, norm, ...learning.read])

  const update: GpuUpdate['update'] = (batch, key, rates) => async (learner) => {
    setSamples(samples, batch)
    laid.set(learner.params, learner.optim)
    Object.assign(live, rates)
    runSync(learning.learn(key, null))
    await planned.run(programs.take())
    const learned = learning.result()
    const { gradNorm } = learned.metrics
    if (!Number.isFinite(gradNorm))
      throw errorAt({ field: 'gradient' }, `gradient: expected a finite norm, got ${gradNorm}`)
    const next = laid.get()
    expectFinite('parameters', next.params.flat)
    return [learned, { ...learner, ...next }]
  }

  const { up, down, rounds, destroy } = planned
  return E.right({ update, transfers: { up, down, minibatches: rounds }, destroy })
}
