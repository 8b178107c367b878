export * as onnx from './onnx/index.ts'
export * as safetensors from '../format/safetensors.ts'
export * as storage from './storage/index.ts'
export {
  decodeActionLog,
  encodeActionLog,
  isActionLog,
  type ActionLog,
  type ActionLogError,
  type LoggedEpisode,
} from './actionLog.ts'
export {
  describeEstimate,
  estimateRun,
  defaultBudget,
  type Budget,
  type UpdateRange,
} from './budget.ts'
export {
  decodeCertificate,
  encodeCertificate,
  type Certificate,
  type Thinned,
} from './certificate.ts'
export {
  configHash,
  encodeCheckpoint,
  openCheckpoint,
  type Checkpoint,
  type StoredCheckpoint,
} from './checkpoint.ts'
export type { PartsOf } from './course.ts'
export { episodesCsv, episodesCsvLines, metricsCsv, metricsCsvLines } from './metricsCsv.ts'
export { fingerprint, type Fingerprint } from './fingerprint.ts'
export type { Links } from './links.ts'
export { firstLink, learnerHash, nextLink, type Digest } from './hash.ts'
export { decodeMetrics } from './metrics.ts'
export { decodeNpz, encodeNpz } from '../format/npz.ts'
export { actionsTaken, trajectoryNpz, type TrajectoryExtras } from './trajectory.ts'
export { unpackStep, type Column } from './packed.ts'
export {
  type FoundPolicy,
  type PolicyFileError,
  type ReadPolicy,
  type ReadPolicyOptions,
} from './policy/policyFile.ts'
export { readPolicy } from './policy/readPolicy.ts'
export { readActor, type ActorFiles } from './readActor.ts'
export { recordEpisodes, type RecordOptions } from './recordEpisodes.ts'
export { replayEpisode, type Moment, type ReplayError } from './replayEpisode.ts'
export { reportHtml, type Reported } from './report/report.ts'
export { returnSvg } from './report/returnSvg.ts'
export { resume, stateLike } from './resume.ts'
export {
  decodeReplayRecord,
  decodeRunConfig,
  verifyFile,
  type LegacyReplayRecord,
  type ReplayRecord,
  type RunConfig,
} from './run.ts'
export { eventsFileName } from '../format/tfevents.ts'
export { tensorboardEventRecords, tensorboardEvents, type EventTimes } from './tensorboard.ts'
export { encodeTorch, type TorchFile } from './torch.ts'
export type { TorchNames, TorchSource } from './torchExtras.ts'
export { decodeTrained, encodeTrained, type Trained } from './trained.ts'
export { describeWrongEnvironment, type WrongEnvironment } from './runEnvironment.ts'
export {
  certify,
  describeDifference,
  verify,
  verifyWith,
  type Claim,
  type Difference,
  type Place,
  type Progress,
  type Verified,
} from './verify.ts'
export { version } from './version.ts'
