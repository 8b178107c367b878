import type { Statistics } from '../../env/wrapper/normalise.ts'
import type { Normaliser } from '../../algo/look.ts'
import type { PolicyParams } from '../../algo/policy.ts'

/** Why a file is no policy that this library can run. */
export interface PolicyFileError {
  /**
   * `damaged`: the bytes do not hold what their format promises; `unknown`: no policy by any
   * name that is known; `unsupported`: a policy, but of a kind that this library cannot run;
   * `mismatch`: a policy of other sizes than `like`
   */
  readonly kind: 'damaged' | 'unknown' | 'unsupported' | 'mismatch'
  readonly message: string
}

/** What a file turned out to hold. */
export interface FoundPolicy {
  readonly format: 'onnx' | 'safetensors'
  /** whose names the tensors have; `graph` where an ONNX graph itself says what is what */
  readonly layout: 'proximal' | 'sb3' | 'cleanrl' | 'graph'
  /** sizes from input to output; of a shared trunk null where there is none */
  readonly layers: {
    readonly trunk: readonly number[] | null
    readonly actor: readonly number[]
    readonly critic: readonly number[]
  }
  /** the only one that this library runs */
  readonly activation: 'tanh'
  /** whether nothing in the file says what the activation is, nor did the caller */
  readonly isActivationAssumed: boolean
  /** what the graph does after the policy's last layer, from there on: `Softmax`, `ArgMax` … */
  readonly head: readonly string[]
  /** how an ONNX graph whitens observations before the first layer, as `env.normalise` takes it */
  readonly whitening: Statistics | null
  /** tensors and outputs that nothing was made of */
  readonly ignored: readonly string[]
  /** what the caller must know before the policy acts, a sentence each */
  readonly warnings: readonly string[]
}

/** A policy from a file, and what was found there. */
export interface ReadPolicy {
  readonly params: PolicyParams
  /** the statistics that observations and rewards were normalised by; null without any */
  readonly normaliser: Normaliser | null
  readonly found: FoundPolicy
}

export interface ReadPolicyOptions {
  /**
   * A policy that the file's has to have the sizes of, such as `learner.params`. What the file
   * lacks, a value function or log σ, is taken from it, with a warning.
   */
  readonly like?: PolicyParams
  /**
   * The activation between the layers, which no state dict states. `tanh` is the only one that
   * this library runs, and is assumed, with a warning, unless it is given.
   */
  readonly activation?: string
}

export const failure = (kind: PolicyFileError['kind'], message: string): PolicyFileError => ({
  kind,
  message,
})

export const SQUASHED =
  'action: actions go through a tanh after the last layer: let the config have actionBound squash'
