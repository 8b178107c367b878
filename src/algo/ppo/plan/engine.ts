import type { PlannedEnvironment, PlannedSpec } from './plannable.ts'
import type { Slot, World } from '../../../env/wrapper/vectorise.ts'
import type { Maker } from '../../../kernel/maker.ts'
import type { Key } from '../../../random/key.ts'
import { errorAt, expectShape } from '../../../tensor/check.ts'
import { withFlat } from '../../../tensor/params.ts'
import { data, own, type Numbers, type Tensor } from '../../../tensor/tensor.ts'
import type { Normaliser } from '../../look.ts'
import type { PolicyParams } from '../../policy.ts'
import type { Rollout, Trajectory } from '../../rollout.ts'
import type { PpoConfig } from '../config.ts'
import type { Learner } from '../../learner.ts'
import type { Rates } from '../rates.ts'
import { expectFiniteGrads } from '../../takeStep.ts'
import type { LossMetrics } from '../minibatch.ts'
import type { Samples } from '../../samples.ts'
import { meanOf, type Refresh } from '../update.ts'
import type { Acted } from './act.ts'
import { LOSSES, sizesOf, type Arrays, type Record, type Sizes } from './arrays.ts'
import { alone } from './crew.ts'
import type { Explain, LearnJob } from './learn.ts'
import { setSight } from './sight.ts'
import { layPlan, planMemory, program, type Laid, type PlanSpec } from './plan.ts'

/** The two halves of an iteration, whoever does them. */
export interface Engine<S> {
  readonly rollout: (
    params: PolicyParams,
    key: Key,
    normaliser?: Normaliser | null,
  ) => (world: World<S>) => [Rollout, World<S>]
  readonly update: (
    batch: Samples,
    key: Key,
    rates: Rates,
    refresh?: Refresh | null,
  ) => (learner: Learner) => [LossMetrics, Learner]
}

/** Has all worlds act, or all threads learn. */
export interface Doers<S> {
  readonly act: (key: Key, slots: ReadonlyArray<Slot<S>>) => readonly Acted<S>[]
  readonly learn: (job: LearnJob) => void
}

export const specOf = (
  config: PpoConfig,
  env: PlannedSpec,
  threads: number,
  actors: number,
): PlanSpec => ({
  config,
  sizes: sizesOf(config, env),
  size: threads,
  actors,
})

/** Copies a vector into an array of just its length. */
const setTo = (to: Numbers, argument: string, from: Tensor, dims: readonly [string]): void => {
  to.set(data(expectShape(argument, from, dims, [to.length])))
}

const expectActions = ({ kind, actions }: Sizes, action: Samples['action'], samples: number) =>
  kind === 'categorical'
    ? expectShape('action', action, ['sample'], [samples])
    : expectShape('action', action, ['sample', 'action'], [samples, actions])

/** [time, env, …] of what the threads have of their worlds, [time, row, …] each. */
const joined = <A extends Numbers>(
  records: readonly Record[],
  field: (record: Record) => Numbers,
  out: A,
  steps: number,
): A => {
  const all = records.map(field)
  for (let t = 0, to = 0; t < steps; t++)
    for (const x of all) {
      const width = x.length / steps
      for (let from = t * width; from < (t + 1) * width; from++) out[to++] = x[from]!
    }
  return out
}

const actionsOf = (
  { kind, actions }: Sizes,
  records: readonly Record[],
  steps: number,
  envs: number,
): Trajectory['action'] => {
  const n = steps * envs
  const of = ({ action }: Record) => action
  return kind === 'categorical'
    ? own(['time', 'env'], [steps, envs], joined(records, of, new Int32Array(n), steps))
    : own(
        ['time', 'env', 'action'],
        [steps, envs, actions],
        joined(records, of, new Float32Array(n * actions), steps),
      )
}

const rolloutOver =
  <S>({ config, sizes }: PlanSpec, { arrays, threads }: Laid, { act }: Doers<S>) =>
  (params: PolicyParams, key: Key, normaliser: Normaliser | null = null) =>
  ({ slots }: World<S>): [Rollout, World<S>] => {
    const { envs, steps, normalise } = config
    if (slots.length !== envs)
      throw new RangeError(`world: expected [env=${envs}], got [env=${slots.length}]`)
    setTo(arrays.learner.params, 'params', params.flat, ['param'])
    setSight(arrays.sight, normalise, normaliser?.observation ?? null)
    const acted = act(key, slots)
    const records = threads.slice(0, acted.length).map(({ record }) => record)
    const features = sizes.observations
    const n = steps * envs
    const perFeature = (field: (record: Record) => Float32Array) =>
      own(
        ['time', 'env', 'feature'],
        [steps, envs, features],
        joined(records, field, new Float32Array(n * features), steps),
      )
    const timeEnv = <A extends Numbers>(field: (record: Record) => A, out: A) =>
      own(['time', 'env'], [steps, envs], joined(records, field, out, steps))
    const trajectory: Trajectory = {
      observation: perFeature((r) => r.observation),
      action: actionsOf(sizes, records, steps, envs),
      logProb: timeEnv((r) => r.logProb, new Float32Array(n)),
      value: timeEnv((r) => r.value, new Float32Array(n)),
      nextValue: timeEnv((r) => r.nextValue, new Float32Array(n)),
      reward: timeEnv((r) => r.reward, new Float32Array(n)),
      terminated: timeEnv((r) => r.terminated, new Uint8Array(n)),
      truncated: timeEnv((r) => r.truncated, new Uint8Array(n)),
    }
    const last = new Float32Array(envs * features)
    let at = 0
    for (const { observation } of acted) {
      last.set(observation, at)
      at += observation.length
    }
    const world = {
      slots: acted.flatMap((part) => part.slots),
      observation: own(['env', 'feature'], [envs, features], last),
    }
    const episodes = acted
      .flatMap((part) => part.episodes)
      .toSorted((a, b) => a.time - b.time || a.env - b.env)
      .map(({ env, return: earned, length }) => ({ env, return: earned, length }))
    if (!normalise.observation) return [{ trajectory, episodes }, world]
    return [{ trajectory, episodes, kept: { shown: perFeature((r) => r.shown) } }, world]
  }

