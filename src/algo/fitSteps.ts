import { buildAlone } from '../engine/runtime.ts'
import { runSync } from '../engine/task.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import type { Shard } from '../nn/layer.ts'
import type { Transform } from '../optim/transform.ts'
import { foldIn, type Key } from '../random/key.ts'
import { permutation } from '../random/permutation.ts'
import { expectCount } from '../tensor/argument.ts'
import { expectShape, located } from '../tensor/check.ts'
import type { Params, ParamTree } from '../tensor/params.ts'
import { data, own, type Numbers, type ReadonlyNumbers, type Tensor } from '../tensor/tensor.ts'
import { chosenBackend, type BackendChoice } from './agent.ts'
import { descent, type Batch, type Forward, type Place } from './descent.ts'
import { layLearner } from './laidLearner.ts'

/**
 * A loss of each sample, and the way back from their mean: `backward` fills ∂(Σ lossᵢ / n)/∂θ of each
 * shard's rows, with n the samples of the whole minibatch.
 */
export interface SampleLoss<P> {
  readonly loss: Tensor<['sample']>
  readonly backward: (machine: Machine, shards: readonly Shard<P>[]) => void
}

/** A differentiable loss on samples, written over a machine: regression, classification, ranking. */
export type LossGrad<P, B> = (machine: Machine, params: P, samples: B, n: number) => SampleLoss<P>

/**
 * The settings of supervised learning: its passes over the samples, its minibatches and its
 * optimiser.
 */
export interface FitConfig {
  /** passes over the samples, each in a new order */
  readonly epochs: number
  /** optimiser steps per pass; divides the number of samples */
  readonly minibatches: number
  /** parts of a minibatch whose gradients are summed by themselves; 1 by default */
  readonly shards?: number
  /**
   * Early stopping: ends after so many epochs in a row without a lower validation loss, and gives the
   * parameters that had the lowest; null or absent: never
   */
  readonly patience?: number | null
}

/** The results of an epoch. */
export interface FitMetrics {
  /** epochs done, this one included */
  readonly epoch: number
  /** mean over its steps */
  readonly loss: number
  /** mean over the validation samples after it; NaN where there are none */
  readonly validationLoss: number
  /** of the last step */
  readonly gradNorm: number
}

/** The results of fitting. */
export interface Fitted<P extends ParamTree, O> {
  /** with early stopping, those of the epoch with the lowest validation loss */
  readonly params: Params<P>
  readonly optim: O
  readonly history: readonly FitMetrics[]
}

/** The state of fitting after some epochs: with the samples and the key, it determines the rest. */
export interface FitState<P extends ParamTree, O> {
  readonly epoch: number
  readonly params: Params<P>
  readonly optim: O
}

/** A minibatch that was fitted to. */
export interface FitStep<P extends ParamTree, O> {
  /** minibatches done, and in all */
  readonly done: number
  readonly of: number
  /** of the epoch that it ends; null in the middle of one */
  readonly epoch: FitMetrics | null
  /** a copy, at the end of an epoch */
  readonly state: () => FitState<P, O>
}

/** What fitting gives minibatch by minibatch, and what it has come to. */
export type Fitting<P extends ParamTree, O> = Generator<FitStep<P, O>, Fitted<P, O>>

const keepLosses = operation(
  'fit.losses',
  (_, { n, shards, losses, at }: Place, loss: ReadonlyNumbers) => {
    let out = at()
    for (const [from, to] of shards) {
      let sum = 0
      for (let i = from; i < to; i++) sum += loss[i]!
      losses[out++] = sum / n
    }
  },
)

const meanOf = operation('fit.validation', (_, out: Float64Array, loss: ReadonlyNumbers) => {
  let sum = 0
  for (let i = 0; i < loss.length; i++) sum += loss[i]!
  out[0] = sum / loss.length
})

const kindOf = ({ dtype }: Tensor): 'floats' | 'integers' | 'bytes' =>
  dtype === 'i32' ? 'integers' : dtype === 'u8' ? 'bytes' : 'floats'

/** How many samples there are, where all fields have the same number of them. */
const countOf = (argument: string, samples: Batch): number => {
  const [first, ...rest] = Object.entries(samples)
  if (first === undefined)
    throw new RangeError(`${argument}: expected at least one field, got none`)
  const count = first[1].shape[0] ?? 1
  for (const [name, { shape }] of rest)
    if (shape[0] !== count)
      throw new RangeError(
        `${argument}.${name}: expected ${count} samples, as ${first[0]} has, got ${shape[0]}`,
      )
  return count
}

/**
 * Fits parameters to samples by minibatch descent, one minibatch whenever the next step is asked for.
 *
 * @returns a function that also continues from a state: the result equals, to the bit, that of uninterrupted fitting, but its history begins there
 * @throws RangeError as `fit`, and when early stopping is to continue from a state, which does not hold the
 * best epoch
 */
