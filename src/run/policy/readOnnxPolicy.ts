import * as E from 'fp-ts/lib/Either.js'
import { shown } from '../../tensor/shown.ts'
import type { Statistics } from '../../env/wrapper/normalise.ts'
import type { Dense } from '../../nn/dense.ts'
import { data, type ReadonlyNumbers } from '../../tensor/tensor.ts'
import { readGraph, type FileGraph } from '../../format/onnx/readGraph.ts'
import { readHeads, type ImportedHead } from './onnx/readMlps.ts'
import { floatsOf, type FileTensor } from '../../format/onnx/readTensor.ts'
import type { StoredTensor } from '../../format/safetensors.ts'
import type { LayerSource } from './build.ts'
import { complete } from './complete.ts'
import {
  failure,
  SQUASHED,
  type PolicyFileError,
  type ReadPolicy,
  type ReadPolicyOptions,
} from './policyFile.ts'
import { readNetworks } from './stateDict.ts'

const OWN = /^((trunk|actor|critic)\.layer\d+\.(weight|bias)|logStd)$/

/** The f32 numbers of a constant, or null. */
const numbersOf = (tensor: FileTensor | undefined): Float32Array | null => {
  const floats = tensor === undefined ? null : floatsOf(tensor)
  return floats !== null && E.isRight(floats) ? floats.right : null
}

/** The normalisation in a model that this library wrote: see `whitening`. */
const ownWhitening = ({ constants }: FileGraph): Statistics | null => {
  const read = (name: string) => numbersOf(constants.get(`seen.${name}`))
  const [high, low, deviation, max] = ['mean.high', 'mean.low', 'deviation', 'max'].map(read)
  if (!high || !low || !deviation) return null
  return {
    mean: Array.from(high, (x, j) => x + (low[j] ?? 0)),
    std: Array.from(deviation),
    ...(max?.length === 1 ? { clip: max[0]! } : {}),
  }
}

/** A model that this library wrote: its constants are parameters under their own names. */
const readOwn = (
  graph: FileGraph,
  { like = null }: { readonly like?: ReadPolicyOptions['like'] | null },
): E.Either<PolicyFileError, ReadPolicy> => {
  const tensors = new Map<string, StoredTensor>()
  for (const [name, constant] of graph.constants) {
    if (!OWN.test(name)) continue
    const floats = floatsOf(constant)
    if (E.isLeft(floats)) return E.left(failure('damaged', floats.left))
    tensors.set(name, { dtype: 'f32', shape: constant.shape, data: floats.right })
  }
  const networks = readNetworks(tensors, 'proximal')
  if (E.isLeft(networks)) return networks
  const { trunk, actor, critic } = networks.right.parts
  if (actor === null) return E.left(failure('damaged', 'actor: expected layers, got none'))
  const whitening = ownWhitening(graph)
  const isSquashed = [...graph.nodes.keys()].some((name) => /(^|\.)action\.tanh$/.test(name))
  return complete({
    source: { dtype: 'f32', trunk, actor, logStd: tensors.get('logStd')?.data ?? null, critic },
    normaliser: null,
    like,
    found: {
      format: 'onnx',
      header: null,
      layout: 'proximal',
      isActivationAssumed: false,
      head: isSquashed ? ['Tanh'] : [],
      whitening,
      ignored: [],
      warnings: [
        ...(whitening === null
          ? []
          : [
              'observation: the graph whitens its observations, which is not part of the parameters: wrap the environment in env.normalise(found.whitening)',
            ]),
        ...(isSquashed ? [SQUASHED] : []),
      ],
    },
  })
}

const VALUE = /(^|[^a-z])(v|vf|values?|critic|state_value)([^a-z]|$)/i
const LOG_STD = /(^|[./])(log_?std|actor_logstd|log_sigma)$/i

const sourcesOf = (layers: readonly Dense[]): readonly LayerSource[] =>
  layers.map(({ weight, bias }) => ({
    inputs: weight.shape[0],
    outputs: weight.shape[1],
    weight: data(weight),
    isOutIn: false,
    bias: data(bias),
  }))

const layersOf = ({ network }: ImportedHead): readonly Dense[] => Object.values(network)

