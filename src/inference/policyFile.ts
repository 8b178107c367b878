import { deviationOf } from '../env/linear.ts'
import type { ObservationScale } from '../env/observing.ts'
import { check } from './check.ts'
import { FORMAT, readHeader, type PolicyHeader } from './header.ts'
import type { DenseLayer } from './network.ts'
import { readTensors, type FileTensor } from './tensors.ts'

/** What a policy file holds. */
export interface PolicyContent {
  readonly header: PolicyHeader
  /** shared layers; empty without any */
  readonly trunk: readonly DenseLayer[]
  readonly actor: readonly DenseLayer[]
  /** empty where the file was written without a value function */
  readonly critic: readonly DenseLayer[]
  /** free log σ; null where the network has them */
  readonly logStd: ArrayLike<number> | null
  readonly scale: ObservationScale | null
}

const STATISTICS = 'normaliser.observation.'

/**
 * Reads a policy file. Nothing in it is trusted: lengths are checked before anything is allocated, and
 * memory stays in proportion to the size of the file.
 *
 * @throws RangeError with what is wrong
 */
export const readPolicyFile = (bytes: Uint8Array): PolicyContent => {
  const { tensors, metadata } = readTensors(bytes)
  const { format, policy } = metadata
  check(
    format === FORMAT && typeof policy === 'string',
    'format',
    `${FORMAT}, from proximal export RUN --to policy`,
    format,
  )
  const header = readHeader(policy, bytes.length)
  const { size } = header.observationSpace

  const unused = new Set(tensors.keys())
  const take = (name: string, isSingle: boolean, ...shape: readonly number[]): FileTensor => {
    const found = tensors.get(name)
    check(
      found !== undefined &&
        found.data instanceof Float32Array === isSingle &&
        found.shape.length === shape.length &&
        // −1 stands for any size.
        shape.every((n, i) => n === found.shape[i] || (n < 0 && found.shape[i]! > 0)),
      name,
      `${isSingle ? 'F32' : 'F64'} [${shape.join(', ')}]`,
      found && `[${found.shape.join(', ')}]`,
    )
    unused.delete(name)
    return found
  }

  /** The layers of a network, whose sizes have to follow each other. */
  const layersOf = (part: string, inputs: number): readonly DenseLayer[] => {
    const layers: DenseLayer[] = []
    const nameOf = (): string => `${part}.layer${layers.length}.`
    for (let before = inputs; tensors.has(`${nameOf()}weight`);) {
      const weight = take(`${nameOf()}weight`, true, before, -1)
      const outputs = weight.shape[1]!
      const bias = take(`${nameOf()}bias`, true, outputs)
      layers.push({ inputs: before, outputs, weight: weight.data, bias: bias.data })
      before = outputs
    }
    return layers
  }

  const scaleOf = ({ clip, epsilon }: NonNullable<PolicyHeader['normalise']>) => {
    const [count] = take(`${STATISTICS}count`, false, 1).data
    const mean = take(`${STATISTICS}mean`, false, size).data
    const m2 = take(`${STATISTICS}m2`, false, size).data
    const deviation = Float64Array.from(m2, (sum) => deviationOf(count!, sum, epsilon))
    check(
      deviation.every((x) => x > 0),
      STATISTICS,
      'numbers > 0',
      'others',
    )
    return { mean, deviation, clip }
  }

  const trunk = layersOf('trunk', size)
  const features = trunk.at(-1)?.outputs ?? size
  const content: PolicyContent = {
    header,
    trunk,
    actor: layersOf('actor', features),
    critic: layersOf('critic', features),
    logStd: tensors.has('logStd') ? take('logStd', true, -1).data : null,
    scale: header.normalise === null ? null : scaleOf(header.normalise),
  }
  check(unused.size === 0, 'tensors', 'no other', [...unused][0])
  check(content.actor.length > 0, 'actor', 'layers', 'none')
  check((content.critic.at(-1)?.outputs ?? 1) < 2, 'critic', 'one output', 'more')
  return content
}
