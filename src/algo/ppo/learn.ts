import type { Runtime } from '../../engine/runtime.ts'
import { takeRows } from '../../engine/take.ts'
import { PIECE } from '../../engine/task.ts'
import { operation, type Machine } from '../../kernel/machine.ts'
import { foldIn, type Key } from '../../random/key.ts'
import { permutation } from '../../random/permutation.ts'
import { adaptLearningRate } from '../../optim/adaptLearningRate.ts'
import { terms } from '../../rl/kl.ts'
import { adaptBeta } from '../../rl/loss/klPenalty.ts'
import { located } from '../../tensor/check.ts'
import { data, own, type Floats, type Numbers, type ReadonlyNumbers } from '../../tensor/tensor.ts'
import type { WhitenConfig } from '../../rl/whiten.ts'
import { descent, type Place } from '../descent.ts'
import type { AgentLayout } from '../agentLayout.ts'
import type { Learning } from '../learning.ts'
import type { OptimState, AdaptiveState } from '../learner.ts'
import {
  LOSSES,
  oldDist,
  policyObjective,
  type Losses,
  type PolicyForward,
  type PolicyObjective,
} from '../objective.ts'
import { optimizerFor } from '../optimizer.ts'
import type { Policy } from '../policy.ts'
import type { Rates } from '../rates.ts'
import type { Samples } from '../samples.ts'
import { sweep } from '../sweep.ts'
import { whitenRows } from '../whitenRows.ts'
import type { PpoConfig } from './config.ts'

/** Means over the steps of an update. */
export interface LossMetrics extends Losses {
  /** ‖∂L/∂θ‖ before clipping */
  readonly gradNorm: number
}

/** The results of an update, besides the learner. */
export interface Learned {
  readonly metrics: LossMetrics
  /** null where the config sets the learning rate and β */
  readonly adaptive: AdaptiveState | null
  /** means of what an objective keeps behind its losses, over the steps of the update */
  readonly more: { readonly [name: string]: number }
}

/** The key of an epoch's order. */
export const shuffleKey = ({ shuffle }: Pick<PpoConfig, 'shuffle'>, key: Key, epoch: number): Key =>
  foldIn(key, shuffle === 'epoch' ? epoch : 0)

/** Whether a config compares whole distributions, which needs the parameters of π_old. */
export const comparesDists = ({
  klPenalty,
  klStop,
  learningRateSchedule,
}: Pick<PpoConfig, 'klPenalty' | 'klStop' | 'learningRateSchedule'>): boolean =>
  klPenalty.kind !== 'none' ||
  learningRateSchedule === 'adaptive' ||
  (klStop.target !== null && klStop.estimator === 'exact')

const copy = operation('copy', (_, out: Floats, x: ReadonlyNumbers) => {
  out.set(x)
})

const estimateKl = operation(
  'estimateKl',
  (
    _,
    out: Floats,
    logProb: ReadonlyNumbers,
    oldLogProb: ReadonlyNumbers,
    value: (logRatio: number) => number,
  ) => {
    for (let i = 0; i < out.length; i++) out[i] = value(logProb[i]! - oldLogProb[i]!)
  },
)

/** Rows of a minibatch, whitened over all of it. */
const whitenedRows = (
  machine: Machine,
  config: WhitenConfig,
  advantage: Samples['advantage'],
  { index, first, shards }: Place,
): Samples['advantage'] => {
  const rows = shards.at(-1)?.[1] ?? 0
  const all = whitenRows(machine, config, takeRows(machine, advantage, index))
  return own(['sample'], [rows], (data(all) as Floats).subarray(first, first + rows))
}

const mean = (x: ReadonlyNumbers): number => {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += x[i]!
  return sum / x.length
}

/** The objective that a config descends on. */
export interface Descended<C> {
  readonly objective: (config: C, policy: Policy, rates: Rates) => PolicyObjective<PolicyForward>
  /** the names of what it keeps behind `LOSSES` */
  readonly more: readonly string[]
}

const plain: Descended<PpoConfig> = { objective: policyObjective, more: [] }

/**
 * K epochs over a batch, each in a new order or all in one order, split into equal minibatches
 * with one optimiser step each: Schulman et al. 2017, arXiv:1707.06347, Algorithm 1. Metrics are means over all
 * those steps. Where the config says so, the KL from the policy that acted sets the learning rate of a
 * step, ends the update early, and sets the weight of the penalty for the next one.
 *
 * @param descended the objective of PPO by default
 */
