import type { PolicyConfig } from '../../../algo/policy.ts'
import type { ActorEnv } from '../../../algo/actor.ts'
import type { Space } from '../../../env/space.ts'
import { leaves } from '../../../tensor/params.ts'
import { data } from '../../../tensor/tensor.ts'
import type { PolicySnapshot } from '../policySnapshot.ts'
import { mlpTree } from '../mlpTree.ts'
import { heads } from './heads.ts'
import { encodeModel, type Initializer } from '../../../format/onnx/model.ts'
import { network } from './network.ts'
import { apply, join, wholes } from '../../../format/onnx/piece.ts'
import { whitening } from './whitening.ts'

/** The contents of a model. */
export interface OnnxSource {
  readonly env: ActorEnv<Space>
  readonly config: PolicyConfig
  readonly trained: PolicySnapshot
  /** the library's */
  readonly version: string
  /** additional metadata, such as the hash of the run's config */
  readonly metadata?: { readonly [key: string]: string }
}

const parameters = ({ params }: PolicySnapshot): readonly Initializer[] =>
  leaves(params.tree).map(([name, leaf]) => ({
    name,
    shape: leaf.shape,
    values: Float32Array.from(data(leaf)),
  }))

const expectFit = ({ env, trained }: OnnxSource, outputs: number): void => {
  const { trunk, actor } = mlpTree(trained.params)
  const layers = Object.values(actor)
  const inputs = Object.values(trunk ?? {})[0] ?? layers[0]
  const got = [inputs?.weight.shape[0], layers.at(-1)?.weight.shape[1]]
  const expected = [env.observationSpace.size, outputs]
  if (got.join() !== expected.join())
    throw new RangeError(
      `trained.params: expected a policy of ${expected.join(' → ')} numbers for ${env.name}, got one of ${got.join(' → ')}`,
    )
}

/**
 * The policy and V of a run as an ONNX model (IR 8, operators of version 17) in f32:
 *
 * | name | type | is |
 * | --- | --- | --- |
 * | `observation` | f32 [batch, feature] | what the environment shows; the model normalises it as the run did |
 * | `logits` | f32 [batch, param] | of discrete actions, groups and bits |
 * | `mean`, `log_std` | f32 [batch, n] | of a box's Gaussian, before any bound |
 * | `action` | i64 [batch], i64 or f32 [batch, n] | the most probable one, as the environment receives it: bounded |
 * | `value` | f32 [batch] | V(s) |
 *
 * A product of spaces has the middle three once a part, as `stick.mean`. If an environment masks choices, its
 * mask is not part of the model, and the metadata has `action_mask`: set the masked `logits` to −∞ and take
 * the greatest.
 *
 * Parameters are stored to the bit under their paths (f64 ones are rounded), weights as [in, out]. Runtimes
 * have their own order of sums and their own tanh, so outputs are close to this library's, but not identical.
 *
 * @throws RangeError when the parameters belong to another environment or config
 */
export const encodeOnnx = (source: OnnxSource): Uint8Array => {
  const { env, config, trained, version, metadata = {} } = source
  const { trunk, actor, critic } = mlpTree(trained.params)
  const last = heads(env.actionSpace, config, 'actor')
  expectFit(source, last.networkOutputs)
  const features = trunk === undefined ? 'seen' : 'trunk'
  const { nodes, initializers } = join(
    { nodes: [], initializers: parameters(trained) },
    whitening(config.normalise, trained.normaliser, 'observation', 'seen'),
    trunk === undefined ? join() : network('trunk', trunk, 'seen', 'trunk', 'tanh'),
    network('actor', actor, features, 'actor'),
    last,
    network('critic', critic, features, 'critic'),
    wholes('value.axes', [1]),
    apply('Squeeze', ['critic', 'value.axes'], 'value'),
  )
  return encodeModel({
    name: env.name,
    version,
    nodes,
    initializers,
    inputs: [{ name: 'observation', type: 'f32', shape: ['batch', env.observationSpace.size] }],
    outputs: [...last.outputs, { name: 'value', type: 'f32', shape: ['batch'] }],
    metadata: {
      environment: env.name,
      ...(env.actionMask === undefined
        ? {}
        : { action_mask: 'the environment masks choices: set their logits to -inf' }),
      ...metadata,
    },
  })
}
