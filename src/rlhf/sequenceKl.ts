import { chosenBackend, type BackendChoice } from '../algo/agent.ts'
import { categorical } from '../distribution/categorical.ts'
import { pack } from '../tensor/params.ts'
import { data } from '../tensor/tensor.ts'
import type { Generated } from './generate.ts'
import type { LanguageModel, LanguageParams } from './languageModel.ts'
import { perToken } from './perToken.ts'

/**
 * How far a policy π is from a reference ρ over responses that π wrote: Σₜ KL(π(· | s₍<t₎) ‖ ρ(· | s₍<t₎)) of
 * each, in nats, exact over the vocabulary at every token. A response that was cut off has no EOS to count.
 *
 * @returns a function of both models' parameters and responses; it is recorded once, so keep it
 */
export const sequenceKls = (
  { logits, init, vocabulary, config: { window } }: LanguageModel,
  how: BackendChoice = 'auto',
): ((
  policy: LanguageParams,
  reference: LanguageParams,
  responses: readonly Generated[],
) => readonly number[]) => {
  const one = init({ words: [0, 0] }, chosenBackend(how).dtype).tree
  const kls = perToken(
    {
      vocabulary,
      like: pack({ policy: one, reference: one }),
      window,
      context: 'before',
      compute: (machine, { policy, reference }, context) => {
        const [pi] = logits(machine, policy, context)
        const [rho] = logits(machine, reference, context)
        return data(categorical.at(pi, null, machine).kl(categorical.at(rho, null, machine)))
      },
    },
    how,
  )
  return (policy, reference, responses) =>
    kls(
      pack({ policy: policy.tree, reference: reference.tree }),
      responses.map(({ tokens }) => tokens),
    ).map((each, i) =>
      (responses[i]!.isEnded ? each : each.slice(0, -1)).reduce((sum, x) => sum + x, 0),
    )
}
