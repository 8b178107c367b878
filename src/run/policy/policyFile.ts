import type { Statistics } from '../../env/wrapper/normalise.ts'
import type { PolicyHeader } from '../../inference/header.ts'
import type { Normaliser } from '../../algo/look.ts'
import type { PolicyParams } from '../../algo/policy.ts'

/** Why a policy could not be read from a file. */
export interface PolicyFileError {
  /**
   * `damaged`: the bytes violate their format; `unknown`: no tensor names that this library knows;
   * `unsupported`: a kind of policy that this library cannot run; `mismatch`: sizes differ from `like`
   */
  readonly kind: 'damaged' | 'unknown' | 'unsupported' | 'mismatch'
  readonly message: string
}

/** Describes the policy that was found in a file. */
export interface FoundPolicy {
  readonly format: 'onnx' | 'safetensors'
  /** what a policy file says of its spaces and settings; null for every other file */
  readonly header: PolicyHeader | null
  /** naming scheme of the tensors; `graph`: an ONNX graph, which needs no names */
  readonly layout: 'proximal' | 'sb3' | 'cleanrl' | 'graph'
  /** sizes from input to output; trunk: null without shared layers */
  readonly layers: {
    readonly trunk: readonly number[] | null
    readonly actor: readonly number[]
    readonly critic: readonly number[]
  }
  /** the only activation that this library supports */
  readonly activation: 'tanh'
  /** true if neither the file nor the caller stated the activation */
  readonly isActivationAssumed: boolean
  /** ONNX operators after the policy's last layer, in order: `Softmax`, `ArgMax` … */
  readonly head: readonly string[]
  /** normalisation of observations before the first layer of an ONNX graph, for `env.normalise` */
  readonly whitening: Statistics | null
  /** names of unused tensors and outputs */
  readonly ignored: readonly string[]
  /** what to know before using the policy, one sentence each */
  readonly warnings: readonly string[]
}

/** A policy that was read from a file. */
export interface ReadPolicy {
  readonly params: PolicyParams
  /** running statistics of observations and rewards, or null */
  readonly normaliser: Normaliser | null
  readonly found: FoundPolicy
}

/** Options of `readPolicy`. */
export interface ReadPolicyOptions {
  /**
   * Parameters whose shapes the file must match, such as `learner.params`. A value function or log σ
   * that the file does not have is taken from them, with a warning.
   */
  readonly like?: PolicyParams
  /**
   * The activation between the layers, which a state dict does not state. Only `tanh` is supported; it
   * is assumed, with a warning, by default.
   */
  readonly activation?: string
}

export const failure = (kind: PolicyFileError['kind'], message: string): PolicyFileError => ({
  kind,
  message,
})

export const SQUASHED =
  'action: actions go through a tanh after the last layer: set actionBound to squash in the config'
