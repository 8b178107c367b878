import type { NormaliseConfig } from '../../algo/look.ts'
import type { PolicyConfig } from '../../algo/policy.ts'
import { observedBox } from '../../env/flatten.ts'
import type { EnvSpec } from '../../env/environment.ts'
import { FORMAT, type PolicyHeader } from '../../inference/header.ts'
import { writeHeader } from '../../inference/writeHeader.ts'
import * as safetensors from '../../format/safetensors.ts'
import { leaves } from '../../tensor/params.ts'
import { version } from '../version.ts'
import { mlpTree } from './mlpTree.ts'
import { trainedTensors, type PolicySnapshot } from './policySnapshot.ts'

/** The contents of a policy file. */
export interface PolicyFileSource {
  /** the environment, or its name, its spaces and whether it has an `actionMask` */
  readonly env: EnvSpec & { readonly actionMask?: unknown }
  readonly config: Pick<PolicyConfig, 'actionBound' | 'logStd'> & {
    readonly normalise?: NormaliseConfig
  }
  /** a learner, or its parameters and statistics */
  readonly trained: PolicySnapshot
  /** whether to keep the value function, which acting does not need; true by default */
  readonly value?: boolean
}

const headerOf = ({ env, config, trained }: PolicyFileSource): PolicyHeader => {
  const { min = null, max = null } = config.logStd
  const { normalise } = config
  const isNormalised = normalise !== undefined && (trained.normaliser?.observation ?? null) !== null
  return {
    version,
    name: env.name,
    observationSpace: observedBox(env),
    actionSpace: env.actionSpace,
    isMasked: env.actionMask !== undefined,
    activation: 'tanh',
    actionBound: config.actionBound,
    logStd: { min, max },
    normalise: isNormalised ? { clip: normalise.clip, epsilon: normalise.epsilon } : null,
  }
}

/**
 * A policy as one safetensors file with everything needed to act: the spaces, the networks, the statistics
 * that normalise observations, the bounds of actions, and whether choices are masked. Tensors have the names
 * of `params.safetensors`; the rest is JSON in the metadata `policy`.
 *
 * `loadPolicy` of `proximal/inference` acts with it; `readPolicy` and `readActor` read it, too.
 *
 * @throws RangeError for networks other than dense layers, and for parameters in f64
 */
export const encodePolicy = (source: PolicyFileSource): Uint8Array => {
  const { params, normaliser } = source.trained
  mlpTree(source.trained.params)
  if (params.flat.dtype !== 'f32')
    throw new RangeError(`params: expected f32, got ${params.flat.dtype}: train with wasm or js`)
  const header = headerOf(source)
  const statistics = {
    params,
    normaliser:
      header.normalise === null
        ? null
        : { observation: normaliser?.observation ?? null, reward: null },
  }
  const kept = new Set(leaves(params.tree).map(([name]) => name))
  const isCritic = (name: string): boolean => kept.has(name) && name.startsWith('critic.')
  const tensors = trainedTensors(statistics).filter(
    ([name]) => source.value !== false || !isCritic(name),
  )
  return safetensors.encode(tensors, { format: FORMAT, policy: writeHeader(header) })
}
