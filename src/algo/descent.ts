import { takeRows } from '../engine/take.ts'
import type { Program } from '../engine/program.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { Task } from '../engine/task.ts'
import { total, type FormOf } from '../kernel/form.ts'
import { operation, type Machine } from '../kernel/machine.ts'
import type { Shard } from '../nn/layer.ts'
import type { Transform } from '../optim/transform.ts'
import { expectFinite } from '../tensor/check.ts'
import { withFlat, type ParamTree } from '../tensor/params.ts'
import {
  data,
  own,
  type Floats,
  type Numbers,
  type ReadonlyNumbers,
  type Tensor,
} from '../tensor/tensor.ts'
import type { LaidLearner } from './laidLearner.ts'
import { shardRange } from './shards.ts'
import { expectFiniteGrads } from './finite.ts'

/** Samples of any kind: tensors whose first dimension is the sample. */
export type Batch = { readonly [name: string]: Tensor }

/** Where samples stand in a minibatch, and where their losses go. */
export interface Place {
  /** the samples of the whole minibatch, by their places in the batch */
  readonly index: Int32Array
  /** samples of the whole minibatch, which means are over */
  readonly n: number
  /** where the current rows begin in the minibatch */
  readonly first: number
  /** current rows [from, to) of each shard */
  readonly shards: ReadonlyArray<readonly [from: number, to: number]>
  /** [shard, loss]: each shard's share of the means over a minibatch */
  readonly losses: Float64Array
  /** losses of a shard */
  readonly width: number
  /** where in `losses` to begin, read at each run */
  readonly at: () => number
}

/** What the forward pass leaves: the way back, in two parts. */
export interface Forward<G> {
  /** The derivatives in the outputs of the networks. */
  readonly differentiate: (machine: Machine) => G
  /** Fills the gradient of every parameter, a shard of the rows at a time. */
  backward(this: void, machine: Machine, grads: G, shards: readonly Shard<ParamTree>[]): void
}

/** A function of parameters to descend on samples: it fills its losses, and leads back to its gradient. */
export type Objective<P, B, F> = (machine: Machine, params: P, samples: B, place: Place) => F

/** What gradient steps over minibatches are made of. */
export interface DescentSpec<B, F, O, L extends string> {
  /** the whole batch */
  readonly batch: B
  /** the fields that the objective reads of each of its samples; all by default */
  readonly fields?: ReadonlyArray<keyof B & string>
  /** which sample comes when: minibatches are stretches of it */
  readonly order: Int32Array
  /** samples of a minibatch */
  readonly n: number
  /** the most steps taken before metrics are read */
  readonly steps: number
  /** parts whose gradients are summed by themselves, then added up in order */
  readonly shards: number
  readonly objective: Objective<ParamTree, B, F>
  /** the names of its losses, in their order */
  readonly losses: readonly L[]
  readonly transform: Transform<O>
  readonly learner: LaidLearner<O>
  /** the norm of the gradient that the transform measures, among the learner's cells; null: none does */
  readonly norm: Float64Array | null
}

/** Gradient steps over minibatches, taken by all threads of a group in step. */
export interface Descent<F, L extends string> {
  /** The forward pass of the minibatch that begins at `at` of the order, as step number `step`. */
  readonly forward: (at: number, step: number) => Task<F>
  /** The way back from it, and the optimiser's step. */
  readonly descend: (step: number) => Task<void>
  /** Means over the samples of step number `step`, and the norm of its gradient. */
  readonly metrics: (step: number) => { readonly [K in L | 'gradNorm']: number }
  /** arrays that `metrics` reads */
  readonly read: readonly Numbers[]
}

interface Live {
  at: number
  step: number
}

const copyOrder = operation('order', (_, index: Int32Array, order: Int32Array, live: Live) => {
  for (let i = 0; i < index.length; i++) index[i] = order[live.at + i]!
})

export const orderForm: FormOf<typeof copyOrder> = {
  of: copyOrder,
  form: (index, order, live) => ({
    live: { names: ['from'], read: () => [live.at] },
    fills: [{ out: index, shape: [index.length], reads: { order }, value: 'order(from + i)' }],
  }),
}

const keepNorm = operation('gradNorm', (_, out: Float64Array, norm: Float64Array, live: Live) => {
  out[live.step] = norm[0]!
})

export const gradNormForm: FormOf<typeof keepNorm> = {
  of: keepNorm,
  form: (out, norm, live) => ({
    live: { names: ['step'], read: () => [live.step] },
    fills: [
      {
        out,
        shape: [out.length],
        reads: { out, norm },
        code: `let found = out(i);
  if (Math.abs(i - step) < 0.5) found = norm(0);`,
        value: 'found',
      },
    ],
  }),
}

const measureNorm = operation(
  'gradNorm',
  ({ vector }, out: Float64Array, grad: ReadonlyNumbers, live: Live) => {
    out[live.step] = Math.sqrt(vector.sumSquares(grad))
  },
)

