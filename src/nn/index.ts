export { actorCritic } from './actorCritic.ts'
export { actorCriticOf } from './actorCriticOf.ts'
export { conv2d } from './conv2d.ts'
export { dense } from './dense.ts'
export { embedding } from './embedding.ts'
export { heads } from './heads.ts'
export { mlp, mlpSizes } from './mlp.ts'
export { orthogonal } from './orthogonal.ts'
export { sequential } from './sequential.ts'
export { tokenMlp } from './tokenMlp.ts'
export { torchLinear } from './torchLinear.ts'
export type { Activation } from './activation.ts'
export type {
  ActorCritic,
  ActorCriticOutput,
  ActorCriticParams,
  ActorCriticSpec,
  OutputBias,
} from './actorCritic.ts'
export type { ActorCriticCache, ActorCriticLayers, ActorCriticTree } from './actorCriticOf.ts'
export type { Conv2d, Conv2dOptions, ImageSize } from './conv2d.ts'
export type { Dense, DenseCache, DenseOptions, WeightInit } from './dense.ts'
export type { Embedding, EmbeddingOptions } from './embedding.ts'
export type { Heads, HeadsCache, HeadsParams } from './heads.ts'
export type { Batch, Layer, Shard } from './layer.ts'
export type { Mlp, MlpSpec } from './mlp.ts'
export type { TokenMlp, TokenMlpSpec } from './tokenMlp.ts'
export type { StateIndependentLogStd } from './stateIndependentLogStd.ts'