export const fitSteps = <P extends ParamTree, B extends Batch, O>(
  { epochs, minibatches, shards = 1, patience = null }: FitConfig,
  lossGrad: LossGrad<P, B>,
  optimizer: Transform<O>,
  how: BackendChoice = 'auto',
) => {
  expectCount('epochs', epochs)
  expectCount('minibatches', minibatches)
  expectCount('shards', shards)
  if (patience !== null) expectCount('patience', patience)
  return function* (
    params: Params<P>,
    samples: B,
    key: Key,
    validation: B | null = null,
    from: FitState<P, O> | null = null,
  ): Fitting<P, O> {
    if (patience !== null && from !== null)
      throw new RangeError('from: expected null where fitting stops early, got a state')
    if (patience !== null && validation === null)
      throw new RangeError('validation: expected samples to stop early by, got none')
    const count = countOf('samples', samples)
    const names = Object.keys(samples).join(', ')
    if (validation !== null && Object.keys(validation).join(', ') !== names)
      throw new RangeError(
        `validation: expected the fields ${names}, got ${Object.keys(validation).join(', ')}`,
      )
    const heldCount = countOf('validation', validation ?? samples)
    const n = count / minibatches
    if (!Number.isInteger(n))
      throw new RangeError(
        `minibatches: expected a divisor of ${count} samples, got ${minibatches}`,
      )
    const like = { params, optim: optimizer.init(params.flat) }

    const { batch, held, order, learner, steps, validate, validationLoss } = buildAlone(
      chosenBackend(how),
      (runtime) => {
        const lay = (all: B): B =>
          Object.fromEntries(
            Object.entries(all).map(([name, leaf]) => {
              const array = runtime.own[kindOf(leaf)](data(leaf).length)
              return [name, own<string[]>([...leaf.dims], leaf.shape, array)]
            }),
          ) as B
        const batch = lay(samples)
        const held = validation === null ? null : lay(validation)
        const order = runtime.own.integers(count)
        const learner = layLearner(runtime, like)
        const validationLoss = runtime.own.doubles(1)
        const objective = (machine: Machine, tree: ParamTree, rows: B, place: Place) => {
          const { loss, backward } = lossGrad(machine, tree as P, rows, place.n)
          machine.run(keepLosses, place, data(loss))
          const way: Forward<null> = {
            differentiate: () => null,
            backward: (back, _, parts) => backward(back, parts as readonly Shard<P>[]),
          }
          return way
        }
        const steps = descent(runtime, {
          batch,
          order,
          n,
          steps: minibatches,
          shards,
          objective,
          losses: ['loss'] as const,
          transform: optimizer,
          learner,
          norm: null,
        })
        const validate =
          held === null
            ? null
            : runtime.record((machine) => {
                const { loss } = lossGrad(machine, learner.params.tree as P, held, heldCount)
                machine.run(meanOf, validationLoss, data(loss))
              })
        return { batch, held, order, learner, steps, validate, validationLoss }
      },
    )

    const fill = (to: B, from: B): void => {
      for (const [name, leaf] of Object.entries(to)) {
        const given = expectShape(name, from[name]!, leaf.dims, leaf.shape)
        ;(data(leaf) as Numbers).set(data(given))
      }
    }
    fill(batch, samples)
    if (held !== null && validation !== null) fill(held, validation)
    learner.set(from?.params ?? params, from?.optim ?? like.optim)

    const history: FitMetrics[] = []
    let best: ReturnType<typeof learner.get> | null = null
    let lowest = Infinity
    let since = 0
    const longest = patience ?? Infinity
    const stateAfter = (epoch: number) => (): FitState<P, O> => {
      const { params, optim } = learner.get()
      return { epoch, params: params as Params<P>, optim }
    }
    const inMiddle = (): never => {
      throw new RangeError('state: expected a call at the end of an epoch')
    }
    for (let epoch = from?.epoch ?? 0; epoch < epochs && since < longest; epoch++) {
      order.set(data(permutation(foldIn(key, epoch), 'sample', count)))
      let total = 0
      const of = epochs * minibatches
      for (let part = 0; part < minibatches; part++) {
        try {
          runSync(steps.forward(part * n, part))
          runSync(steps.descend(part))
          const { loss } = steps.metrics(part)
          if (!Number.isFinite(loss))
            throw new RangeError(`loss: expected a finite number, got ${loss}`)
          total += loss
        } catch (error) {
          throw located(`epoch ${epoch}: minibatch ${part}`, error)
        }
        const done = epoch * minibatches + part + 1
        if (part < minibatches - 1) yield { done, of, epoch: null, state: inMiddle }
      }
      validate?.run()
      const metrics = {
        epoch: epoch + 1,
        loss: total / minibatches,
        validationLoss: validate === null ? NaN : validationLoss[0]!,
        gradNorm: steps.metrics(minibatches - 1).gradNorm,
      }
      history.push(metrics)
      since++
      if (metrics.validationLoss < lowest) {
        lowest = metrics.validationLoss
        since = 0
        if (patience !== null) best = learner.get()
      }
      const done = (epoch + 1) * minibatches
      yield { done, of, epoch: metrics, state: stateAfter(epoch + 1) }
    }
    const last = best ?? learner.get()
    return { params: last.params as Params<P>, optim: last.optim, history }
  }
}
