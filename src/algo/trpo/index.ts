export { decodeConfig, presets, type TrpoConfig } from './config.ts'
export { fisherProduct } from './fisherProduct.ts'
export { init, iterate, parts, train, type Metrics, type Parts } from './iterate.ts'
export { naturalStep, type StepMetrics } from './step.ts'
