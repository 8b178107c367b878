import { choices, width, type Space } from '../env/space.ts'
import type { EnvSpec } from '../env/environment.ts'
import type { Arrays } from '../engine/arrays.ts'
import type { TimeEnv } from '../rl/steps.ts'
import { expectShape } from '../tensor/check.ts'
import { data, own, reshape, type Numbers, type Tensor } from '../tensor/tensor.ts'
import type { ActionMask, Actions } from './policy.ts'
import type { Trajectory } from './trajectory.ts'

type PerSample = Tensor<['sample']>

/** The fields that a learning step reads of each sample. */
export interface Samples {
  readonly observation: Tensor<['sample', 'feature']>
  readonly action: Actions<'sample'>
  readonly oldLogProb: PerSample
  readonly oldValue: PerSample
  readonly advantage: PerSample
  readonly returns: PerSample
  /** the choices that were allowed; absent where the environment masks none */
  readonly actionMask?: ActionMask<'sample'>
  /** parameters of π_old, where a loss compares whole distributions */
  readonly oldParam?: Tensor<['sample', 'param']>
  /** β of the KL from a reference policy ρ, where it is in the loss; 0 leaves a sample out */
  readonly referenceBeta?: PerSample
  /** log ρ(a|s), where samples estimate that KL */
  readonly referenceLogProb?: PerSample
  /** the parameters of ρ(·|s), where that KL is exact */
  readonly referenceParam?: Tensor<['sample', 'param']>
  /** a context of a corpus beside each sample, the token that follows, and its weight in the loss */
  readonly corpusContext?: Tensor<['sample', 'feature']>
  readonly corpusNext?: PerSample
  readonly corpusWeight?: PerSample
}

/** How a loss knows KL(π ‖ ρ): by an estimator on the sampled action, or over all actions. */
export type ReferenceKl = 'k2' | 'k3' | 'exact'

/** What of a config adds fields to the samples. */
export interface LossFields {
  /** a term β · KL(π ‖ ρ) in the loss: see `withReferenceKl` */
  readonly referenceKl?: ReferenceKl
  /** a term of a corpus of tokens in the loss: see `withCorpusLoss` */
  readonly corpusLoss?: boolean
}

/** A field of the samples: its columns, none where it is one number per sample. */
export interface Field {
  readonly column: 'feature' | 'action' | 'choice' | 'param' | null
  readonly columns: number
  readonly kind: 'floats' | 'integers' | 'bytes'
}

/** The fields of a batch, by name. */
export type Fields = { readonly [K in keyof Samples]: Field }

const scalar: Field = { column: null, columns: 1, kind: 'floats' }

/** What of an environment decides the form of samples. */
export interface AgentEnv extends EnvSpec {
  /** whether it masks actions */
  readonly isMasked: boolean
}

const actionField = (space: Space): Field => {
  if (space.kind === 'discrete') return { ...scalar, kind: 'integers' }
  const isWhole = space.kind === 'multiDiscrete' || space.kind === 'multiBinary'
  return { column: 'action', columns: width(space), kind: isWhole ? 'integers' : 'floats' }
}

const table = (column: NonNullable<Field['column']>, columns: number): Field => ({
  column,
  columns,
  kind: 'floats',
})

/**
 * The fields of samples from an environment. To add a field, add a line here and one in `Samples`.
 *
 * @param params of the distribution
 * @param keepsOld whether samples keep the parameters of π_old, since a loss compares distributions
 */
export const fieldsOf = (
  { observationSpace, actionSpace, isMasked }: AgentEnv,
  params: number,
  keepsOld: boolean,
  { referenceKl, corpusLoss = false }: LossFields,
): Fields => ({
  observation: { column: 'feature', columns: observationSpace.size, kind: 'floats' },
  action: actionField(actionSpace),
  oldLogProb: scalar,
  oldValue: scalar,
  advantage: scalar,
  returns: scalar,
  ...(isMasked
    ? { actionMask: { column: 'choice', columns: choices(actionSpace), kind: 'bytes' } }
    : {}),
  ...(keepsOld ? { oldParam: table('param', params) } : {}),
  ...(referenceKl === undefined ? {} : { referenceBeta: scalar }),
  ...(referenceKl === undefined
    ? {}
    : referenceKl === 'exact'
      ? { referenceParam: table('param', params) }
      : { referenceLogProb: scalar }),
  ...(corpusLoss
    ? {
        corpusContext: { column: 'feature', columns: observationSpace.size, kind: 'integers' },
        corpusNext: { ...scalar, kind: 'integers' },
        corpusWeight: scalar,
      }
    : {}),
})

/** Tensors [n] or [n, column] over new arrays, one for each field. */
export const laySamples = (fields: Fields, n: number, arrays: Arrays): Samples =>
  Object.fromEntries(
    Object.entries(fields).map(([name, { column, columns, kind }]) => {
      const array: Numbers = arrays[kind](n * columns)
      return [
        name,
        column === null
          ? own(['sample'], [n], array)
          : own(['sample', column], [n, columns], array),
      ]
    }),
  ) as unknown as Samples

/** Writes samples into those that were laid out, except parameters of π_old. */
export const setSamples = (to: Samples, from: Samples): void => {
  for (const [name, leaf] of Object.entries(to) as ReadonlyArray<[keyof Samples, Tensor]>) {
    if (name === 'oldParam') continue
    const given = from[name] as Tensor | undefined
    if (given === undefined)
      throw new RangeError(`${name}: expected one per sample, got none: add it to the samples`)
    ;(data(leaf) as Numbers).set(data(expectShape(name, given, leaf.dims, leaf.shape)))
  }
}

/** [time, env, …] → [sample, …]: once learning starts, a step's place in time does not matter. */
export const flattenTime = (
  trajectory: Trajectory,
  returns: TimeEnv,
  advantages: TimeEnv,
): Samples => {
  const { observation, action, actionMask } = trajectory
  const samples = observation.shape[0] * observation.shape[1]
  const flat = (t: Tensor): Tensor => {
    const [, , ...column] = t.dims
    const [, , ...columns] = t.shape
    return reshape<string[]>(t, ['sample', ...column], [samples, ...columns])
  }
  return {
    observation: flat(observation) as Samples['observation'],
    action: flat(action) as Samples['action'],
    oldLogProb: flat(trajectory.logProb) as PerSample,
    oldValue: flat(trajectory.value) as PerSample,
    advantage: flat(advantages) as PerSample,
    returns: flat(returns) as PerSample,
    ...(actionMask === undefined ? {} : { actionMask: flat(actionMask) as ActionMask<'sample'> }),
  }
}
