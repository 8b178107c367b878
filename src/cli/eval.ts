import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { evaluation } from '../algo/evaluate.ts'
import { summarise } from '../algo/summarise.ts'
import type { Episode } from '../env/wrapper/vectorise.ts'
import { openRun } from '../run/folder/openRun.ts'
import { key } from '../random/key.ts'
import { budgetOptions, parseBudget } from './budget.ts'
import { readPolicy } from './policy.ts'
import { parseCommand, wholeNumber } from './arguments.ts'
import { environmentOf, environmentOptions } from './environment.ts'
import { fromFile, type Problem } from './problem.ts'
import { sayUnfinished, unfinishedOf } from './unfinished.ts'
import { grouped, progress, screen, type Screen } from './show.ts'
import { writeJson } from './output.ts'

/** Plays to the end and shows how far it is. */
const shownOn = (
  show: Screen,
  what: string,
  total: number,
  playing: ReturnType<typeof evaluation>,
): readonly Episode[] => {
  const bar = progress(show, what, total, total === 1 ? 'episode' : 'episodes')
  try {
    for (;;) {
      const { done, value } = playing.next()
      if (done === true) return value
      bar.update(value.ended, () => `${grouped(value.steps)} steps`)
    }
  } finally {
    bar.stop()
  }
}

const parseEval = (args: readonly string[]) =>
  pipe(
    parseCommand(
      args,
      {
        episodes: { type: 'string' },
        seed: { type: 'string' },
        sample: { type: 'boolean' },
        json: { type: 'boolean' },
        ...budgetOptions,
        ...environmentOptions,
      },
      ['<run>'],
    ),
    E.bindTo('given'),
    E.bind('episodes', ({ given }) => wholeNumber('episodes', given.values.episodes, 100, 1)),
    E.bind('seed', ({ given }) => wholeNumber('seed', given.values.seed, 0, 0)),
    E.bind('budget', ({ given }) => parseBudget(given.values.budget)),
    E.bind('stored', ({ given }) => fromFile(openRun(given.names[0]!))),
  )

/** The command `eval`: plays episodes with the last policy of a run, and reports their returns. */
export const evalRun = async (args: readonly string[]): Promise<E.Either<Problem, number>> => {
  const order = parseEval(args)
  if (E.isLeft(order)) return order
  const { given, episodes, seed, stored, budget } = order.right
  const { names, values } = given
  const environment = await environmentOf(stored.config, values)
  if (E.isLeft(environment)) return environment
  const { env } = environment.right
  const playing = readPolicy(names[0]!, stored, env, budget)
  if (E.isLeft(playing)) return playing
  const { policy, trained } = playing.right
  const act = values.sample === true ? 'sample' : 'mode'
  const show = screen(values.json ?? false)
  sayUnfinished(show, stored)
  const summary = summarise(
    shownOn(
      show,
      `eval of ${stored.config.env}`,
      episodes,
      evaluation(env, policy, trained, { key: key(seed), episodes, act }),
    ),
  )
  const { mean, std, iqm, interval, length } = summary
  const [low, high] = interval.map((x) => x.toFixed(1))
  show.say(
    `${stored.config.env}: return ${mean.toFixed(1)} ± ${std.toFixed(1)} over ${grouped(episodes)} ${episodes === 1 ? 'episode' : 'episodes'} of the ${act === 'mode' ? 'most probable actions' : 'sampled policy'}`,
  )
  show.say(`interquartile mean ${iqm.toFixed(1)}, 95 % bootstrap interval ${low} … ${high}`)
  show.say(`length ${length.mean.toFixed(1)} on average, ${length.min} at least`)
  if (values.json === true) writeJson({ ...summary, ...unfinishedOf(stored) })
  return E.right(0)
}
