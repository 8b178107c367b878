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

/** What else a file may be that has a policy in it, and what to do with it. */
const elsewhere = (bytes: Uint8Array): string => {
  if (startsWith(bytes, 0x50, 0x4b))
    return 'a zip archive, as of torch.save or a model of Stable-Baselines3: in Python, save its state dict by safetensors.torch.save_file'
  if (startsWith(bytes, 0x80) || startsWith(bytes, 0x1f, 0x8b))
    return 'a pickle or a compressed file: in Python, save the state dict by safetensors.torch.save_file'
  return bytes.length === 0 ? 'no bytes' : 'something else'
}

/**
 * A policy out of any file that has one, and a report of what was found:
 *
 * - an ONNX model that runs tanh layers: ours, or one that PyTorch exported, with or without
 *   the choice of the action at its end;
 * - a safetensors file under this library's names (`params.safetensors` of a run), those of
 *   Stable-Baselines3's `MlpPolicy` or those of CleanRL's `Agent`, whatever `torch.compile`,
 *   `DataParallel` or an owner put before them.
 *
 * Parameters are copied as they are, to the bit; those of a Gemm with alpha or beta are rounded
 * once. Hand them to a run by `ppo.withParams`, or to `ppo.actor`. Read `found.warnings` first: they
 * say what the file left open, such as the activation, which no state dict states.
 *
 * @returns Left of a typed error for bytes that are damaged, for a file without a policy that is
 * known, for one that this library cannot run (ReLU, gSDE, LSTM, CNN, extractors with layers of
 * their own; the message names which), and for sizes other than those of `like`
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
