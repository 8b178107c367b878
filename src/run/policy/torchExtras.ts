import { isLogStdBounded } from '../../algo/actions.ts'
import type { ActorEnv } from '../../algo/actor.ts'
import type { NormaliseConfig } from '../../algo/look.ts'
import type { PolicyConfig } from '../../algo/policy.ts'
import type { Space } from '../../env/space.ts'
import { variance, type Moments } from '../../rl/moments.ts'
import { own, type Tensor } from '../../tensor/tensor.ts'
import type { Metadata } from '../../format/safetensors.ts'
import type { Named, PolicySnapshot } from './policySnapshot.ts'

/** Naming scheme: Stable-Baselines3's `MlpPolicy`, or the `Agent` in CleanRL's scripts. */
export type TorchNames = 'sb3' | 'cleanrl'

/** A run's policy, and what it was trained with. */
export interface TorchSource {
  readonly env: ActorEnv<Space>
  readonly config: PolicyConfig
  readonly trained: PolicySnapshot
}

const LIBRARY = { sb3: 'Stable-Baselines3', cleanrl: 'CleanRL' } as const

const KINDS: readonly string[] = ['discrete', 'multiDiscrete', 'multiBinary', 'box']

/** Why neither library can run the policy, or null. */
export const refusal = ({ env: { actionSpace }, config }: TorchSource): string | null => {
  const { kind } = actionSpace
  if (!KINDS.includes(kind))
    return `actionSpace: expected one of ${KINDS.join(', ')}, got a ${kind}, for which these names have no policy: use onnx`
  if (kind !== 'box') return null
  if (config.logStd.kind === 'state')
    return 'logStd.kind: expected "free", got "state", for which these names have no tensor: use onnx'
  return isLogStdBounded(config.logStd)
    ? 'logStd: expected no min and no max, for which these names have no place: use onnx'
    : null
}

interface Extra {
  readonly tensors: Named
  readonly metadata: Metadata
  readonly warnings: readonly string[]
}

const numbers = (...x: readonly number[]): Tensor =>
  own(['number'], [x.length], Float64Array.from(x))

/** Mean and variance under the names of VecNormalize and of NormalizeObservation. */
const momentTensors = (name: string, moments: Moments, config: NormaliseConfig): Named => [
  [`${name}.mean`, moments.mean],
  // Before anything was seen nothing is scaled.
  [`${name}.var`, moments.count === 0 ? ones(moments.mean) : variance(moments)],
  [`${name}.count`, numbers(moments.count)],
  [`${name}.epsilon`, numbers(config.epsilon)],
  [`${name}.clip`, numbers(config.clip)],
]

const ones = ({ shape }: Tensor<['feature']>): Tensor =>
  own(['feature'], shape, new Float64Array(shape[0]).fill(1))

const NOTHING: Extra = { tensors: [], metadata: {}, warnings: [] }

const observations = (names: TorchNames, { config, trained }: TorchSource): Extra => {
  const seen = trained.normaliser?.observation ?? null
  if (config.normalise === undefined || seen === null) return NOTHING
  const formula =
    '(x - obs_rms.mean) / sqrt(obs_rms.var + obs_rms.epsilon), held within ±obs_rms.clip'
  const wrapper =
    names === 'sb3' ? 'a VecNormalize' : 'NormalizeObservation and a clip, as in its scripts,'
  return {
    tensors: momentTensors('obs_rms', seen, config.normalise),
    metadata: { observation: formula },
    warnings: [
      `observations: the policy acts on ${formula}: pass these statistics to ${wrapper}, or it acts on other numbers`,
    ],
  }
}

const rewards = ({ config, trained }: TorchSource): Extra => {
  const earned = trained.normaliser?.reward ?? null
  if (config.normalise === undefined || earned === null) return NOTHING
  return {
    tensors: [
      ...momentTensors('ret_rms', earned.moments, config.normalise),
      ['ret_rms.returns', earned.returns],
    ],
    metadata: { value: 'of rewards / sqrt(ret_rms.var + ret_rms.epsilon)' },
    warnings: [
      'value: V is that of rewards / sqrt(ret_rms.var + ret_rms.epsilon), not of the rewards themselves',
    ],
  }
}

const actions = (names: TorchNames, { env, config }: TorchSource): Extra => {
  const { actionSpace: space, actionMask } = env
  const warnings: string[] = []
  if (actionMask !== undefined)
    warnings.push(
      `actions: ${env.name} masks choices, but ${LIBRARY[names]} does not: set their logits to -inf before it acts`,
    )
  if (space.kind === 'multiBinary' && names === 'cleanrl')
    warnings.push('actions: CleanRL has no multi-binary policy: treat each logit > 0 as a 1')
  if ((space.kind === 'discrete' || space.kind === 'multiDiscrete') && space.start !== undefined)
    warnings.push(
      `actions: choices of ${env.name} begin at ${String(space.start)}, and those of ${LIBRARY[names]} at 0: add the difference`,
    )
  if (space.kind !== 'box') return { ...NOTHING, warnings }
  if (config.actionBound !== 'squash') {
    if (config.actionBound === 'none' && [...space.low, ...space.high].some(Number.isFinite))
      warnings.push(
        `actions: the run was trained without a bound, but ${LIBRARY[names]} clips to the action space`,
      )
    return { ...NOTHING, warnings }
  }
  const formula = 'tanh(mean), scaled linearly from [-1, 1] to [action.low, action.high]'
  return {
    tensors: [
      ['action.low', numbers(...space.low)],
      ['action.high', numbers(...space.high)],
    ],
    metadata: { action: formula },
    warnings: [
      ...warnings,
      `actions: an action is ${formula}, but ${LIBRARY[names]} uses the mean itself: apply both after the policy`,
    ],
  }
}

/** Everything of a policy except its networks: tensors, metadata and warnings. */
export const extrasOf = (names: TorchNames, source: TorchSource): Extra => {
  const all = [observations(names, source), rewards(source), actions(names, source)]
  return {
    tensors: all.flatMap(({ tensors }) => tensors),
    metadata: Object.assign({ activation: 'tanh' }, ...all.map((one) => one.metadata)) as Metadata,
    warnings: all.flatMap(({ warnings }) => warnings),
  }
}
