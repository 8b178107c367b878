import type { Distribution, Fitted, Param } from '../distribution/distribution.ts'
import type { EnvSpec } from '../env/environment.ts'
import { observedBox } from '../env/flatten.ts'
import type { Bound } from '../env/reader.ts'
import type { Machine } from '../kernel/machine.ts'
import { actorCritic, type ActorCritic } from '../nn/actorCritic.ts'
import type { Batch, Shard } from '../nn/layer.ts'
import type { Key } from '../random/key.ts'
import { expectShape } from '../tensor/check.ts'
import type { Params, ParamTree } from '../tensor/params.ts'
import { isTensor, type Tensor } from '../tensor/tensor.ts'
import { distributionFor, type ActionConfig } from './actions.ts'
import {
  normalisingBy,
  type NormaliseObservation,
  type NormaliseConfig,
  type Normaliser,
} from './look.ts'

/** The parameters of a policy and its value function: a tree over one flat vector. */
export type PolicyParams = Params

/** An action a row: whole numbers [B] of a discrete space, [B, action] of every other. */
export type Actions<B extends string> = Tensor<[B] | [B, 'action']>

/** 1 where a choice is allowed, 0 where it is not: [B, choice]. */
export type ActionMask<B extends string> = Tensor<[B, 'choice']>

/** π(·|s) and V(s) of a batch of observations. */
export interface PolicyOutput<B extends string> {
  readonly dist: Fitted<B>
  readonly value: Tensor<[B]>
}

/** What backward needs of forward. */
export interface PolicyCache {
  readonly tree: ParamTree
  readonly network: unknown
}

/** A policy π(a|s) and its value function V(s), as functions of their parameters. */
export interface Policy {
  /** where its functions run unless they are given another machine */
  readonly machine: Machine
  readonly network: ActorCritic
  readonly distribution: Distribution
  /** what happens to actions beyond the bounds of a box */
  readonly bound: Bound
  /** in how many environments at a time it is trained; null where nothing says so */
  readonly envs: number | null
  /** how it sees observations, by the statistics of a run */
  readonly normaliseObservation: (normaliser: Normaliser | null) => NormaliseObservation
  readonly init: (key: Key) => PolicyParams
  /** @param actionMask choices that are 0 there get no probability, and no gradient */
  readonly forward: <B extends string>(
    params: Pick<PolicyParams, 'tree'>,
    observation: Batch<B>,
    actionMask?: NoInfer<ActionMask<B>> | null,
    machine?: Machine,
  ) => [PolicyOutput<B>, PolicyCache]
  /** V(s) alone */
  readonly value: <B extends string>(
    params: Pick<PolicyParams, 'tree'>,
    observation: Batch<B>,
    machine?: Machine,
  ) => Tensor<[B]>
  /**
   * Fills the gradient of every parameter, a shard of the rows at a time, from those of the
   * distribution's parameters and of V; null: nothing depends on them.
   */
  readonly backward: <B extends string>(
    cache: PolicyCache,
    grads: { readonly dParam: Param<B> | null; readonly dValue: Tensor<[B]> | null },
    shards: readonly Shard<ParamTree>[],
    machine?: Machine,
  ) => void
  /** How the distribution's parameters move where the network's move along `tangent`. */
  readonly jvp: <B extends string>(
    cache: PolicyCache,
    tangent: PolicyParams,
    machine?: Machine,
  ) => Param<B>
}

/** What a policy is made of, beside its environment. */
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

/** The networks that a config describes for an environment. */
export const networkFor = (env: EnvSpec, config: PolicyConfig): ActorCritic => {
  const { params: distParams, logStd } = distributionFor(env.actionSpace, config)
  const columns = config.logStd.kind === 'free' ? logStd : []
  return actorCritic({
    observations: observedBox(env).size,
    distParams,
    hidden: config.hidden,
    trunk: config.trunk,
    weights: config.weights,
    gain: config.gain,
    ...(config.valueHidden === null ? {} : { valueHidden: config.valueHidden }),
    ...(columns.length > 0 ? { logStd: { columns, init: config.logStd.init } } : {}),
    // Without state-independent log σ, its outputs start at `init` by their biases.
    ...(columns.length === 0 && logStd.length > 0
      ? { outputBias: { columns: logStd, value: config.logStd.init } }
      : {}),
  })
}

/** Throws unless it is a batch of observations, which callers in plain JavaScript may get wrong. */
const expectRows = <B extends string>(observation: Batch<B>, features: number): Batch<B> => {
  const [batch = 'batch'] = isTensor(observation) ? observation.dims : []
  const [rows = 1] = isTensor(observation) ? observation.shape : []
  return expectShape('observation', observation, [batch, 'feature'], [rows, features]) as Batch<B>
}

/**
 * Networks for π and V, and the distribution that suits the actions of an environment.
 *
 * @param network those of the config by default
 */
export const policyFor = (
  machine: Machine,
  env: EnvSpec,
  config: PolicyConfig,
  network: ActorCritic = networkFor(env, config),
): Policy => {
  const { distribution } = distributionFor(env.actionSpace, config)
  const features = observedBox(env).size
  return {
    machine,
    network,
    distribution,
    bound: config.actionBound,
    envs: config.envs ?? null,
    normaliseObservation: (normaliser) =>
      config.normalise === undefined
        ? (observation) => observation
        : normalisingBy(config.normalise, normaliser),
    init: (key) => network.init(key, machine.dtype),
    forward: ({ tree }, observation, actionMask = null, on = machine) => {
      expectRows(observation, features)
      const [{ param, value }, cache] = network.forward(on, tree, observation)
      return [
        { dist: distribution.at(param, actionMask, on), value },
        { tree, network: cache },
      ]
    },
    value: ({ tree }, observation, on = machine) =>
      network.value(on, tree, expectRows(observation, features))[0],
    backward: ({ tree, network: cache }, grads, shards, on = machine) =>
      network.backward(on, shards, tree, cache, grads),
    jvp: ({ tree, network: cache }, tangent, on = machine) =>
      network.jvp(on, tree, tangent.tree, cache),
  }
}
