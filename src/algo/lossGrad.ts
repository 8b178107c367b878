import { withFlat } from '../tensor/params.ts'
import { size } from '../tensor/tensor.ts'
import { LOSSES, policyObjective, type Losses, type ObjectiveConfig } from './objective.ts'
import type { Policy, PolicyParams } from './policy.ts'
import { liveRates } from './rates.ts'
import { withTokenLosses } from './tokenLosses.ts'
import type { LossFields, Samples } from './samples.ts'

/** The settings that determine a loss, with the numbers of an update: ε, ε of V and β. */
export interface LossConfig extends ObjectiveConfig, LossFields {
  /** ε; not needed by objectives without a clip */
  readonly clip?: number
  readonly klPenalty?: { readonly kind: 'none' | 'fixed' | 'adaptive'; readonly beta: number }
}

/**
 * The losses of a policy on samples, averaged over them, and the gradient of the loss that an
 * optimiser step lowers, on the policy's own machine:
 * L(θ) = −mean L_policy + β · mean KL[π_old, π] + c_v · mean L_value − c_e · mean H. Schulman et
 * al. 2017, arXiv:1707.06347, eq. 9. A config with `referenceKl` adds mean β KL(π ‖ ρ), one with
 * `corpusLoss` adds −mean w log π(next | context).
 *
 * The samples need `oldParam` where there is a KL penalty, and the fields of a reference or a
 * corpus where the loss has one. Where the samples are a shard of a minibatch, `n` is the number of
 * samples of the whole minibatch, >= 1, and the results are this shard's share of the means.
 *
 * @returns a function of parameters, samples [sample] and `n` to `[losses, gradient]`
 */
export const lossGrad = (
  config: LossConfig,
  policy: Policy,
): ((params: PolicyParams, samples: Samples, n?: number) => [Losses, PolicyParams]) => {
  const { clip = NaN, valueClip, klPenalty } = config
  const beta = klPenalty?.beta ?? NaN
  const rates = { ...liveRates(), clip, valueClip, beta }
  const objective = withTokenLosses(config, policy, policyObjective(config, policy, rates))
  return (params, samples, n = samples.observation.shape[0]) => {
    const { machine } = policy
    const rows = samples.observation.shape[0]
    const losses = new Float64Array(LOSSES.length)
    const index = new Int32Array(0)
    const width = LOSSES.length
    const place = { index, n, first: 0, shards: [[0, rows] as const], losses, width, at: () => 0 }
    const { differentiate, backward } = objective(machine, params.tree, samples, place)
    const grads = withFlat(params.tree, machine.alloc(size(params.flat)))
    backward(machine, differentiate(machine), [{ from: 0, to: rows, grads: grads.tree }])
    const means = LOSSES.map((name, i) => [name, losses[i]!] as const)
    return [Object.fromEntries(means) as Losses, grads]
  }
}
