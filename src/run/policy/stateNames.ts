import * as E from 'fp-ts/lib/Either.js'
import { shown } from '../../tensor/shown.ts'
import type { StoredTensor } from '../../format/safetensors.ts'
import { failure, type PolicyFileError } from './policyFile.ts'

/** Prefixes that `torch.compile` and `DataParallel` insert into names, at any depth. */
const WRAPPERS = new Set(['_orig_mod', 'module'])
/** Usual names of a policy as a member of another module. */
const OWNERS = new Set(['policy', 'agent', 'model'])

/**
 * A tensor's name without the prefixes of wrappers, in any nesting: `_orig_mod.` of
 * `torch.compile`, `module.` of `DataParallel`, and a leading `policy.`, `agent.` or `model.`.
 */
const bareName = (name: string): string => {
  const words = name.split('.').filter((word) => !WRAPPERS.has(word))
  let from = 0
  while (from < words.length - 1 && OWNERS.has(words[from]!)) from++
  return words.slice(from).join('.')
}

export type Tensors = ReadonlyMap<string, StoredTensor>

/** The tensors by bare name; Left if two have the same one. */
export const bareTensors = (stored: Tensors): E.Either<PolicyFileError, Tensors> => {
  const bare = new Map<string, StoredTensor>()
  const from = new Map<string, string>()
  for (const [name, tensor] of stored) {
    const short = bareName(name)
    const other = from.get(short)
    if (other !== undefined)
      return E.left(
        failure(
          'unknown',
          `${shown(name)}: expected one tensor named ${shown(short)} without prefixes, got ${shown(other)} too: keep one policy in the file`,
        ),
      )
    from.set(short, name)
    bare.set(short, tensor)
  }
  return E.right(bare)
}

type Sign = readonly [(name: string, tensor: StoredTensor) => boolean, string]

const named =
  (pattern: RegExp) =>
  (name: string): boolean =>
    pattern.test(name)

/** Tensor names that identify policies this library cannot run, most specific first. */
const SIGNS: readonly Sign[] = [
  [
    (name, { shape }) => name === 'log_std' && shape.length === 2,
    'log σ is a matrix, as in generalised state-dependent exploration (use_sde=True): train without gSDE',
  ],
  [named(/(^|\.)sde_/), 'a network of gSDE (use_sde=True): train without gSDE'],
  [
    named(/(^|[._])(lstm|gru|rnn)([._]|$)|\.(weight|bias)_(ih|hh)_l\d+/),
    'a recurrent layer (LSTM or GRU)',
  ],
  [(_, { shape }) => shape.length >= 3, 'a convolution (a CNN extractor)'],
  [
    named(/(^|\.)((pi|vf)_)?features_extractor\./),
    'a features extractor with its own layers: only FlattenExtractor, which has none, can be read',
  ],
  [named(/running_(mean|var)$|num_batches_tracked$/), 'batch normalisation'],
  [
    named(/^(q_net|q_net_target|q_network|target_network)\./),
    'a Q-network, as of DQN: not an actor-critic policy',
  ],
  [
    named(
      /^(actor\.(mu|latent_pi|log_std)|actor_target|critic\.qf\d|critic_target|qf\d|fc_mean|fc_logstd)(\.|$)/,
    ),
    'an actor of SAC or TD3: not a policy of PPO or A2C',
  ],
  [
    named(/^(actor_logstd|actor_log_std|log_std)\.(\d+\.)?(weight|bias)$/),
    'a log σ computed by separate layers',
  ],
  [named(/^(actors|action_nets|actor_heads?)\./), 'several heads of the policy'],
]

/** The first part of a policy that this library cannot run, as an error, or null. */
export const unsupportedPart = (tensors: Tensors): PolicyFileError | null => {
  for (const [is, what] of SIGNS)
    for (const [name, tensor] of tensors)
      if (is(name, tensor))
        return failure(
          'unsupported',
          `${shown(name)} [${tensor.shape.join(', ')}]: expected only tanh layers, got ${what}`,
        )
  return null
}
