import { open, type StoredTensor } from '../format/safetensors.ts'
import { deviationOf } from '../env/linear.ts'
import type { ObservationScale } from '../env/observing.ts'
import { shown } from '../tensor/shown.ts'
import { FORMAT, readHeader, type PolicyHeader } from './header.ts'
import type { DenseLayer } from './network.ts'

/** What a policy file holds. */
export interface PolicyContent {
  readonly header: PolicyHeader
  /** shared layers; empty without any */
  readonly trunk: readonly DenseLayer[]
  readonly actor: readonly DenseLayer[]
  /** null where the file was written without a value function */
  readonly critic: readonly DenseLayer[] | null
  /** free log σ; null where the network has them */
  readonly logStd: ArrayLike<number> | null
  readonly scale: ObservationScale | null
}

type Tensors = ReadonlyMap<string, StoredTensor>

const wrong = (message: string): RangeError => new RangeError(message)

/** Takes tensors by name and shape, and knows what was not taken. */
const taking = (tensors: Tensors) => {
  const left = new Set(tensors.keys())
  const take = (name: string, dtype: string, sizes: number): StoredTensor => {
    const found = tensors.get(name)
    if (found === undefined) throw wrong(`${shown(name)}: expected this tensor, got none`)
    if (found.dtype !== dtype || found.shape.length !== sizes)
      throw wrong(
        `${shown(name)}: expected ${dtype} with ${sizes} sizes, got ${found.dtype} [${found.shape.join(', ')}]`,
      )
    for (let i = 0; i < found.data.length; i++)
      if (!Number.isFinite(found.data[i]!))
        throw wrong(`${shown(name)}: expected finite numbers, got ${found.data[i]}`)
    left.delete(name)
    return found
  }
  return { take, left: () => [...left] }
}

type Take = ReturnType<typeof taking>['take']

/** The layers of a network, whose sizes have to follow each other. */
const layersOf = (tensors: Tensors, take: Take, part: string, inputs: number) => {
  const layers: DenseLayer[] = []
  for (let before = inputs; tensors.has(`${part}.layer${layers.length}.weight`);) {
    const name = `${part}.layer${layers.length}`
    const weight = take(`${name}.weight`, 'f32', 2)
    const bias = take(`${name}.bias`, 'f32', 1)
    const [rows = 0, columns = 0] = weight.shape
    if (rows !== before || columns < 1 || bias.shape[0] !== columns)
      throw wrong(
        `${name}: expected a weight [${before}, n] and a bias [n], got [${rows}, ${columns}] and [${bias.shape.join(', ')}]`,
      )
    layers.push({ inputs: rows, outputs: columns, weight: weight.data, bias: bias.data })
    before = columns
  }
  return layers
}

const MEAN = 'normaliser.observation.mean'
const M2 = 'normaliser.observation.m2'
const COUNT = 'normaliser.observation.count'

const scaleOf = (
  take: Take,
  size: number,
  { clip, epsilon }: { clip: number; epsilon: number },
) => {
  const [count] = take(COUNT, 'f64', 1).data
  const mean = take(MEAN, 'f64', 1).data
  const m2 = take(M2, 'f64', 1).data
  if (mean.length !== size || m2.length !== size || count === undefined || !(count >= 0))
    throw wrong(`${MEAN}: expected statistics of ${size} features, got ${mean.length}`)
  if (m2.some((sum) => sum < 0)) throw wrong(`${M2}: expected sums of squares, got one below 0`)
  const deviation = Float64Array.from(m2, (sum) => deviationOf(count, sum, epsilon))
  return { mean, deviation, clip }
}

/**
 * Reads a policy file. Nothing in it is trusted: lengths are checked before anything is allocated, and
 * memory stays in proportion to the size of the file.
 *
 * @throws RangeError with what is wrong
 */
export const readPolicyFile = (bytes: Uint8Array): PolicyContent => {
  const opened = open(bytes)
  if (opened._tag === 'Left') throw wrong(`file: ${opened.left}`)
  const { tensors, metadata } = opened.right
  const { format, policy } = metadata
  if (format !== FORMAT || policy === undefined)
    throw wrong(
      `format: expected ${FORMAT}, got ${shown(format)}: write the file with \`proximal export RUN --to policy\` or io.encodePolicy`,
    )
  const header = readHeader(policy, bytes.length)
  const { take, left } = taking(tensors)
  const trunk = layersOf(tensors, take, 'trunk', header.observationSpace.size)
  const features = trunk.at(-1)?.outputs ?? header.observationSpace.size
  const actor = layersOf(tensors, take, 'actor', features)
  const critic = layersOf(tensors, take, 'critic', features)
  const content = {
    header,
    trunk,
    actor,
    critic: critic.length === 0 ? null : critic,
    logStd: tensors.has('logStd') ? take('logStd', 'f32', 1).data : null,
    scale:
      header.normalise === null
        ? null
        : scaleOf(take, header.observationSpace.size, header.normalise),
  }
  if (actor.length === 0) throw wrong('actor.layer0.weight: expected this tensor, got none')
  if (critic.length > 0 && critic.at(-1)!.outputs !== 1)
    throw wrong(`critic: expected one output, got ${critic.at(-1)!.outputs}`)
  const [other] = left()
  if (other !== undefined)
    throw wrong(`${shown(other)}: expected the tensors of a policy alone, got another one`)
  return content
}
