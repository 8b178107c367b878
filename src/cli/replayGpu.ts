import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { LOSSES } from '../algo/objective.ts'
import type { AnyMetrics } from '../algo/algorithm.ts'
import { firstState, runSegments } from '../run/segments.ts'
import { attempt } from '../run/disk/disk.ts'
import * as file from '../run/disk/file.ts'
import { readMetrics, readRun } from '../run/folder/runFolder.ts'
import type { BackendOptions } from './backendOptions.ts'
import { describeGpu, type Gpu } from './gpu.ts'
import { openBackend } from './backend.ts'
import { fromFile, type Problem } from './problem.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import type { Console } from './console.ts'

/** How far a loss of the first update may be from that of the kernels, relative to it or to 1. */
export const TOLERANCE = 1e-3

/** The largest difference of two updates' losses, relative to the loss or to 1. */
export const distanceOf = (found: AnyMetrics, expected: AnyMetrics): number =>
  Math.max(
    ...[...LOSSES, 'gradNorm' as const].map((name) => {
      const [got, exact] = [found[name] ?? NaN, expected[name] ?? NaN]
      return Math.abs(got - exact) / Math.max(1, Math.abs(exact))
    }),
  )

const firstMetrics = (
  name: string,
  run: Parameters<typeof readMetrics>[1],
): E.Either<Problem, AnyMetrics> =>
  pipe(
    attempt(name, () => {
      for (const metrics of readMetrics(name, run)) return metrics
      return undefined
    }),
    fromFile,
    E.flatMap(E.fromNullable<Problem>(`${name}: expected an update to compare, got none`)),
  )

/**
 * Checks what can be checked of a GPU run. Devices round differently, and their results drift apart, so there
 * is no hash to compare. The run's files must be unchanged, and its first update must match what the kernels
 * learn, within a tolerance.
 */
export const replayGpu = (
  name: string,
  record: Gpu['record'],
  environment: RunEnvironment,
  options: BackendOptions,
  certificate: string | undefined,
  screen: Console,
): TE.TaskEither<Problem, number> =>
  pipe(
    E.Do,
    E.filterOrElse(
      () => certificate === undefined,
      (): Problem =>
        '--certificate: expected a bit-reproducible run, got a GPU run: it cannot have a certificate',
    ),
    E.filterOrElse(
      () => !file.isFile(name),
      (): Problem =>
        `${name}: expected the certificate of a bit-reproducible run, got one of a GPU run`,
    ),
    E.bind('run', () => fromFile(readRun(name))),
    E.bind('first', ({ run }) => firstMetrics(name, run)),
    TE.fromEither,
    TE.flatMapTask(({ run: { config }, first }) => async () => {
      screen.say(`${name} ${describeGpu({ record })}`)
      const backend = await openBackend(config, environment, options, { to: 1 })
      try {
        const start = firstState(config, backend.partsOf)
        const next = runSegments(config, backend.partsOf, start).next()
        const distance = next.done === true ? Infinity : distanceOf(first, next.value[0])
        const within = distance <= TOLERANCE
        screen.say(
          `first update: losses ${within ? 'within' : 'beyond'} ${TOLERANCE} of what ${options.kernels} learns (${distance.toExponential(1)}); later ones are not compared`,
        )
        screen.result(() => ({
          run: name,
          same: null,
          within,
          tolerance: TOLERANCE,
          distance,
          gpu: record,
          hash: null,
        }))
        return within ? 0 : 1
      } finally {
        await backend.stop()
      }
    }),
  )
