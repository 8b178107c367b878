import type { Device, DeviceKernel, DevicePlan } from '../../../kernel/gpu/device.ts'
import type { Handle } from '../../../kernel/gpu/gpujs.ts'
import type { PpoConfig } from '../config.ts'
import type { Sizes } from './sizes.ts'
import * as net from './layerSources.ts'
import { layersOf, type Layer } from './layers.ts'
import { kernelsOf, network } from './network.ts'
import { BACKWARD_LOG_STD, distributionSources } from './distributionSources.ts'
import {
  BEFORE_ACTION,
  slopeSource,
  TELL,
  termsSource,
  TOLD,
  TOLD_LENGTH,
  valueSlopeSource,
  whitening,
} from './lossSources.ts'

/** What goes up before a plan runs, in this order, and what comes down after it. */
export interface Transfers {
  readonly up: number
  readonly down: number
}

export interface LearnPlan {
  /**
   * Arguments: the layers [moment, row, column] of all parameters, observation [sample, feature],
   * samples [sample, column] as in lossSources.ts, order [minibatch · rows], rates [minibatch, 5]
   * and what was told [7]. Results: the layers and what is told, after so many minibatches.
   */
  readonly plan: DevicePlan
  readonly transfers: Transfers
  readonly destroy: () => Promise<void>
}

/**
 * A number of minibatches, from their samples to Adam's steps, as one plan: parameters, activations
 * and gradients stay on the device between them.
 */
export const learnPlan = (
  device: Device,
  config: PpoConfig,
  sizes: Sizes,
  minibatches: number,
): LearnPlan => {
  const made = new Map<string, DeviceKernel>()
  const kernel = kernelsOf(device, made)
  const { actor, logStd, critic, all } = layersOf(config, sizes)
  const rows = (config.envs * config.steps) / config.minibatches
  const { outputs, actions, observations } = sizes
  const columns = BEFORE_ACTION + actions
  const dEntropy = -config.entropyCoef / rows
  const { beta1, beta2 } = config.adam
  const text = distributionSources(sizes.kind, logStd !== null)

  const gather = (width: number) => kernel(net.GATHER, [width, rows], {})
  const score = kernel(text.score, [rows], { outputs, actions })
  const entropy = kernel(text.entropy, [rows], { outputs, actions })
  const backward = kernel(text.backward, [outputs, rows], { outputs, actions, dEntropy })
  const center = kernel(whitening(config.advantage), [2], { rows })
  const slope = kernel(slopeSource(config), [rows], { rows })
  const valueSlope = kernel(valueSlopeSource(config), [1, rows], {
    rows,
    valueCoef: config.valueCoef,
  })
  const terms = kernel(termsSource(config), [TOLD.length - 1, rows], { rows })
  const tell = kernel(TELL, [TOLD_LENGTH], { rows })
  const adam = ({ inputs, outputs }: Layer) =>
    kernel(net.ADAM, [outputs, inputs + 1, 3], {
      beta1,
      beta2,
      rest1: 1 - beta1,
      rest2: 1 - beta2,
      maxNorm: config.gradClip === 'none' ? 3e38 : config.maxGradNorm,
    })
  const policy = network(kernel, actor, rows)
  const values = network(kernel, critic, rows)

  const minibatch = (
    layers: readonly Handle[],
    [observation, samples, order, rates]: readonly [Handle, Handle, Handle, Handle],
    told: Handle,
    step: number,
  ): [readonly Handle[], Handle] => {
    const x = gather(observations)(observation, order, step * rows)
    const mb = gather(columns)(samples, order, step * rows)
    const ofActor = layers.slice(0, actor.length)
    const ofCritic = layers.slice(-critic.length)
    const free = logStd === null ? [] : [layers[actor.length]!]

    const seen = policy.forward(x, ofActor)
    const valued = values.forward(x, ofCritic)
    const [out, value] = [seen.at(-1)!, valued.at(-1)!]
    const logProb = score(out, mb, ...free)
    const h = entropy(out, ...free)
    const whitened = center(mb)

    const dLogProb = slope(logProb, mb, whitened, rates, step)
    const dOut = backward(out, mb, dLogProb, h, ...free)
    const dLogStd = free.map((handle) => {
      const each = kernel(BACKWARD_LOG_STD, [actions, rows], { actions, dEntropy })
      return kernel(net.COLUMN_SUMS, [actions, 1], { rows })(each(out, mb, dLogProb, handle))
    })
    const grads = [
      ...policy.backward(dOut, seen, ofActor),
      ...dLogStd,
      ...values.backward(valueSlope(value, mb, rates, step), valued, ofCritic),
    ]

    const squares = grads
      .map((g, i) => {
        const { inputs, outputs } = all[i]!
        return kernel(net.COLUMN_SQUARES, [outputs], { inputs })(g)
      })
      .reduce<Handle | null>((total, each, i) => {
        const { outputs } = all[i]!
        return total === null
          ? kernel(net.BEGIN_SUM, [1], { outputs })(each)
          : kernel(net.ADD_UP, [1], { outputs })(total, each)
      }, null)!
    const next = all.map((layer, i) => adam(layer)(layers[i]!, grads[i]!, squares, rates, step))
    const each = terms(logProb, h, value, mb, whitened, rates, step)
    return [next, tell(told, each, squares)]
  }

  const transfers = { up: all.length + 5, down: all.length + 1 }
  const plan = device.plan(transfers.up, (...args) => {
    let layers: readonly Handle[] = args.slice(0, all.length)
    const [observation, samples, order, rates, start] = args.slice(all.length)
    let told = start!
    for (let step = 0; step < minibatches; step++)
      [layers, told] = minibatch(layers, [observation!, samples!, order!, rates!], told, step)
    return [...layers, told]
  })
  const destroy = async (): Promise<void> => {
    await plan.destroy()
    for (const one of made.values()) one.destroy()
  }
  return { plan, transfers, destroy }
}
