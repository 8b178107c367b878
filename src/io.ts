export * as onnx from './run/policy/onnx/index.ts'
export * as safetensors from './format/safetensors.ts'
export * as storage from './run/storage/index.ts'
export {
  decodeActionLog,
  encodeActionLog,
  isActionLog,
  type ActionLog,
  type ActionLogError,
  type LoggedEpisode,
} from './run/episode/actionLog.ts'
export {
  describeEstimate,
  estimateRun,
  defaultBudget,
  type Budget,
  type UpdateRange,
} from './run/budget.ts'
export {
  decodeCertificate,
  encodeCertificate,
  type Certificate,
  type Thinned,
} from './run/certificate.ts'
export {
  configHash,
  encodeCheckpoint,
  openCheckpoint,
  type Checkpoint,
  type StoredCheckpoint,
} from './run/checkpoint.ts'
export type { PartsOf } from './run/segments.ts'
export type { EvaluationSettings } from './run/evaluationSettings.ts'
export { episodesCsv, episodesCsvLines, metricsCsv, metricsCsvLines } from './report/metricsCsv.ts'
export { fingerprint, type Fingerprint } from './run/fingerprint.ts'
export type { Links } from './run/links.ts'
export { firstLink, learnerHash, nextLink, type Digest } from './run/hash.ts'
export { decodeMetrics } from './run/metrics.ts'
export { decodeNpz, encodeNpz } from './format/npz.ts'
export { actionsTaken, trajectoryNpz, type TrajectoryExtras } from './run/episode/trajectory.ts'
export { unpackStep, type Column } from './run/episode/packed.ts'
export {
  type FoundPolicy,
  type PolicyFileError,
  type ReadPolicy,
  type ReadPolicyOptions,
} from './run/policy/policyFile.ts'
export { encodePolicy, type PolicyFileSource } from './run/policy/encodePolicy.ts'
export type { PolicyHeader } from './inference/header.ts'
export { readPolicy } from './run/policy/readPolicy.ts'
export { readActor, type ActorFiles } from './run/policy/readActor.ts'
export { recordEpisodes, type RecordOptions } from './run/episode/recordEpisodes.ts'
export { replayEpisode, type Moment, type ReplayError } from './run/episode/replayEpisode.ts'
export { reportHtml, type Reported } from './report/report.ts'
export { returnSvg } from './report/returnSvg.ts'
export { resume, stateLike } from './run/resume.ts'
export {
  decodeReplayRecord,
  decodeRunConfig,
  verifyFile,
  type LegacyReplayRecord,
  type ReplayRecord,
  type RunConfig,
} from './run/config.ts'
export { eventsFileName } from './format/tfevents.ts'
export {
  tensorboardEventRecords,
  tensorboardEvents,
  type EventTimes,
} from './report/tensorboard.ts'
export { encodeTorch, type TorchFile } from './run/policy/torch.ts'
export type { TorchNames, TorchSource } from './run/policy/torchExtras.ts'
export { decodeTrained, encodeTrained, type PolicySnapshot } from './run/policy/policySnapshot.ts'
export { describeWrongEnvironment, type WrongEnvironment } from './run/runEnvironment.ts'
export {
  certify,
  describeDifference,
  verify,
  verifyWith,
  type ExpectedRun,
  type Difference,
  type Place,
  type Progress,
  type Verified,
} from './run/verify.ts'
export { newRun, type NewRun } from './run/newRun.ts'
export { version } from './run/version.ts'
