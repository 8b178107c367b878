import { netSizes, type Sizes } from './sizes.ts'
import type { PpoConfig } from '../config.ts'

/**
 * Parameters that lie together as one matrix [inputs + 1, outputs]: the weights of a layer and,
 * in the last row, its bias; or, with no inputs, free log standard deviations.
 */
export interface Layer {
  readonly inputs: number
  readonly outputs: number
  /** where it begins among all parameters */
  readonly at: number
}

export interface Layers {
  readonly actor: readonly Layer[]
  readonly logStd: Layer | null
  readonly critic: readonly Layer[]
  /** those of all, in the order in which they lie */
  readonly all: readonly Layer[]
}

export const layerSize = ({ inputs, outputs }: Layer): number => (inputs + 1) * outputs

const stacked = (sizes: readonly number[], from: number): readonly Layer[] => {
  const layers: Layer[] = []
  let at = from
  for (let i = 1; i < sizes.length; i++) {
    const layer = { inputs: sizes[i - 1]!, outputs: sizes[i]!, at }
    layers.push(layer)
    at += layerSize(layer)
  }
  return layers
}

const endOf = (layers: readonly Layer[]): number => {
  const last = layers.at(-1)!
  return last.at + layerSize(last)
}

export const layersOf = (config: PpoConfig, sizes: Sizes): Layers => {
  const nets = netSizes(config, sizes)
  const actor = stacked(nets.actor, 0)
  const logStd = sizes.free === 0 ? null : { inputs: 0, outputs: sizes.free, at: endOf(actor) }
  const critic = stacked(nets.critic, endOf(logStd === null ? actor : [logStd]))
  return { actor, logStd, critic, all: [...actor, ...(logStd === null ? [] : [logStd]), ...critic] }
}
