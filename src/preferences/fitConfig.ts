/** How each network of an ensemble is fitted to preferences: AdamW, whose learning rate falls along half a cosine. */
export interface PreferenceFitConfig {
  /** optimiser steps, rounded to whole passes over the preferences */
  readonly steps: number
  /** preferences of a minibatch */
  readonly batch: number
  /** of the first step of each fit; falls to 0 */
  readonly learningRate: number
  /** λ >= 0 of AdamW */
  readonly weightDecay: number
  /** β₁ in [0, 1) of AdamW */
  readonly beta1: number
  /** β₂ in [0, 1) of AdamW */
  readonly beta2: number
  /** ε > 0 of AdamW */
  readonly epsilon: number
}

/** The config by which reward networks are fitted to preferences. */
export const preferenceFitConfig: PreferenceFitConfig = {
  steps: 400,
  batch: 32,
  learningRate: 1e-2,
  weightDecay: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
}
