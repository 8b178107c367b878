import { gpuParts } from '../../src/algo/ppo/gpu/parts.ts'
import { lossGrad, parts, type PpoConfig } from '../../src/algo/ppo/index.ts'
import {
  cartPole,
  pendulum,
  type Box,
  type Discrete,
  type Environment,
} from '../../src/env/index.ts'
import type { Device } from '../../src/kernel/gpu/device.ts'
import { js } from '../../src/kernel/js/js.ts'
import { key } from '../../src/random/index.ts'
import { whiten } from '../../src/rl/index.ts'
import { cast, data, type Tensor } from '../../src/tensor/index.ts'
import { withFlat } from '../../src/tensor/params.ts'
import { beginner, firstRates, lived, perturbed, small } from '../support/runs.ts'

/** An environment and the choices by which a device has to learn in it. */
export interface Scene {
  readonly world: Environment<unknown, Discrete | Box>
  readonly config: PpoConfig
}

const scene = <S>(world: Environment<S, Discrete | Box>, choices: Partial<PpoConfig>): Scene => ({
  world: world as Environment<unknown, Discrete | Box>,
  config: { ...small, envs: 4, steps: 24, totalSteps: 960, hidden: [9, 6], ...choices },
})

/** CartPole whose cart may not be pushed to the right while it moves there. */
const masked: typeof cartPole = {
  ...cartPole,
  actionMask: ({ state: { xDot } }) => [true, xDot < 0.2],
}

/** Every kind of loss, network and distribution that a device learns. */
export const scenes: Readonly<Record<string, Scene>> = {
  'clip, two actions': scene(cartPole, {}),
  'three layers, another net for V': scene(cartPole, {
    hidden: [7, 5, 4],
    valueHidden: [11],
    entropyCoef: 0.1,
  }),
  'no hidden layer': scene(cartPole, { hidden: [] }),
  'clip alone, V clipped alone, Huber': scene(cartPole, {
    surrogate: 'clipAlone',
    clip: 0.05,
    valueClip: 0.1,
    valueClipKind: 'alone',
    huber: 0.5,
  }),
  'ratio, V clipped': scene(cartPole, {
    surrogate: 'ratio',
    valueClip: 0.05,
    valueClipKind: 'max',
    advantage: { normalise: 'none', ddof: 0, epsilon: 1e-8, epsilonKind: 'add' },
  }),
  'dual clip': scene(cartPole, {
    surrogate: 'dualClip',
    dualClip: 1.05,
    clip: 0.02,
    advantage: { normalise: 'minibatch', ddof: 0, epsilon: 0.1, epsilonKind: 'max' },
  }),
  'Gaussian, free σ': scene(pendulum, {
    entropyCoef: 0.05,
    logStd: { kind: 'free', init: -0.3 },
  }),
  'Gaussian, σ by the state': scene(pendulum, {
    entropyCoef: 0.05,
    logStd: { kind: 'state', init: -0.3 },
  }),
  'Gaussian, bounded σ by the state': scene(pendulum, {
    entropyCoef: 0.05,
    logStd: { kind: 'state', init: -0.3, min: -1, max: -0.3 },
  }),
  'a shared trunk, every element clipped, Huber with whole numbers': scene(cartPole, {
    trunk: 'shared',
    gradClip: 'element',
    maxGradNorm: 0.01,
    huber: 1,
    valueClip: 1,
  }),
  'dual clip with whole numbers': scene(cartPole, { surrogate: 'dualClip', dualClip: 2, clip: 1 }),
  'masked actions': scene(masked, { entropyCoef: 0.1 }),
}

const wide = <D extends string[]>(t: Tensor<D>): Tensor<D> => cast(t, 'f64')

/** ‖x − y‖ / ‖y‖, Frobenius's norms */
export const distance = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  let [off, all] = [0, 0]
  for (let i = 0; i < y.length; i++) {
    off += (x[i]! - y[i]!) * (x[i]! - y[i]!)
    all += y[i]! * y[i]!
  }
  return Math.sqrt(off / all)
}

/**
 * How far the gradient of a whole minibatch is from that of the f64 twin. It is read off Adam's
 * memory after one step from nothing: m = (1 − β₁) g.
 */
export const gradientDistance = async (
  device: Device,
  { world, config: given }: Scene,
  seed: number,
): Promise<number> => {
  const config: PpoConfig = { ...given, epochs: 1, minibatches: 1, gradClip: 'none' }
  const { params, samples } = lived(world, seed, config, js.f32)
  // Ratios off 1, on both sides of the clip.
  const moved = Float32Array.from(data(perturbed(params, 0.1, seed).flat))
  const advantage = wide(samples.advantage)
  const { policy } = parts(config, world, js.f64)
  const [, grads] = lossGrad(config, policy)(withFlat(params.tree, Float64Array.from(moved)), {
    ...samples,
    observation: wide(samples.observation),
    oldLogProb: wide(samples.oldLogProb),
    oldValue: wide(samples.oldValue),
    returns: wide(samples.returns),
    advantage:
      config.advantage.normalise === 'minibatch' ? whiten(config.advantage)(advantage) : advantage,
  })
  const learner = beginner(config, world, withFlat(params.tree, moved), js.f32)
  const { update, destroy } = gpuParts(config, world, device)
  const [, next] = await update(samples, key(seed), firstRates(config))(learner)
  await destroy()
  const m = data(next.optim[1].m)
  return distance(
    Array.from(m, (x) => x / (1 - config.adam.beta1)),
    data(grads.flat),
  )
}

/**
 * How far a whole update of epochs and minibatches is from that of the kernels: the larger of the
 * distance of the parameters, relative to how far they moved, and that of the metrics.
 */
export const updateDistance = async (
  device: Device,
  { world, config }: Scene,
  seed: number,
): Promise<number> => {
  const { params, samples } = lived(world, seed, config, js.f32)
  const learner = beginner(config, world, params, js.f32)
  const how = [samples, key(seed), firstRates(config)] as const
  const [{ metrics: kernelMetrics }, expected] = parts(config, world, 'js').update(...how)(learner)
  const { update, destroy } = gpuParts(config, world, device)
  const [{ metrics }, found] = await update(...how)(learner)
  await destroy()
  const from = data(params.flat)
  const way = (to: ArrayLike<number>) => Array.from(from, (x, i) => to[i]! - x)
  return Math.max(
    distance(way(data(found.params.flat)), way(data(expected.params.flat))),
    distance(Object.values(metrics), Object.values(kernelMetrics)),
  )
}
