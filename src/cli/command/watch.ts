import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { shown } from '../../tensor/shown.ts'
import { encodeActionLog } from '../../run/episode/actionLog.ts'
import * as file from '../../run/disk/file.ts'
import { replayEpisode, type Moment } from '../../run/episode/replayEpisode.ts'
import { bestOptions } from '../best.ts'
import { budgetOptions, parseBudget } from '../budget.ts'
import { defineCommand } from '../command.ts'
import { wholeNumber, type Given } from '../options.ts'
import { environmentOptions } from '../environment.ts'
import { FASTEST, SLOWEST, startPlayer } from '../player.ts'
import { fromFile, type Problem } from '../problem.ts'
import { film, FRAMES } from '../film.ts'
import { grouped, openConsole, type Console } from '../console.ts'
import { sayUnfinished, unfinishedOf } from '../unfinished.ts'
import { findEpisode, type Watched, type WatchArguments } from '../watched.ts'
import { framesOf, type Frames } from '../frames.ts'
import { plainFrames, playOn } from '../terminal.ts'

const MOST_EPISODES = 1_000_000

const options = {
  episode: { type: 'string' },
  seed: { type: 'string' },
  sample: { type: 'boolean' },
  record: { type: 'string' },
  save: { type: 'string' },
  frames: { type: 'string' },
  speed: { type: 'string' },
  json: { type: 'boolean' },
  ...bestOptions,
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
    ? E.left(`${name}: already exists and was not overwritten: choose another path`)
    : E.right(name)
}

const parseWatch = ({
  values,
  names: [path = ''],
}: Given<typeof options>): E.Either<Problem, WatchArguments> =>
  pipe(
    E.Do,
    E.bind('episode', () => wholeNumber('episode', values.episode, 0, 0)),
    E.filterOrElse(
      ({ episode }) => episode < MOST_EPISODES,
      ({ episode }): Problem =>
        `--episode: expected a whole number below ${MOST_EPISODES}, got ${episode}`,
    ),
    E.bind('seed', () =>
      values.seed === undefined ? E.right(null) : wholeNumber('seed', values.seed, 0, 0),
    ),
    E.bind('budget', () => parseBudget(values.budget)),
    E.bind('speed', () => parseSpeed(values.speed)),
    E.bind('record', () => newFile('--record', values.record, [])),
    E.bind('frames', () => wholeNumber('frames', values.frames, FRAMES, 1)),
    E.bind('save', () => newFile('--save', values.save, ['.svg', '.png'])),
    E.filterOrElse(
      ({ record, save }) => record === null || record !== save,
      ({ record }): Problem => `--save: expected a file other than --record, got ${record}`,
    ),
    E.map((parsed) => ({
      ...parsed,
      path,
      sample: values.sample ?? false,
      best: values.best ?? false,
      environment: values,
      json: values.json ?? false,
    })),
  )

/** Plays the episode again, and returns each of its moments. */
const momentsOf = (
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

/** Writes the files that were asked for. */
const keep = (
  given: WatchArguments,
  { environment, log }: Watched,
  { pictureAt }: Frames,
  shot: number,
  screen: Console,
): E.Either<Problem, unknown> => {
  const { record, save } = given
  if (save !== null && pictureAt === null)
    return E.left(
      `--save: expected an environment with a drawing, got ${environment.env.name}: export a function draw from its module that maps a state to a Picture`,
    )
  return pipe(
    written(record, () => encodeActionLog(log)),
    E.flatMap(() =>
      written(save, () => film(screen, save!, shot, pictureAt!, environment.framesPerSecond)),
    ),
  )
}

const show = async (
  given: WatchArguments,
  { seed, environment, episode, stored }: Watched,
  { frameAt }: Frames,
  frames: number,
  screen: Console,
  stdin: NodeJS.ReadStream,
): Promise<number> => {
  const { record, save } = given
  const env = environment.env.name
  const player = startPlayer(frames, environment.framesPerSecond, given.speed)
  const isKept = record !== null || save !== null
  let code = 0
  if (screen.stream.isTTY && stdin.isTTY && !isKept)
    code = await playOn(screen.stream, stdin, player, frameAt)
  else if (!isKept) screen.block(plainFrames(player, 4, frameAt))
  screen.say(
    `${env}: episode ${given.episode}, return ${episode.return.toFixed(1)} in ${grouped(episode.length)} steps`,
  )
  if (record !== null) screen.say(`wrote ${record}`)
  if (save !== null)
    screen.say(
      `wrote ${save}${given.frames < frames ? `, the first ${grouped(given.frames)} of ${grouped(frames)} frames: see --frames` : ''}`,
    )
  screen.result(() => ({
    env,
    episode: given.episode,
    seed,
    return: episode.return,
    length: episode.length,
    saved: save,
    recorded: record,
    ...(stored === null ? {} : unfinishedOf(stored)),
  }))
  return code
}

/** Shows an episode of a run's last policy, or of an action log. */
export const command = defineCommand({
  name: 'watch',
  example: 'proximal watch runs/cartpole-seed1 --save film.svg',
  usage: `  proximal watch <run>    show an episode of the final policy, or of an action log
    --episode N           the episode to show (0)
    --seed S, --sample    as for eval
    --record FILE         write the episode to an action log
    --save FILE           write an animation, .svg or .png
    --frames N            frames of the animation, from its start (600)
    --speed X             playback speed (1)
    --best, --budget BUDGET, --json
`,
  options,
  positionals: () => ['<run or log>'],
  run: (arguments_, streams) => {
    const screen = openConsole(streams, arguments_.values.json)
    return pipe(
      TE.fromEither(parseWatch(arguments_)),
      TE.bindTo('given'),
      TE.bind('watched', ({ given }) => findEpisode(given, screen)),
      TE.bind('moments', ({ given, watched }) => TE.fromEither(momentsOf(watched, given.path))),
      TE.let('frames', ({ watched, moments }) => framesOf(watched.environment, moments)),
      TE.tapEither(({ given, watched, moments, frames }) => {
        if (watched.stored !== null) sayUnfinished(screen, watched.stored)
        return keep(given, watched, frames, Math.min(moments.length, given.frames), screen)
      }),
      TE.flatMapTask(
        ({ given, watched, moments, frames }) =>
          () =>
            show(given, watched, frames, moments.length, screen, streams.stdin),
      ),
    )
  },
})
