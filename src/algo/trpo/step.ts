import type { Runtime } from '../../engine/runtime.ts'
import type { Task } from '../../engine/task.ts'
import { operation } from '../../kernel/machine.ts'
import { f64 } from '../../math/real.ts'
import type { Shard } from '../../nn/layer.ts'
import { backtrackingTask } from '../../optim/backtracking.ts'
import { conjugateGradientTask } from '../../optim/conjugateGradient.ts'
import { ownFlat, type Flat } from '../../optim/transform.ts'
import { expectFinite } from '../../tensor/check.ts'
import { dot } from '../../tensor/elementwise.ts'
import { withFlat, type ParamTree } from '../../tensor/params.ts'
import { data, own, ownLike, type Floats, type ReadonlyNumbers } from '../../tensor/tensor.ts'
import type { AgentLayout } from '../agentLayout.ts'
import { expectFiniteGrads } from '../finite.ts'
import { LOSSES, policyObjective } from '../objective.ts'
import type { Policy } from '../policy.ts'
import type { Samples } from '../samples.ts'
import { shardRange } from '../shards.ts'
import type { TrpoConfig } from './config.ts'

/** The results of a step of the policy. */
export interface StepMetrics {
  /** −mean r Â after the step */
  readonly policyLoss: number
  readonly entropy: number
  /** mean KL[π_old, π] of the step, at most δ; 0 where none was taken */
  readonly kl: number
  /** the part of the longest allowed step that was taken; 0 where none was */
  readonly fraction: number
  /** ‖g‖ of the surrogate */
  readonly gradNorm: number
}

/** Means over the batch at a step that was tried. */
interface Trial {
  readonly surrogate: number
  readonly entropy: number
  readonly kl: number
}

/** Sums over the rows of a shard, in this order: r Â, entropy, KL. */
const SUMS = 3

const trialSums = operation(
  'trpo.trial',
  (
    _,
    sums: Float64Array,
    shards: ReadonlyArray<readonly [number, number]>,
    firstShard: number,
    logProb: ReadonlyNumbers,
    entropy: ReadonlyNumbers,
    kl: ReadonlyNumbers,
    oldLogProb: ReadonlyNumbers,
    advantage: ReadonlyNumbers,
  ) => {
    shards.forEach(([from, to], s) => {
      let [surrogateSum, entropySum, klSum] = [0, 0, 0]
      for (let i = from; i < to; i++) {
        surrogateSum += f64.exp(logProb[i]! - oldLogProb[i]!) * advantage[i]!
        entropySum += entropy[i]!
        klSum += kl[i]!
      }
      sums.set([surrogateSum, entropySum, klSum], (firstShard + s) * SUMS)
    })
  },
)

const copy = operation('copy', (_, out: Floats, x: ReadonlyNumbers) => {
  out.set(x)
})

/** x · s, element by element. */
const scaled = operation('scale', (_, out: Floats, x: ReadonlyNumbers, s: number) => {
  for (let i = 0; i < out.length; i++) out[i] = x[i]! * s
})

/**
 * The natural step of the policy: max gᵀx subject to ½ xᵀF x <= δ, with g the gradient of the
 * surrogate mean r Â and F the Fisher matrix at π_old, with the damping on its diagonal. Its
 * solution is x = √(2δ / gᵀF⁻¹g) F⁻¹g, where F⁻¹g comes by conjugate gradients from products
 *
 *   F v = Jᵀ (F_dist (J v)) / n,
 *
 * with J the derivative of the distribution's parameters in those of the network, forwards by the
 * R-operator and back by the chain rule. δ holds to second order only, so the step is shrunk until the
 * surrogate has risen and the mean KL is within δ. V's parameters have no part in it.
 * Schulman et al. 2015, arXiv:1502.05477, section 6 and appendix C.
 */