const outputsOf = (head: ImportedHead): number => layersOf(head).at(-1)!.weight.shape[1]

/** V is the output that its name says, or the last one of a single number after another one. */
const valueOf = (heads: ReadonlyMap<string, ImportedHead>): string | null => {
  const plain = [...heads].filter(
    ([, head]) => outputsOf(head) === 1 && head.head.length === 0 && head.last === 'linear',
  )
  const named = plain.find(([name]) => VALUE.test(name))
  if (named !== undefined) return named[0]
  const last = plain.at(-1)
  return last === undefined || heads.size < 2 || last[0] === [...heads.keys()][0] ? null : last[0]
}

/** As many layers as both networks begin with and share, but for the last of either. */
const sharedLayers = (a: readonly Dense[], b: readonly Dense[]): number => {
  let count = 0
  while (count < Math.min(a.length, b.length) - 1 && a[count] === b[count]) count++
  return count
}

/** The one constant that is called a log σ and has one for each output. */
const freeLogStd = ({ constants }: FileGraph, outputs: number): ReadonlyNumbers | null => {
  for (const [name, constant] of constants) {
    const floats = LOG_STD.test(name) ? numbersOf(constant) : null
    if (floats?.length === outputs) return floats
  }
  return null
}

const readForeign = (
  graph: FileGraph,
  { like = null }: { readonly like?: ReadPolicyOptions['like'] | null },
): E.Either<PolicyFileError, ReadPolicy> => {
  const heads = new Map<string, ImportedHead>()
  const problems: string[] = []
  for (const [name, head] of readHeads(graph))
    if (E.isRight(head)) heads.set(name, head.right)
    else problems.push(head.left)
  const valueName = valueOf(heads)
  const policyName = [...heads.keys()].find((name) => name !== valueName)
  if (policyName === undefined)
    return E.left(
      failure('unsupported', problems[0] ?? 'outputs: expected a policy, got only a value'),
    )
  const policy = heads.get(policyName)!
  const value = valueName === null ? null : heads.get(valueName)!
  if (value !== null && value.input !== policy.input)
    return E.left(
      failure(
        'unsupported',
        `outputs: expected one observation for the policy and V, got ${shown(policy.input)} and ${shown(value.input)}`,
      ),
    )
  if (policy.last === 'tanh' && policy.head.some((op) => op.includes('ax')))
    return E.left(
      failure('unsupported', `${shown(policyName)}: expected plain logits, got tanh of them`),
    )
  const actor = layersOf(policy)
  const critic = value === null ? null : layersOf(value)
  const shared = critic === null ? 0 : sharedLayers(actor, critic)
  const isSquashed = policy.last === 'tanh'
  return complete({
    source: {
      dtype: 'f32',
      trunk: shared === 0 ? null : sourcesOf(actor.slice(0, shared)),
      actor: sourcesOf(actor.slice(shared)),
      logStd: freeLogStd(graph, outputsOf(policy)),
      critic: critic === null ? null : sourcesOf(critic.slice(shared)),
    },
    normaliser: null,
    like,
    found: {
      format: 'onnx',
      header: null,
      layout: 'graph',
      isActivationAssumed: false,
      head: isSquashed ? ['Tanh', ...policy.head] : policy.head,
      whitening: null,
      ignored: graph.outputs.filter((name) => name !== policyName && name !== valueName),
      warnings: isSquashed ? [SQUASHED] : [],
    },
  })
}

/** Reads a policy from an ONNX model; the graph defines its layers and activations. */
export const readOnnxPolicy = (
  bytes: Uint8Array,
  options: ReadPolicyOptions,
): E.Either<PolicyFileError, ReadPolicy> => {
  const read = readGraph(bytes)
  if (E.isLeft(read)) return E.left(failure('damaged', read.left))
  const { activation } = options
  if (activation !== undefined && activation !== 'tanh')
    return E.left(
      failure(
        'unsupported',
        `activation: expected "tanh", the only one that this library runs, got ${shown(activation)}`,
      ),
    )
  const graph = read.right
  return graph.constants.has('actor.layer0.weight')
    ? readOwn(graph, options)
    : readForeign(graph, options)
}
