import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { shown } from '../tensor/shown.ts'
import {
  decodeActionLog,
  encodeActionLog,
  type ActionLog,
  type LoggedEpisode,
} from '../run/episode/actionLog.ts'
import * as file from '../run/disk/file.ts'
import { recordEpisodes } from '../run/episode/recordEpisodes.ts'
import { replayEpisode, type Moment } from '../run/episode/replayEpisode.ts'
import { openRun, type OpenRun } from '../run/folder/openRun.ts'
import { key } from '../random/key.ts'
import type { Budget } from '../run/budget.ts'
import { budgetOptions, parseBudget } from './budget.ts'
import { readPolicy } from './policy.ts'
import { parseCommand, wholeNumber } from './arguments.ts'
import { environmentOf, environmentOptions, type EnvironmentValues } from './environment.ts'
import { FASTEST, SLOWEST, startPlayer } from './player.ts'
import { fromFile, type Problem } from './problem.ts'
import { film, FRAMES } from './film.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import { grouped, screen } from './show.ts'
import { sayUnfinished, unfinishedOf } from './unfinished.ts'
import { framesOf } from './frames.ts'
import { plainFrames, playOn } from './terminal.ts'
import { writeJson } from './output.ts'

const MOST_EPISODES = 1_000_000
interface Order {
  readonly path: string
  readonly episode: number
  /** null unless it was given */
  readonly seed: number | null
  readonly sample: boolean
  readonly record: string | null
  readonly save: string | null
  /** of a film, at most */
  readonly frames: number
  readonly speed: number
  readonly environment: EnvironmentValues
  readonly json: boolean
  readonly budget: Budget
}

const options = {
  episode: { type: 'string' },
  seed: { type: 'string' },
  sample: { type: 'boolean' },
  record: { type: 'string' },
  save: { type: 'string' },
  frames: { type: 'string' },
  speed: { type: 'string' },
  json: { type: 'boolean' },
  ...budgetOptions,
  ...environmentOptions,
} as const

const parseSpeed = (text: string | undefined): E.Either<Problem, number> => {
  const x = Number(text ?? '1')
  return text?.trim() !== '' && x >= SLOWEST && x <= FASTEST
    ? E.right(x)
    : E.left(`--speed: expected a number from ${SLOWEST} to ${FASTEST}, got ${shown(text)}`)
}

/** A file to write, which must not be there. */
const newFile = (
  option: string,
  name: string | undefined,
  endings: readonly string[],
): E.Either<Problem, string | null> => {
  if (name === undefined) return E.right(null)
  if (name === '' || (endings.length > 0 && !endings.some((ending) => name.endsWith(ending))))
    return E.left(
      `${option}: expected the name of a new ${endings.join(' or ')}${endings.length > 0 ? ' ' : ''}file, got ${shown(name)}`,
    )
  return file.exists(name)
    ? E.left(`${name}: exists already and is left as it is: choose another path`)
    : E.right(name)
}

const parseWatch = (args: readonly string[]): E.Either<Problem, Order> =>
  pipe(
    parseCommand(args, options, ['<run or log>']),
    E.bindTo('given'),
    E.bind('episode', ({ given }) => wholeNumber('episode', given.values.episode, 0, 0)),
    E.filterOrElse(
      ({ episode }) => episode < MOST_EPISODES,
      ({ episode }): Problem =>
        `--episode: expected a whole number below ${MOST_EPISODES}, got ${episode}`,
    ),
    E.bind('seed', ({ given }) =>
      given.values.seed === undefined
        ? E.right(null)
        : wholeNumber('seed', given.values.seed, 0, 0),
    ),
    E.bind('budget', ({ given }) => parseBudget(given.values.budget)),
    E.bind('speed', ({ given }) => parseSpeed(given.values.speed)),
    E.bind('record', ({ given }) => newFile('--record', given.values.record, [])),
    E.bind('frames', ({ given }) => wholeNumber('frames', given.values.frames, FRAMES, 1)),
    E.bind('save', ({ given }) => newFile('--save', given.values.save, ['.svg', '.png'])),
    E.filterOrElse(
      ({ record, save }) => record === null || record !== save,
      ({ record }): Problem => `--save: expected another file than --record, got ${record}`,
    ),
    E.map(({ given: { names, values }, ...order }) => ({
      ...order,
      path: names[0]!,
      sample: values.sample ?? false,
      environment: values,
      json: values.json ?? false,
    })),
  )

/** What is watched: an episode of a log, whoever has just played it. */
interface Watched {
  /** null where a log has its key alone */
  readonly seed: number | null
  readonly environment: RunEnvironment
  readonly log: ActionLog
  readonly episode: LoggedEpisode
  /** null where a log was watched */
  readonly stored: OpenRun | null
}

