import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { decodeActionLog, type ActionLog, type LoggedEpisode } from '../run/episode/actionLog.ts'
import * as file from '../run/disk/file.ts'
import { recordEpisodes } from '../run/episode/recordEpisodes.ts'
import type { OpenRun } from '../run/folder/openRun.ts'
import { key } from '../random/key.ts'
import type { Budget } from '../run/budget.ts'
import { opening } from './best.ts'
import { readPolicy } from './policy.ts'
import { environmentOf, type EnvironmentValues } from './environment.ts'
import { fromFile, type Problem } from './problem.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import type { Console } from './console.ts'

/** What to watch, and what to write of it. */
export interface WatchArguments {
  readonly path: string
  readonly episode: number
  /** null unless it was given */
  readonly seed: number | null
  readonly sample: boolean
  /** whether to watch the policy of the best evaluation */
  readonly best: boolean
  readonly record: string | null
  readonly save: string | null
  /** of a film, at most */
  readonly frames: number
  readonly speed: number
  readonly environment: EnvironmentValues
  readonly json: boolean
  readonly budget: Budget
}

/** What is watched: an episode of a log, whoever has just played it. */
export interface Watched {
  /** null where a log has its key alone */
  readonly seed: number | null
  readonly environment: RunEnvironment
  readonly log: ActionLog
  readonly episode: LoggedEpisode
  /** null where a log was watched */
  readonly stored: OpenRun | null
}

const fromRun = (
  { path, seed, episode, sample, best, budget, environment: values }: WatchArguments,
  screen: Console,
): TE.TaskEither<Problem, Watched> =>
  pipe(
    TE.fromEither(fromFile(opening(best)(path))),
    TE.bindTo('stored'),
    TE.bind('environment', ({ stored }) => environmentOf(stored.config, values, screen)),
    TE.bind('playing', ({ stored, environment: { env } }) =>
      TE.fromEither(readPolicy(path, stored, env, budget)),
    ),
    TE.map(({ stored, environment, playing: { policy, trained } }) => {
      const log = recordEpisodes(environment.env, policy, trained, {
        key: key(seed ?? 0),
        episodes: [episode],
        act: sample ? 'sample' : 'mode',
      })
      return { seed: seed ?? 0, environment, log, episode: log.episodes[0]!, stored }
    }),
  )

const fromLog = (
  { path, episode, seed, sample, best, environment: values }: WatchArguments,
  bytes: Uint8Array,
  screen: Console,
): TE.TaskEither<Problem, Watched> =>
  pipe(
    decodeActionLog(bytes),
    E.mapLeft(({ problem }): Problem => `${path}: ${problem}`),
    E.filterOrElse(
      () => seed === null && !sample && !best,
      (): Problem =>
        `--${sample ? 'sample' : best ? 'best' : 'seed'}: expected a run, got a log: leave it out`,
    ),
    TE.fromEither,
    TE.bindTo('log'),
    TE.bind('environment', ({ log }) =>
      pipe(
        environmentOf({ env: log.env }, values, screen),
        TE.mapLeft((problem) => `${path}: ${problem}`),
      ),
    ),
    TE.flatMap(({ log, environment }) => {
      const found = log.episodes[episode]
      return found === undefined
        ? TE.left(`--episode: expected one of ${log.episodes.length} in ${path}, got ${episode}`)
        : TE.right({
            seed: null,
            environment,
            log: { ...log, episodes: [found] },
            episode: found,
            stored: null,
          })
    }),
  )

/** Finds the episode to watch: in an action log, or by playing the policy of a run. */
export const findEpisode = (
  given: WatchArguments,
  screen: Console,
): TE.TaskEither<Problem, Watched> =>
  file.isFile(given.path)
    ? pipe(
        TE.fromEither(fromFile(file.readGiven(given.path))),
        TE.flatMap((bytes) => fromLog(given, bytes, screen)),
      )
    : fromRun(given, screen)
