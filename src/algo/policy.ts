import type { Distribution } from '../distribution/distribution.ts'
import type { Kernels } from '../kernel/kernels.ts'
import * as actorCritic from '../nn/actorCritic.ts'
import type { Batch } from '../nn/dense.ts'
import type { Key } from '../random/key.ts'
import { add, mul, scale } from '../tensor/elementwise.ts'
import { partRanges, withFlat, type Params } from '../tensor/params.ts'
import { allocate, data, ownLike, type Floats, type Tensor } from '../tensor/tensor.ts'
import type { WorldSpec } from '../env/environment.ts'
import { observedBox } from '../env/flatten.ts'
import type { Bound } from '../env/reader.ts'
import { distributionFor, type ActionConfig } from './actions.ts'
import { looking, type Look, type NormaliseConfig, type Normaliser } from './look.ts'

export type PolicyParams = Params<actorCritic.ActorCritic>

/** An action a row: whole numbers [B] of a discrete world, [B, action] of every other. */
export type Actions<B extends string> = Tensor<[B] | [B, 'action']>

/** 1 where a choice may be made: [B, choice], as the world tells it. */
export type Open<B extends string> = Tensor<[B, 'choice']>

/** A policy π(a|s) and its value function V(s), as functions of their parameters. */
export interface Policy extends Distribution {
  readonly kernels: Kernels
  /** what becomes of actions beyond the bounds of a box */
  readonly bound: Bound
  /** in how many environments at a time it is trained; null where nothing says so */
  readonly envs: number | null
  /** how it sees what the worlds show, by the statistics of a run */
  readonly look: (normaliser: Normaliser | null) => Look
  readonly init: (key: Key) => PolicyParams
  /** @param open where some choices are closed: they get no probability, and no gradient */
  readonly forward: <B extends string>(
    params: PolicyParams,
    observation: Batch<B>,
    open?: NoInfer<Open<B>> | null,
  ) => [actorCritic.ActorCriticOutput<B>, actorCritic.ActorCriticCache]
  /** V(s) alone */
  readonly value: <B extends string>(params: PolicyParams, observation: Batch<B>) => Tensor<[B]>
  /**
   * The chain rule through the distribution: from dL/dlogProb, a sample, and dL/dentropy, the same
   * number for all, to dL/dparam.
   */
  readonly distGrad: <B extends string>(
    dist: Tensor<[B, 'param']>,
    action: Actions<B>,
    dLogProb: Tensor<[B]>,
    dEntropy: number,
  ) => Tensor<[B, 'param']>
  readonly backward: <B extends string>(
    cache: actorCritic.ActorCriticCache,
    grads: { readonly dDist: Tensor<[B, 'param']>; readonly dValue: Tensor<[B]> },
  ) => PolicyParams
  /** How the distribution's parameters move where the network's move along `tangent`. */
  readonly jvp: (
    cache: actorCritic.ActorCriticCache,
    tangent: PolicyParams,
  ) => Tensor<[string, 'param']>
}

/** What a policy is made of, beside its world. */
export interface PolicyConfig extends ActionConfig {
  /** in how many environments at a time it is trained */
  readonly envs?: number
  /** nothing is normalised without it */
  readonly normalise?: NormaliseConfig
  readonly hidden: readonly number[]
  readonly valueHidden: readonly number[] | null
  readonly trunk: 'separate' | 'shared'
  readonly weights: 'orthogonal' | 'fanIn'
  readonly gain: { readonly hidden: number; readonly policy: number; readonly value: number }
}

/** x [B] repeated along the columns of `like` [B, param]. */
const alongRows = <B extends string>(
  x: Tensor<[B]>,
  like: Tensor<[B, 'param']>,
): Tensor<[B, 'param']> => {
  const [rows, columns] = like.shape
  const values = data(x)
  const out = allocate(x.dtype, rows * columns)
  for (let i = 0; i < out.length; i++) out[i] = values[Math.floor(i / columns)]!
  return ownLike(like, out)
}

/** Moves those outputs of the policy by `start`, through its last biases, which end its part. */
const withBias = (
  { flat, tree }: PolicyParams,
  outputs: number,
  columns: readonly number[],
  start: number,
): PolicyParams => {
  const biases = partRanges(tree).actor[1] - outputs
  const out = (data(flat) as Floats).slice()
  for (const column of columns) out[biases + column]! += start
  return withFlat(tree, out)
}

/** tanh networks for π and V, and the distribution that suits the actions of a world. */
export const policyFor = (kernels: Kernels, env: WorldSpec, config: PolicyConfig): Policy => {
  const { distribution, params: distParams, logStd } = distributionFor(env.actionSpace, config)
  const { mask, logProbGrad, entropyGrad } = distribution
  const columns = config.logStd.kind === 'free' ? logStd : []
  const spec: actorCritic.ActorCriticSpec = {
    observations: observedBox(env).size,
    distParams,
    hidden: config.hidden,
    trunk: config.trunk,
    weights: config.weights,
    gain: config.gain,
    ...(config.valueHidden === null ? {} : { valueHidden: config.valueHidden }),
    ...(columns.length > 0 ? { free: { columns, init: config.logStd.init } } : {}),
  }
  return {
    ...distribution,
    kernels,
    bound: config.actionBound,
    envs: config.envs ?? null,
    look: (normaliser) =>
      config.normalise === undefined
        ? (observation) => observation
        : looking(config.normalise, normaliser),
    init: (key) => {
      const params = actorCritic.init(kernels, key, spec)
      return config.logStd.kind === 'free'
        ? params
        : withBias(params, distParams, logStd, config.logStd.init)
    },
    forward: (params, observation, open = null) => {
      const [{ dist, value }, cache] = actorCritic.forward(kernels, params, observation, columns)
      return [{ dist: open === null ? dist : mask(dist, open), value }, cache]
    },
    value: (params, observation) => actorCritic.value(kernels, params, observation),
    distGrad: (dist, action, dLogProb, dEntropy) =>
      add(
        mul(logProbGrad(dist, action), alongRows(dLogProb, dist)),
        scale(entropyGrad(dist), dEntropy),
      ),
    backward: (cache, grads) => actorCritic.backward(kernels, cache, grads),
    jvp: (cache, tangent) => actorCritic.jvp(kernels, cache.params, tangent, cache),
  }
}
