import * as E from 'fp-ts/lib/Either.js'
import {
  failure,
  type PolicyFileError,
  type ReadPolicy,
  type ReadPolicyOptions,
} from './policyFile.ts'
import { readOnnxPolicy } from './readOnnxPolicy.ts'
import { readStateDict } from './readStateDict.ts'

const BRACE = 0x7b
/** The first field of an ONNX model, its version of the format. */
const IR_VERSION = 0x08

const startsWith = (bytes: Uint8Array, ...start: readonly number[]): boolean =>
  start.every((byte, i) => bytes[i] === byte)

/** Other file types that contain policies, and what to do with them. */
const elsewhere = (bytes: Uint8Array): string => {
  if (startsWith(bytes, 0x50, 0x4b))
    return 'a zip archive, as of torch.save or a model of Stable-Baselines3: in Python, save its state dict by safetensors.torch.save_file'
  if (startsWith(bytes, 0x80) || startsWith(bytes, 0x1f, 0x8b))
    return 'a pickle or a compressed file: in Python, save the state dict by safetensors.torch.save_file'
  return bytes.length === 0 ? 'no bytes' : 'something else'
}

/**
 * Reads a policy from a file, and reports what was found. The file may be
 *
 * - an ONNX model of tanh layers, exported by this library or by PyTorch, with or without the choice
 *   of the action at its end;
 * - a safetensors file with the tensor names of this library (`params.safetensors` of a run), of
 *   Stable-Baselines3's `MlpPolicy`, or of CleanRL's `Agent`, with any prefix of `torch.compile`,
 *   `DataParallel` or a parent module.
 *
 * Parameters are copied to the bit; those of a Gemm with alpha or beta are rounded once. Pass them to
 * `ppo.withParams` or `ppo.actor`. Read `found.warnings` first: they state what was assumed, such as
 * the activation, which a state dict does not contain.
 *
 * @returns Left if the bytes are damaged, no known policy is found, the policy is of a kind that this
 * library cannot run (ReLU, gSDE, LSTM, CNN, feature extractors with layers; the message names it), or
 * its sizes differ from those of `like`
 */
export const readPolicy = (
  bytes: Uint8Array,
  options: ReadPolicyOptions = {},
): E.Either<PolicyFileError, ReadPolicy> => {
  if (bytes[8] === BRACE && bytes[7] === 0) return readStateDict(bytes, options)
  if (bytes[0] === IR_VERSION) return readOnnxPolicy(bytes, options)
  return E.left(
    failure(
      'unknown',
      `file: expected an ONNX model or a safetensors file, got ${elsewhere(bytes)}`,
    ),
  )
}