export const naturalStep = <O>(
  { group, shared, own: mine, record }: Runtime,
  { batch, learner, rates }: AgentLayout<O>,
  config: TrpoConfig,
  policy: Policy,
): (() => Task<StepMetrics>) => {
  const { maxKl, conjugateGradient: solver, lineSearch, shards, envs, steps } = config
  const n = envs * steps
  const flat = data(learner.params.flat) as Floats
  const { tree } = learner.params
  const [firstShard, endShard] = shardRange(shards, group.size, group.rank)
  const shardRows = Array.from({ length: shards }, (_, s) => shardRange(n, shards, s))
  const first = shardRows[firstShard]?.[0] ?? 0
  const end = firstShard < endShard ? shardRows[endShard - 1]![1] : first
  const ownShards = shardRows
    .slice(firstShard, endShard)
    .map(([from, to]) => [from - first, to - first] as const)
  const rows = Object.fromEntries(
    Object.entries(batch).map(([name, leaf]) => {
      const [, ...rest] = leaf.shape as readonly number[]
      const columns = rest.reduce((a, b) => a * b, 1)
      const part = (data(leaf) as Floats).subarray(first * columns, end * columns)
      return [name, own<string[]>([...leaf.dims], [end - first, ...rest], part)]
    }),
  ) as unknown as Samples

  const losses = shared.doubles(shards * LOSSES.length)
  const sums = shared.doubles(shards * SUMS)
  const grads = Array.from({ length: shards }, () => shared.floats(flat.length))
  const direction = mine.floats(flat.length)
  const candidate = mine.floats(flat.length)
  const parts = ownShards.map(([from, to], i): Shard<ParamTree> => ({
    from,
    to,
    grads: withFlat(tree, grads[firstShard + i]!).tree,
  }))

  const loss = {
    surrogate: 'ratio',
    valueClip: null,
    valueCoef: 0,
    entropyCoef: 0,
  } as const
  const objective = policyObjective(loss, policy, rates, 'policy')
  const place = {
    index: new Int32Array(0),
    n,
    first,
    shards: ownShards,
    losses,
    width: LOSSES.length,
    at: () => firstShard * LOSSES.length,
  }
  const now = record((machine) => objective(machine, learner.params.tree, rows, place))
  const outputs = record((machine) => now.result.differentiate(machine))
  const back = record((machine) => now.result.backward(machine, outputs.result, parts))
  const product = record((machine) => {
    const { dist, cache } = now.result
    const pulled = dist.fisher(policy.jvp(cache, withFlat(tree, direction), machine))
    const mean = machine.alloc(data(pulled).length)
    machine.run(scaled, mean, data(pulled), 1 / n)
    const dParam = ownLike(pulled, mean)
    policy.backward(cache, { dParam, dValue: null }, parts, machine)
  })
  const trial = record((machine) => {
    const params = withFlat(tree, candidate)
    const [{ dist }] = policy.forward(params, rows.observation, rows.actionMask, machine)
    machine.run(
      trialSums,
      sums,
      ownShards,
      firstShard,
      data(dist.logProb(rows.action)),
      data(dist.entropy()),
      data(now.result.dist.kl(dist)),
      data(rows.oldLogProb),
      data(rows.advantage),
    )
  })

  const total = mine.floats(flat.length)
  const sum = record((machine) => {
    machine.run(copy, total, grads[0]!)
    for (const grad of grads.slice(1)) machine.vector.add(total, total, grad)
  })

  /** The gradients of all shards added up in their order, times `sign`. */
  const gathered = (sign: 1 | -1): Floats => {
    group.barrier()
    sum.run()
    const out = total.slice()
    if (sign < 0) for (let i = 0; i < out.length; i++) out[i] = -out[i]!
    // Nobody fills them again before all have read them.
    group.barrier()
    return out
  }

  const fisher = function* (v: Flat): Task<Flat> {
    direction.set(data(v))
    yield* product.steps()
    return ownFlat(gathered(1))
  }

  return function* () {
    yield* now.steps()
    yield* outputs.steps()
    yield* back.steps()
    // The objective is a loss; the surrogate rises against its gradient.
    const g = gathered(-1)
    const gradNorm = Math.sqrt(dot(g, g))
    expectFiniteGrads(gradNorm, () => withFlat(tree, g))
    const lossOf = (name: (typeof LOSSES)[number]): number => {
      const at = LOSSES.indexOf(name)
      let sum = losses[at]!
      for (let s = 1; s < shards; s++) sum += losses[s * LOSSES.length + at]!
      return sum
    }
    const before = -lossOf('policyLoss')
    const nothing = {
      policyLoss: -before,
      entropy: lossOf('entropy'),
      kl: 0,
      fraction: 0,
      gradNorm,
    }

    const { x } = yield* conjugateGradientTask(solver)(fisher, ownFlat(g))
    const step = data(x)
    const curvature = dot(step, data(yield* fisher(x))) + solver.damping * dot(step, step)
    if (!(curvature > 0)) return nothing

    const longest = Math.sqrt((2 * maxKl) / curvature)
    const at = function* (fraction: number): Task<Trial> {
      const scaledStep = candidate.slice()
      for (let i = 0; i < step.length; i++) scaledStep[i] = fraction * longest * step[i]!
      for (let i = 0; i < step.length; i++) candidate[i] = flat[i]! + scaledStep[i]!
      expectFinite('parameters', ownFlat(candidate.slice()))
      yield* trial.steps()
      group.barrier()
      const totals = [0, 0, 0]
      for (let s = 0; s < shards; s++)
        for (let k = 0; k < SUMS; k++) totals[k]! += sums[s * SUMS + k]!
      group.barrier()
      const [surrogate, entropy, kl] = totals as [number, number, number]
      return { surrogate: surrogate / n, entropy: entropy / n, kl: kl / n }
    }
    const tries: Trial[] = []
    const fraction = yield* backtrackingTask(lineSearch)(function* (tried) {
      const found = yield* at(tried)
      tries.push(found)
      return found.surrogate > before && found.kl <= maxKl
    })
    if (fraction === null) return nothing
    // The last one tried is the one that was accepted.
    flat.set(candidate)
    const { surrogate, entropy, kl } = tries.at(-1)!
    return { policyLoss: -surrogate, entropy, kl, fraction, gradNorm }
  }
}
