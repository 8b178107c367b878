import type { EnvSpec } from '../../env/environment.ts'
import { observedBox } from '../../env/flatten.ts'
import type { ActorCritic } from '../../nn/actorCritic.ts'
import { actorCriticOf } from '../../nn/actorCriticOf.ts'
import { tokenMlp } from '../../nn/tokenMlp.ts'
import { distributionFor } from '../actions.ts'
import type { PolicyConfig } from '../policy.ts'

/** A config of networks over tokens: observations are the numbers of tokens. */
export interface TokenNetworkConfig extends PolicyConfig {
  /** how many tokens can be read, and the size of their vectors */
  readonly tokens: {
    /** how many tokens can be read */
    readonly count: number
    /** numbers in the vector of a token */
    readonly embedding: number
  }
}

/** Two networks over the vectors of tokens. @throws RangeError where a trunk is shared */
export const tokenNetwork = (env: EnvSpec, config: TokenNetworkConfig): ActorCritic => {
  const { tokens, hidden, valueHidden, trunk, weights, gain } = config
  if (trunk === 'shared')
    throw new RangeError('trunk: expected separate when observations are tokens, got shared')
  const network = (layers: readonly number[], outputs: number, output: number) =>
    tokenMlp({
      tokens: tokens.count,
      window: observedBox(env).size,
      embedding: tokens.embedding,
      hidden: layers,
      outputs,
      gain: { embedding: 1, hidden: gain.hidden, output },
      weights,
    })
  return actorCriticOf({
    trunk: null,
    actor: network(hidden, distributionFor(env.actionSpace, config).params, gain.policy),
    critic: network(valueHidden ?? hidden, 1, gain.value),
  })
}
