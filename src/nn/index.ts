export * as actorCritic from './actorCritic.ts'
export * as dense from './dense.ts'
export * as tanhMlp from './tanhMlp.ts'
export { fanIn } from './fanIn.ts'
export { orthogonal } from './orthogonal.ts'
export type {
  ActorCritic,
  ActorCriticCache,
  ActorCriticOutput,
  ActorCriticSpec,
} from './actorCritic.ts'
export type { Activation, WeightInit } from './dense.ts'
export type { FreeColumns } from './freeColumns.ts'
