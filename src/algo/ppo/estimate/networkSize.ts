import type { EnvSpec } from '../../../env/environment.ts'
import type { Space } from '../../../env/space.ts'
import type { PpoConfig } from '../config.ts'

/** Sizes of a config's networks that determine their cost. */
export interface NetworkSize {
  /** f, numbers in an observation */
  readonly features: number
  /** numbers in an action */
  readonly actions: number
  /** o, numbers that the policy's network gives */
  readonly outputs: number
  /** P, of both networks, with a free log σ */
  readonly params: number
  /** W = Σ inputs · outputs over all layers */
  readonly weights: number
  /** W₁, the part of W whose input is the observation, which needs no gradient */
  readonly firstWeights: number
  /** U = Σ outputs over all layers */
  readonly units: number
  /** the widest layer, the observation included */
  readonly width: number
  readonly layers: number
  /** floating-point operations of the first weights: Σ 4 min² max where they are orthogonal */
  readonly initFlop: number
}

/** Numbers in the parameters of dense layers of these sizes. */
const paramCount = (sizes: readonly number[]): number =>
  sizes.slice(1).reduce((sum, units, i) => sum + (sizes[i]! + 1) * units, 0)

/** Columns of a distribution's parameters over a space, those of log σ, and numbers in an action. */
const columnsOf = (space: Space): { all: number; logStd: number; actions: number } => {
  if (space.kind === 'discrete') return { all: space.n, logStd: 0, actions: 1 }
  if (space.kind === 'multiBinary') return { all: space.n, logStd: 0, actions: space.n }
  if (space.kind === 'multiDiscrete')
    return { all: space.sizes.reduce((a, b) => a + b, 0), logStd: 0, actions: space.sizes.length }
  if (space.kind === 'box') return { all: 2 * space.size, logStd: space.size, actions: space.size }
  const sum = { all: 0, logStd: 0, actions: 0 }
  for (const part of Object.values(space.spaces)) {
    const { all, logStd, actions } = columnsOf(part)
    sum.all += all
    sum.logStd += logStd
    sum.actions += actions
  }
  return sum
}

const nets = (
  { hidden, valueHidden, trunk }: PpoConfig,
  features: number,
  outputs: number,
): ReadonlyArray<readonly number[]> => {
  if (trunk === 'separate')
    return [
      [features, ...hidden, outputs],
      [features, ...(valueHidden ?? hidden), 1],
    ]
  const last = hidden.at(-1) ?? features
  return [
    [features, ...hidden],
    [last, outputs],
    [last, 1],
  ]
}

/** The size of the networks of a config for an environment, without making them. */
export const networkSize = (
  config: PpoConfig,
  { observationSpace: { size: features }, actionSpace }: EnvSpec,
): NetworkSize => {
  const { all, logStd, actions } = columnsOf(actionSpace)
  const free = config.logStd.kind === 'free' ? logStd : 0
  const outputs = all - free
  const size = { params: free, weights: 0, firstWeights: 0, units: 0, layers: 0, initFlop: 0 }
  let width = features
  nets(config, features, outputs).forEach((sizes, net) => {
    size.params += paramCount(sizes)
    for (let i = 1; i < sizes.length; i++) {
      const [inputs, units] = [sizes[i - 1]!, sizes[i]!]
      const isFirst = i === 1 && (config.trunk === 'separate' || net === 0)
      size.weights += inputs * units
      size.firstWeights += isFirst ? inputs * units : 0
      size.units += units
      size.layers += 1
      width = Math.max(width, units)
      const least = Math.min(inputs, units)
      if (config.weights === 'orthogonal')
        size.initFlop += 4 * least * least * Math.max(inputs, units)
    }
  })
  return { features, actions, outputs, width, ...size }
}
