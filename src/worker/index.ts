export type { RunConfig } from '../run/config.ts'
export { newRun, type NewRun } from '../run/newRun.ts'
export { breath, pause } from './breath.ts'
export { connect, type Client, type ConnectOptions, type Requests } from './connect.ts'
export type {
  AnswerOf,
  Call,
  CallName,
  CallOptions,
  Handlers,
  ItemOf,
  StreamName,
  StreamOptions,
} from './handlers.ts'
export type { Port, WorkerLike } from './port.ts'
export type { Problem } from './problem.ts'
export { serve } from './serve.ts'
export {
  connectTraining,
  type TrainingClient,
  type TrainingClientOptions,
} from './training/connectTraining.ts'
export {
  nextView,
  noRun,
  type Phase,
  type PolicyBytes,
  type Progress,
  type RunView,
} from './training/progress.ts'
export type { Answer, Refused, SessionOptions, StartRequest } from './training/request.ts'
export {
  training,
  type Current,
  type Training,
  type TrainingHandlers,
} from './training/training.ts'
export type { WatchOptions } from './training/watch.ts'
export { transfer } from './transfer.ts'