// A finite sum of squares has finite terms; one that is not may only be large.
const sumSquares = operation('sumSquares', ({ vector }, out: Float64Array, x: ReadonlyNumbers) => {
  out[0] = vector.sumSquares(x)
})

export const sumSquaresForm: FormOf<typeof sumSquares> = {
  of: sumSquares,
  form: (out, x) => ({ fills: total(out, x, 'x * x') }),
}

/**
 * Records the steps. Each thread takes its shards forward and back and then, when all gradients are
 * there, adds them up in the order of the shards and takes the optimiser's step, as all the others
 * do: that costs little, and no thread has to wait for another's result.
 */
export const descent = <B extends object, F extends Forward<unknown>, O, L extends string>(
  { group, shared, own: mine, record }: Runtime,
  spec: DescentSpec<B, F, O, L>,
): Descent<F, L> => {
  const { batch, order, n, shards, objective, transform, learner } = spec
  const { params, cells } = learner
  const flat = data(params.flat) as Floats
  const [firstShard, endShard] = shardRange(shards, group.size, group.rank)
  const shardRows = Array.from({ length: shards }, (_, s) => shardRange(n, shards, s))
  const first = firstShard < endShard ? shardRows[firstShard]![0] : 0
  const end = firstShard < endShard ? shardRows[endShard - 1]![1] : 0
  const ownShards = shardRows
    .slice(firstShard, endShard)
    .map(([from, to]) => [from - first, to - first] as const)
  const live: Live = { at: 0, step: 0 }
  const width = shards * spec.losses.length
  const losses = shared.doubles(spec.steps * width)
  const norms = shared.doubles(spec.steps)
  const index = mine.integers(n)
  const squares = mine.doubles(1)
  // [buffer][shard]: with other threads, one may begin the next step while another still reads.
  const grads = Array.from({ length: Math.min(group.size, 2) }, () =>
    Array.from({ length: shards }, () => shared.floats(flat.length)),
  )

  const forward = record((machine) => {
    machine.run(copyOrder, index, order, live)
    const rows = index.subarray(first, end)
    const leaves = Object.entries(batch) as unknown as ReadonlyArray<
      readonly [keyof B & string, Tensor]
    >
    const samples = Object.fromEntries(
      leaves
        .filter(([name]) => spec.fields === undefined || spec.fields.includes(name))
        .map(([name, leaf]) => [name, takeRows(machine, leaf, rows)]),
    ) as B
    const at = (): number => live.step * width + firstShard * spec.losses.length
    const place = { index, n, first, shards: ownShards, losses, width: spec.losses.length, at }
    return objective(machine, params.tree, samples, place)
  })

  // Recorded once, as what a distribution shares among its methods is made only once.
  const outputs = record((machine) => forward.result.differentiate(machine))

  const ways = grads.map(
    (buffer): { readonly back: Program<void>; readonly on: Program<Floats> } => {
      const parts = ownShards.map(([from, to], i): Shard<ParamTree> => {
        const { tree } = withFlat(params.tree, buffer[firstShard + i]!)
        return { from, to, grads: tree }
      })
      return {
        back: record((machine) => forward.result.backward(machine, outputs.result, parts)),
        on: record((machine) => {
          const total = buffer.length === 1 ? buffer[0]! : machine.alloc(flat.length)
          for (let s = 1; s < buffer.length; s++)
            machine.vector.add(total, s === 1 ? buffer[0]! : total, buffer[s]!)
          const step = machine.alloc(flat.length)
          transform.apply(machine, step, total, cells, flat)
          machine.vector.add(flat, flat, step)
          if (spec.norm === null) machine.run(measureNorm, norms, total, live)
          else machine.run(keepNorm, norms, spec.norm, live)
          machine.run(sumSquares, squares, flat)
          return total
        }),
      }
    },
  )

  /** All threads detect what is not finite; rank 0 throws, and the others get its error at the barrier. */
  const expectFor = (isFinite: boolean, tell: () => void): void => {
    if (isFinite) return
    if (group.rank === 0) tell()
    group.barrier()
  }

  return {
    read: [losses, norms],
    forward: (at, step) => {
      live.at = at
      live.step = step
      return forward.steps()
    },
    descend: function* (step) {
      const { back, on } = ways[step % ways.length]!
      yield* outputs.steps()
      yield* back.steps()
      group.barrier()
      const total = yield* on.steps()
      const norm = norms[step]!
      expectFor(Number.isFinite(norm), () =>
        expectFiniteGrads(norm, () => withFlat(params.tree, total)),
      )
      expectFor(Number.isFinite(squares[0]), () =>
        expectFinite('parameters', own(['param'], [flat.length], flat)),
      )
    },
    metrics: (step) => {
      const means = spec.losses.map((name, i) => {
        let sum = losses[step * width + i]!
        for (let s = 1; s < shards; s++) sum += losses[step * width + s * spec.losses.length + i]!
        return [name, sum] as const
      })
      return Object.fromEntries([...means, ['gradNorm', norms[step]!]]) as {
        readonly [K in L | 'gradNorm']: number
      }
    },
  }
}