const lossesOf = (arrays: Arrays, shards: number, minibatch: number): LossMetrics => {
  const total = (loss: number): number => {
    let sum = arrays.losses[minibatch * shards * LOSSES.length + loss]!
    for (let s = 1; s < shards; s++)
      sum += arrays.losses[(minibatch * shards + s) * LOSSES.length + loss]!
    return sum
  }
  return {
    policyLoss: total(0),
    valueLoss: total(1),
    entropy: total(2),
    approxKl: total(3),
    clipFraction: total(4),
    gradNorm: arrays.gradNorm[minibatch]!,
  }
}

const updateOver =
  (
    { config, sizes }: PlanSpec,
    arrays: Arrays,
    { learn }: Pick<Doers<never>, 'learn'>,
    inUse: { tree: PolicyParams['tree'] | null },
  ) =>
  (batch: Samples, key: Key, { learningRate, clip, valueClip }: Rates) =>
  (learner: Learner): [LossMetrics, Learner] => {
    const {
      params,
      optim: [, adam],
    } = learner
    const samples = config.envs * config.steps
    const { observation } = batch
    expectShape('observation', observation, ['sample', 'feature'], [samples, sizes.observations])
    arrays.observation.set(data(observation))
    arrays.action.set(data(expectActions(sizes, batch.action, samples)))
    setTo(arrays.oldLogProb, 'oldLogProb', batch.oldLogProb, ['sample'])
    setTo(arrays.oldValue, 'oldValue', batch.oldValue, ['sample'])
    setTo(arrays.advantage, 'advantage', batch.advantage, ['sample'])
    setTo(arrays.returns, 'returns', batch.returns, ['sample'])
    setTo(arrays.learner.params, 'params', params.flat, ['param'])
    setTo(arrays.learner.m, 'm', adam.m, ['param'])
    setTo(arrays.learner.v, 'v', adam.v, ['param'])
    inUse.tree = params.tree
    const { count, beta1Power, beta2Power } = adam
    learn({ key, learningRate, clip, valueClip, beta1Power, beta2Power })

    const steps = config.epochs * config.minibatches
    const all = Array.from({ length: steps }, (_, i) => lossesOf(arrays, config.shards, i))
    let [power1, power2] = [beta1Power, beta2Power]
    for (let i = 0; i < steps; i++) {
      power1 *= config.adam.beta1
      power2 *= config.adam.beta2
    }
    const flat = (x: Float32Array) => own(['param'], [x.length], x.slice())
    const optim = [
      { norm: all.at(-1)!.gradNorm },
      {
        count: count + steps,
        beta1Power: power1,
        beta2Power: power2,
        m: flat(arrays.learner.m),
        v: flat(arrays.learner.v),
      },
    ] as const
    const moved = withFlat(params.tree, arrays.learner.params.slice())
    return [meanOf(all), { ...learner, params: moved, optim }]
  }

/** Names the parameter whose gradient is not finite. */
export const explainer =
  (inUse: { readonly tree: PolicyParams['tree'] | null }): Explain =>
  (gradNorm, grad) => {
    const { tree } = inUse
    if (tree !== null) expectFiniteGrads(gradNorm, () => withFlat(tree, grad))
    throw errorAt({ field: 'gradient' }, `gradient: expected a finite norm, got ${gradNorm}`)
  }

export const engineOver = <S>(
  spec: PlanSpec,
  laid: Laid,
  doers: Doers<S>,
  inUse: { tree: PolicyParams['tree'] | null },
): Engine<S> => ({
  rollout: rolloutOver(spec, laid, doers),
  update: updateOver(spec, laid.arrays, doers, inUse),
})

/** `rollout` and `update` to the same bits, over arrays laid out once, on the caller's thread. */
export const engine = <S>(
  config: PpoConfig,
  env: PlannedEnvironment<S>,
  maker: Maker,
): Engine<S> => {
  const spec = specOf(config, env, 1, 1)
  const memory = planMemory(maker, spec, false)
  const laid = layPlan(maker, spec, memory)
  const inUse = { tree: null }
  const { act, learn } = program(maker, spec, memory, laid, env, alone, explainer(inUse))
  return engineOver(spec, laid, { act: (key, slots) => [act(key, slots)], learn }, inUse)
}

/** `update` alone, for worlds that act elsewhere. */
export const learningEngine = (
  config: PpoConfig,
  env: PlannedSpec,
  maker: Maker,
): Pick<Engine<never>, 'update'> => {
  const spec = specOf(config, env, 1, 0)
  const memory = planMemory(maker, spec, false)
  const laid = layPlan(maker, spec, memory)
  const inUse = { tree: null }
  const { learn } = program(maker, spec, memory, laid, null, alone, explainer(inUse))
  return { update: updateOver(spec, laid.arrays, { learn }, inUse) }
}
