import * as E from 'fp-ts/lib/Either.js'
import { shown } from '../../tensor/shown.ts'
import type { ReadonlyNumbers } from '../../tensor/tensor.ts'
import { open, type Metadata } from '../../format/safetensors.ts'
import { FORMAT, readHeader, type PolicyHeader } from '../../inference/header.ts'
import type { LayerSource } from './build.ts'
import { complete } from './complete.ts'
import {
  failure,
  SQUASHED,
  type PolicyFileError,
  type ReadPolicy,
  type ReadPolicyOptions,
} from './policyFile.ts'
import { layoutOf, readNetworks, type Layout } from './stateDict.ts'
import { bareTensors, unsupportedPart, type Tensors } from './stateNames.ts'
import { isStatistic, readStatistics } from './statistics.ts'

const LOG_STD: { readonly [L in Layout]: string } = {
  proximal: 'logStd',
  sb3: 'log_std',
  cleanrl: 'actor_logstd',
}

/** The free log σ: [n], or [1, n] in CleanRL. A box has one per output. */
const readLogStd = (
  tensors: Tensors,
  layout: Layout,
  dtype: string,
  outputs: number,
): E.Either<PolicyFileError, ReadonlyNumbers | null> => {
  const name = LOG_STD[layout]
  const found = tensors.get(name)
  if (found === undefined) return E.right(null)
  const { shape, data } = found
  const isVector = shape.length === 1 || (shape.length === 2 && shape[0] === 1)
  // A product may have fewer log σ than outputs.
  const isLength = layout === 'proximal' ? data.length <= outputs : data.length === outputs
  return isVector && isLength && found.dtype === dtype
    ? E.right(data)
    : E.left(
        failure(
          'unsupported',
          `${name}: expected ${dtype} [${outputs}], a log σ for each output, got ${found.dtype} [${shape.join(', ')}]`,
        ),
      )
}

/** The bounds of squashed actions: see `encodeTorch`. */
const BOUNDS: ReadonlySet<string> = new Set(['action.low', 'action.high'])

const knownToUs = (layout: Layout, name: string): boolean =>
  name === LOG_STD[layout] ||
  isStatistic(layout, name) ||
  (layout !== 'proximal' && BOUNDS.has(name)) ||
  (layout === 'proximal' && /^(optim|run)\./.test(name))

const unknown = (tensors: Tensors) =>
  E.left(
    failure(
      'unknown',
      `tensors: expected those of a policy under the names of proximal, Stable-Baselines3 or CleanRL, got ${
        [...tensors.keys()].slice(0, 5).map(shown).join(', ') || 'none'
      }${tensors.size > 5 ? ` and ${tensors.size - 5} more` : ''}`,
    ),
  )

/** The header of a policy file; null for a state dict without one. */
const headerOf = (
  metadata: Metadata,
  length: number,
): E.Either<PolicyFileError, PolicyHeader | null> =>
  metadata['format'] === FORMAT && metadata['policy'] !== undefined
    ? E.tryCatch(
        () => readHeader(metadata['policy']!, length),
        (error) => failure('damaged', error instanceof Error ? error.message : String(error)),
      )
    : E.right(null)

const headOf = (actor: readonly LayerSource[]) => actor.at(-1)!.outputs

/** Reads a policy from a safetensors file: from this library, or a state dict of another one. */
export const readStateDict = (
  bytes: Uint8Array,
  options: ReadPolicyOptions,
): E.Either<PolicyFileError, ReadPolicy> => {
  const opened = open(bytes)
  if (E.isLeft(opened)) return E.left(failure('damaged', opened.left))
  const header = headerOf(opened.right.metadata, bytes.length)
  if (E.isLeft(header)) return header
  const bare = bareTensors(opened.right.tensors)
  if (E.isLeft(bare)) return bare
  const tensors = bare.right
  const part = unsupportedPart(tensors)
  if (part !== null) return E.left(part)
  const layout = layoutOf(tensors)
  if (layout === null) return unknown(tensors)
  const networks = readNetworks(tensors, layout)
  if (E.isLeft(networks)) return networks
  const {
    dtype,
    parts: { trunk, actor, critic },
    used,
  } = networks.right
  if (actor === null) return unknown(tensors)
  const logStd = readLogStd(tensors, layout, dtype, headOf(actor))
  if (E.isLeft(logStd)) return logStd
  const normaliser = readStatistics(tensors, layout, (trunk ?? actor)[0]!.inputs)
  if (E.isLeft(normaliser)) return normaliser
  const rest = [...tensors.keys()].filter((name) => !used.has(name) && !knownToUs(layout, name))
  const stated = options.activation ?? opened.right.metadata['activation']
  if (layout !== 'proximal' && stated !== undefined && stated !== 'tanh')
    return E.left(
      failure(
        'unsupported',
        `activation: expected "tanh", the only one that this library runs, got ${shown(stated)}`,
      ),
    )
  const isSquashed = layout !== 'proximal' && tensors.has('action.low')
  const isAssumed = layout !== 'proximal' && stated === undefined
  return complete({
    source: { dtype, trunk, actor, logStd: logStd.right, critic },
    normaliser: normaliser.right,
    like: options.like ?? null,
    found: {
      format: 'safetensors',
      header: header.right,
      layout,
      isActivationAssumed: isAssumed,
      head: isSquashed ? ['Tanh'] : [],
      whitening: null,
      ignored: [...tensors.keys()].filter(
        (name) => !used.has(name) && name !== LOG_STD[layout] && !isStatistic(layout, name),
      ),
      warnings: [
        ...(isSquashed ? [SQUASHED] : []),
        ...(isAssumed
          ? [
              'activation: the file does not name it, so tanh is assumed: confirm it with { activation }, because a ReLU network would act differently',
            ]
          : []),
        ...(rest.length > 0
          ? [
              `tensors: nothing was made of ${rest.slice(0, 5).map(shown).join(', ')}${rest.length > 5 ? ` and ${rest.length - 5} more` : ''}: the policy may act differently without them`,
            ]
          : []),
      ],
    },
  })
}
