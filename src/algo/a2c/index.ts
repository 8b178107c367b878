export { actor, type ActOptions, type Actor } from '../actor.ts'
export { decodeConfig, presets, type A2cConfig } from './config.ts'
export { init, iterate, parts, train, type Metrics, type Parts, type State } from './iterate.ts'
export { lossGrad, type Losses } from './lossGrad.ts'