export const ppoLearning = <C extends PpoConfig>(
  runtime: Runtime,
  { batch, learner, rates }: AgentLayout<OptimState>,
  config: C,
  policy: Policy,
  descended: Descended<C> = plain,
): Learning<Learned> => {
  const { group, shared } = runtime
  const { epochs, minibatches, shards, klStop, klPenalty, adaptiveRate } = config
  const samples = config.envs * config.steps
  const n = samples / minibatches
  const isAdaptive = config.learningRateSchedule === 'adaptive'
  const isStopping = klStop.target !== null
  const order = shared.integers(epochs * samples)
  // KL[π_old, π] of each sample of a minibatch, for the rules that read it.
  const stopKl = shared.floats(isStopping ? n : 0)
  const rateKl = shared.floats(isAdaptive ? n : 0)
  const batchKl = shared.floats(klPenalty.kind === 'adaptive' ? samples : 0)
  const newValue = shared.floats(config.recomputeAdvantages ? samples : 0)

  const loss = descended.objective(config, policy, rates)
  const { advantage } = config
  const objective: PolicyObjective<PolicyForward> = (machine, params, given, place) => {
    // Whitened over the whole minibatch, of which these are this thread's rows.
    const mb =
      advantage.normalise === 'minibatch'
        ? { ...given, advantage: whitenedRows(machine, advantage, batch.advantage, place) }
        : given
    const forward = loss(machine, params, mb, place)
    const exact = () => forward.kl ?? oldDist(policy, mb, machine).kl(forward.dist)
    const { first } = place
    const mine = (kl: Floats) => kl.subarray(first, first + mb.observation.shape[0])
    if (isStopping && klStop.estimator !== 'exact')
      machine.run(
        estimateKl,
        mine(stopKl),
        data(forward.logProb),
        data(mb.oldLogProb),
        terms[klStop.estimator].value,
      )
    const kl = isAdaptive || (isStopping && klStop.estimator === 'exact') ? exact() : null
    if (kl !== null && isAdaptive) machine.run(copy, mine(rateKl), data(kl))
    if (kl !== null && isStopping && klStop.estimator === 'exact')
      machine.run(copy, mine(stopKl), data(kl))
    return forward
  }

  const { valueParams } = policy.network
  const steps = descent(runtime, {
    batch,
    order,
    n,
    steps: epochs * minibatches,
    shards,
    objective,
    transform: optimizerFor(policy.machine, config, valueParams, rates),
    learner,
    losses: [...LOSSES, ...descended.more],
    norm: learner.cells[0].norm,
  })

  const whole = { batch, n: samples, parts: minibatches, shards }
  const keepOldParams =
    batch.oldParam === undefined
      ? null
      : sweep(
          runtime,
          whole,
          ['observation', 'actionMask'],
          data(batch.oldParam) as Floats,
          (machine, { observation, actionMask = null }) =>
            policy.forward(learner.params, observation, actionMask, machine)[0].dist.param,
        )
  const measureKl =
    batchKl.length === 0
      ? null
      : sweep(runtime, whole, ['observation', 'actionMask', 'oldParam'], batchKl, (machine, mb) => {
          const [{ dist }] = policy.forward(learner.params, mb.observation, mb.actionMask, machine)
          return oldDist(policy, mb, machine).kl(dist)
        })
  const valueAgain =
    newValue.length === 0
      ? null
      : sweep(runtime, whole, ['observation'], newValue, (machine, { observation }) =>
          policy.value(learner.params, observation, machine),
        )

  const set = (name: 'advantage' | 'returns', from: Pick<Samples, 'advantage' | 'returns'>): void =>
    (data(batch[name]) as Numbers).set(data(from[name]))

  let taken = 0
  let adaptive: AdaptiveState | null = null

  const learn: Learning<Learned>['learn'] = function* (key, recompute) {
    if (group.rank === 0 && valueAgain !== null && epochs > 1 && recompute === null)
      throw new RangeError(
        'recompute: expected a function, because the config has recomputeAdvantages, got none: see recomputeAdvantages',
      )
    const beta = rates.beta
    rates.trainable = 'all'
    taken = 0
    learner.begin()
    if (keepOldParams !== null) yield* keepOldParams()
    for (let epoch = group.rank; epoch < epochs; epoch += group.size) {
      order.set(
        data(permutation(shuffleKey(config, key, epoch), 'sample', samples)),
        epoch * samples,
      )
      yield PIECE
    }
    group.barrier()

    const isTooFar = (): boolean => isStopping && mean(stopKl) > klStop.factor * klStop.target
    const stopping = klStop.scope === 'both' ? 'all' : 'policy'
    let stopped: 'nothing' | 'policy' | 'all' = 'nothing'
    for (let epoch = 0; epoch < epochs && stopped !== 'all'; epoch++) {
      if (epoch > 0 && valueAgain !== null) {
        yield* valueAgain()
        if (group.rank === 0 && recompute !== null) {
          const value = own(['time', 'env'], [config.steps, config.envs], newValue.slice())
          const fresh = recompute(learner.params, value)
          set('advantage', fresh)
          set('returns', fresh)
        }
        group.barrier()
      }
      for (let part = 0; part < minibatches; part++)
        try {
          yield* steps.forward(epoch * samples + part * n, taken)
          if (isAdaptive || (isStopping && klStop.when === 'minibatch')) group.barrier()
          if (stopped === 'nothing' && klStop.when === 'minibatch' && isTooFar()) stopped = stopping
          // The first step is always taken: before it the KL is that of rounding.
          if (stopped === 'all' && taken > 0) break
          rates.trainable = stopped === 'policy' ? 'value' : 'all'
          if (isAdaptive && stopped !== 'policy')
            rates.learningRate = adaptLearningRate(adaptiveRate)(rates.learningRate, mean(rateKl))
          yield* steps.descend(taken)
          taken++
          if (stopped === 'all') break
        } catch (error) {
          throw located(`epoch ${epoch}: minibatch ${part}`, error)
        }
      if (isStopping && klStop.when === 'epoch' && stopped === 'nothing') {
        if (isTooFar()) stopped = stopping
        // Nobody writes the next KL before all have read this one.
        group.barrier()
      }
    }
    if (measureKl !== null) yield* measureKl()
    adaptive =
      isAdaptive || klPenalty.kind === 'adaptive'
        ? {
            learningRate: rates.learningRate,
            beta: klPenalty.kind === 'adaptive' ? adaptBeta(klPenalty)(beta, mean(batchKl)) : beta,
          }
        : null
  }

  return {
    learn,
    read: steps.read,
    result: () => {
      const all = Array.from({ length: taken }, (_, step) => steps.metrics(step))
      const means = (names: readonly string[]): { readonly [name: string]: number } =>
        Object.fromEntries(
          names.map((name) => [name, all.reduce((sum, step) => sum + step[name]!, 0) / all.length]),
        )
      const metrics = means([...LOSSES, 'gradNorm']) as unknown as LossMetrics
      return { metrics, adaptive, more: means(descended.more) }
    },
  }
}
