import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { backendOptions, parseBackend } from './backendOptions.ts'
import { parseBudget } from './budget.ts'
import { checkpointOptions, parseEvery } from './checkpointing.ts'
import type { Problem } from './problem.ts'
import { parseRedis, redisOptions } from './redisOptions.ts'
import type { TrainOptions } from './types.ts'

/** How to train. These options change no bit of what is learned, except on a GPU. */
export const trainOptions = {
  json: { type: 'boolean' },
  tensorboard: { type: 'boolean' },
  ...checkpointOptions,
  ...backendOptions,
  ...redisOptions,
} as const

export const parseTrainOptions = (
  values: Parameters<typeof parseBackend>[0] &
    Parameters<typeof parseRedis>[0] & {
      readonly json?: boolean | undefined
      readonly tensorboard?: boolean | undefined
      readonly 'checkpoint-every'?: string | undefined
      readonly budget?: string | undefined
    },
  parse = parseBackend,
): E.Either<Problem, TrainOptions> =>
  pipe(
    E.Do,
    E.bind('backend', () => parse(values)),
    E.bind('redis', () => parseRedis(values)),
    E.filterOrElse(
      ({ backend, redis }) => redis === null || backend.gpu === null,
      ({ backend }): Problem =>
        `--redis: expected a bit-reproducible backend, got ${backend.gpu}: leave one of the two out`,
    ),
    E.bind('every', () => parseEvery(values['checkpoint-every'])),
    E.bind('budget', () => parseBudget(values.budget)),
    E.let('json', () => values.json ?? false),
    E.let('tensorboard', () => values.tensorboard ?? false),
  )
