import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { clipForm } from '../../preferences/clip.ts'
import { preferencesConfig } from '../../preferences/config.ts'
import {
  decodeClipLabels,
  encodeClipLabel,
  nameOfClips,
  type ClipLabel,
} from '../../preferences/preferenceFile.ts'
import type { OpenRun } from '../../run/folder/openRun.ts'
import { parseBudget } from '../budget.ts'
import { grouped, type Console } from '../console.ts'
import { environmentOf, type EnvironmentValues } from '../environment.ts'
import type { Streams } from '../output.ts'
import { readPolicy } from '../policy.ts'
import { messageOf, type Problem } from '../problem.ts'
import type { RunEnvironment } from '../runEnvironment.ts'
import { sayUnfinished } from '../unfinished.ts'
import { clipPairs, type SeenClip } from './clipPairs.ts'
import type { LabelFile } from './labelFile.ts'
import { askOn, type Asked } from './labelSession.ts'
import { framesIn, sideBySide } from './sideBySide.ts'

/** Pairs that a run is asked about. */
const PAIRS = 100

type SeenPair = readonly [SeenClip, SeenClip]

const clipsOf = ([first, second]: SeenPair): ClipLabel['clips'] => [first.clip, second.clip]

const askedOf = (
  environment: RunEnvironment,
  pairs: readonly SeenPair[],
  { append }: LabelFile,
): Asked => ({
  pairs: pairs.length,
  film: { frames: framesIn(preferencesConfig.clip), perSecond: environment.framesPerSecond },
  lines: (at, columns, frame) => sideBySide(environment, pairs[at]!, columns, frame),
  store: (at, what) => {
    const [first, second] = clipsOf(pairs[at]!)
    const kind = what === 'undo' ? 'undone' : what === 'neither' ? 'tied' : 'ranked'
    const clips = what === 'second' ? ([second, first] as const) : ([first, second] as const)
    return append(encodeClipLabel({ kind, clips }))
  },
})

/** Asks about pairs of clips of what the policy of a run does, in its environment. */
export const labelClips =
  (values: EnvironmentValues & { readonly budget?: string | undefined }) =>
  (stored: OpenRun) =>
  (
    folder: string,
    path: string,
    labels: LabelFile,
    { stdin }: Streams,
    screen: Console,
  ): TE.TaskEither<Problem, number> =>
    pipe(
      TE.fromEither(parseBudget(values.budget)),
      TE.bindTo('budget'),
      TE.bind('environment', () => environmentOf(stored.config, values, screen)),
      TE.bind('playing', ({ environment: { env }, budget }) =>
        TE.fromEither(readPolicy(folder, stored, env, budget)),
      ),
      TE.bind('given', ({ environment: { env } }) =>
        TE.fromEither(
          pipe(
            decodeClipLabels(clipForm(env, preferencesConfig.clip))(labels.lines),
            E.mapLeft(
              ({ problem }): Problem =>
                `${path}: ${problem}: correct the line, or name another file with --out`,
            ),
          ),
        ),
      ),
      TE.bind('pairs', ({ environment: { env }, playing, given }) =>
        TE.fromEither(
          E.tryCatch(() => {
            const judged = new Set(given.map(({ clips }) => nameOfClips(clips)))
            return clipPairs(env, playing, PAIRS, preferencesConfig.clip).filter(
              (pair) => !judged.has(nameOfClips(clipsOf(pair))),
            )
          }, messageOf),
        ),
      ),
      TE.flatMap(({ environment, given, pairs }) => {
        sayUnfinished(screen, stored)
        if (given.length > 0)
          screen.say(
            `${path} has ${grouped(given.length)} ${given.length === 1 ? 'label' : 'labels'}; ${grouped(pairs.length)} pairs are left`,
          )
        return pipe(
          () => askOn(screen.stream, stdin, askedOf(environment, pairs, labels)),
          TE.map(({ count, code }) => {
            screen.say(`${grouped(count)} new ${count === 1 ? 'label' : 'labels'} in ${path}`)
            screen.result(() => ({
              run: folder,
              file: path,
              labels: given.length + count,
              added: count,
            }))
            return code
          }),
        )
      }),
    )
