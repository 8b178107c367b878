import { chosenBackend, type BackendChoice } from '../algo/agent.ts'
import type { PolicyParams, Policy } from '../algo/policy.ts'
import type { Trajectory } from '../algo/trajectory.ts'
import { categorical } from '../distribution/categorical.ts'
import { buildAlone } from '../engine/runtime.ts'
import { withFlat } from '../tensor/params.ts'
import { data, own, type ReadonlyNumbers } from '../tensor/tensor.ts'
import type { LanguageModel, LanguageParams } from './languageModel.ts'

/** How far a policy π is from the reference ρ, at each token of a rollout, [time, env] in order. */
export interface FromReference {
  /** log ρ(token) */
  readonly logProb: ReadonlyNumbers
  /** KL(π ‖ ρ) over the whole vocabulary, in nats */
  readonly kl: ReadonlyNumbers
  /** the logits of ρ, a row for each token */
  readonly logits: ReadonlyNumbers
}

/**
 * Compares a policy with the language model that it started from, at the tokens of rollouts of `rows`
 * tokens, a whole number >= 1.
 *
 * @returns a function of the policy's parameters and a rollout, whose results are overwritten by the next call
 */
export const fromReference = (
  model: LanguageModel,
  reference: LanguageParams,
  { network }: Policy,
  rows: number,
  how: BackendChoice = 'auto',
): ((
  params: PolicyParams,
  trajectory: Pick<Trajectory, 'observation' | 'action'>,
) => FromReference) => {
  const backend = chosenBackend(how)
  const { window } = model.config
  const like = network.init({ words: [0, 0] }, backend.dtype)
  const { policy, ofReference, observation, action, compare } = buildAlone(backend, (runtime) => {
    const { floats, integers } = runtime.own
    const policy = floats(network.paramCount)
    const ofReference = floats(model.network.paramCount)
    const observation = floats(rows * window)
    const action = integers(rows)
    const compare = runtime.record((machine) => {
      const context = own(['sample', 'feature'], [rows, window], observation)
      const [param] = model.logits(machine, withFlat(reference.tree, ofReference).tree, context)
      const rho = categorical.at(param, null, machine)
      const pi = network.policy(machine, withFlat(like.tree, policy).tree, context)
      return {
        logProb: data(rho.logProb(own(['sample'], [rows], action))),
        kl: data(categorical.at(pi, null, machine).kl(rho)),
        logits: data(param),
      }
    })
    return { policy, ofReference, observation, action, compare }
  })
  ofReference.set(data(reference.flat))
  return (params, trajectory) => {
    policy.set(data(params.flat))
    observation.set(data(trajectory.observation))
    action.set(data(trajectory.action))
    return compare.run()
  }
}
