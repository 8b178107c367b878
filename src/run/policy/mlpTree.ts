import type { PolicyParams } from '../../algo/policy.ts'
import type { ActorCriticParams, Mlp } from '../../nn/index.ts'
import type { ParamTree } from '../../tensor/params.ts'

const isMlp = (part: unknown): part is Mlp =>
  typeof part === 'object' &&
  part !== null &&
  Object.values(part).every(
    (layer: unknown) =>
      typeof layer === 'object' && layer !== null && 'weight' in layer && 'bias' in layer,
  )

/**
 * The parameters of a policy whose networks are dense layers, which files of other formats know.
 *
 * @throws RangeError for any other network
 */
export const mlpTree = ({ tree }: PolicyParams): ActorCriticParams => {
  const { trunk, actor, critic }: ParamTree = tree
  if (!isMlp(actor) || !isMlp(critic) || !(trunk === undefined || isMlp(trunk)))
    throw new RangeError(
      `params: expected networks of dense layers, got ${Object.keys(tree).join(', ')}`,
    )
  return tree as ActorCriticParams
}