const fromRun = async ({
  path,
  seed,
  episode,
  sample,
  budget,
  environment: values,
}: Order): Promise<E.Either<Problem, Watched>> => {
  const stored = fromFile(openRun(path))
  if (E.isLeft(stored)) return stored
  const environment = await environmentOf(stored.right.config, values)
  if (E.isLeft(environment)) return environment
  const { env } = environment.right
  return pipe(
    readPolicy(path, stored.right, env, budget),
    E.map(({ policy, trained }) => {
      const log = recordEpisodes(env, policy, trained, {
        key: key(seed ?? 0),
        episodes: [episode],
        act: sample ? 'sample' : 'mode',
      })
      return {
        seed: seed ?? 0,
        environment: environment.right,
        log,
        episode: log.episodes[0]!,
        stored: stored.right,
      }
    }),
  )
}

const fromLog = async (
  { path, episode, seed, sample, environment: values }: Order,
  bytes: Uint8Array,
): Promise<E.Either<Problem, Watched>> => {
  const decoded = decodeActionLog(bytes)
  if (E.isLeft(decoded)) return E.left(`${path}: ${decoded.left.problem}`)
  const log = decoded.right
  if (seed !== null || sample)
    return E.left(`--${sample ? 'sample' : 'seed'}: expected a run, got a log: leave it out`)
  const environment = await environmentOf({ env: log.env }, values)
  if (E.isLeft(environment)) return E.left(`${path}: ${environment.left}`)
  const found = log.episodes[episode]
  return found === undefined
    ? E.left(`--episode: expected one of ${log.episodes.length} in ${path}, got ${episode}`)
    : E.right({
        seed: null,
        environment: environment.right,
        log: { ...log, episodes: [found] },
        episode: found,
        stored: null,
      })
}

const find = async (order: Order): Promise<E.Either<Problem, Watched>> => {
  if (!file.isFile(order.path)) return fromRun(order)
  const bytes = fromFile(file.readGiven(order.path))
  return E.isLeft(bytes) ? bytes : fromLog(order, bytes.right)
}

const lived = (
  { environment: { env }, log, episode }: Watched,
  path: string,
): E.Either<Problem, ReadonlyArray<Moment<unknown>>> => {
  const moments: Array<Moment<unknown>> = []
  const playing = replayEpisode(env, log, episode)
  for (;;) {
    const { done, value } = playing.next()
    if (done !== true) moments.push(value)
    else if (E.isLeft(value))
      return E.left(`${path}: differs at step ${value.left.step}: ${value.left.problem}`)
    else return E.right(moments)
  }
}

const written = (
  name: string | null,
  content: () => string | Uint8Array,
): E.Either<Problem, unknown> =>
  name === null ? E.right(null) : fromFile(file.writeNew(name, content()))

/** Shows an episode of a run's last policy, or of an action log. */
export const watch = async (args: readonly string[]): Promise<E.Either<Problem, number>> => {
  const ordered = parseWatch(args)
  if (E.isLeft(ordered)) return ordered
  const order = ordered.right
  const found = await find(order)
  if (E.isLeft(found)) return found
  const { seed, environment, log, episode, stored } = found.right
  const { framesPerSecond: rate } = environment
  const env = environment.env.name
  const moments = lived(found.right, order.path)
  if (E.isLeft(moments)) return moments
  const { frameAt, pictureAt } = framesOf(environment, moments.right)
  if (order.save !== null && pictureAt === null)
    return E.left(
      `--save: expected an environment with a drawing, got ${env}: export a function draw from its module, of a state to a Picture`,
    )
  const frames = moments.right.length
  const show = screen(order.json)
  if (stored !== null) sayUnfinished(show, stored)
  const shot = Math.min(frames, order.frames)
  const kept = pipe(
    written(order.record, () => encodeActionLog(log)),
    E.flatMap(() => written(order.save, () => film(show, order.save!, shot, pictureAt!, rate))),
  )
  if (E.isLeft(kept)) return kept

  const player = startPlayer(frames, rate, order.speed)
  const isKept = order.record !== null || order.save !== null
  let code = 0
  if (show.stream.isTTY && process.stdin.isTTY && !isKept)
    code = await playOn(show.stream, process.stdin, player, frameAt)
  else if (!isKept) show.block(plainFrames(player, 4, frameAt))
  show.say(
    `${env}: episode ${order.episode}, return ${episode.return.toFixed(1)} in ${grouped(episode.length)} steps`,
  )
  if (order.record !== null) show.say(`wrote ${order.record}`)
  if (order.save !== null)
    show.say(
      `wrote ${order.save}${shot < frames ? `, the first ${grouped(shot)} of ${grouped(frames)} frames: see --frames` : ''}`,
    )
  if (order.json)
    writeJson({
      env,
      episode: order.episode,
      seed,
      return: episode.return,
      length: episode.length,
      saved: order.save,
      recorded: order.record,
      ...(stored === null ? {} : unfinishedOf(stored)),
    })
  return E.right(code)
}
