import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { evaluation } from '../../algo/evaluate.ts'
import { summarise } from '../../algo/summarise.ts'
import type { Episode } from '../../env/wrapper/vectorise.ts'
import { key } from '../../random/key.ts'
import { bestOptions, opening } from '../best.ts'
import { defineCommand } from '../command.ts'
import { budgetOptions, parseBudget } from '../budget.ts'
import { readPolicy } from '../policy.ts'
import { wholeNumber } from '../options.ts'
import { environmentOf, environmentOptions } from '../environment.ts'
import { fromFile } from '../problem.ts'
import { sayUnfinished, unfinishedOf } from '../unfinished.ts'
import { grouped, openConsole, progress, type Console } from '../console.ts'

/** Plays all episodes and shows the progress. */
const playAll = (
  screen: Console,
  name: string,
  total: number,
  playing: ReturnType<typeof evaluation>,
): readonly Episode[] => {
  const bar = progress(screen, `eval of ${name}`, total, total === 1 ? 'episode' : 'episodes')
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

export const command = defineCommand({
  name: 'eval',
  example: 'proximal eval runs/cartpole-seed1 --episodes 20',
  usage: `  proximal eval <run>     play episodes with the final policy; eval, watch and export use
                          the newest checkpoint of an unfinished run
    --episodes N          number of episodes (100)
    --seed S              seed of the environments (0)
    --best                use the policy of the best evaluation (train --eval-every), not the final
                          one; also for watch and export
    --sample              sample actions instead of taking the most probable
    --budget BUDGET, --json
`,
  options: {
    episodes: { type: 'string' },
    seed: { type: 'string' },
    sample: { type: 'boolean' },
    json: { type: 'boolean' },
    ...bestOptions,
    ...budgetOptions,
    ...environmentOptions,
  },
  positionals: () => ['<run>'],
  run: ({ values, names: [run = ''] }, streams) => {
    const screen = openConsole(streams, values.json)
    const act = values.sample === true ? 'sample' : 'mode'
    return pipe(
      E.Do,
      E.bind('episodes', () => wholeNumber('episodes', values.episodes, 100, 1)),
      E.bind('seed', () => wholeNumber('seed', values.seed, 0, 0)),
      E.bind('budget', () => parseBudget(values.budget)),
      E.bind('stored', () => fromFile(opening(values.best)(run))),
      TE.fromEither,
      TE.bind('environment', ({ stored }) => environmentOf(stored.config, values, screen)),
      TE.bind('playing', ({ stored, environment: { env }, budget }) =>
        TE.fromEither(readPolicy(run, stored, env, budget)),
      ),
      TE.map(({ episodes, seed, stored, environment: { env }, playing: { policy, trained } }) => {
        sayUnfinished(screen, stored)
        const options = { key: key(seed), episodes, act } as const
        const summary = summarise(
          playAll(screen, env.name, episodes, evaluation(env, policy, trained, options)),
        )
        const { mean, std, iqm, interval, length } = summary
        const [low, high] = interval.map((x) => x.toFixed(1))
        screen.say(
          `${env.name}: return ${mean.toFixed(1)} ± ${std.toFixed(1)} over ${grouped(episodes)} ${episodes === 1 ? 'episode' : 'episodes'} with ${act === 'mode' ? 'the most probable actions' : 'sampled actions'}`,
        )
        screen.say(`interquartile mean ${iqm.toFixed(1)}, 95 % bootstrap interval ${low} … ${high}`)
        screen.say(`length ${length.mean.toFixed(1)} on average, minimum ${length.min}`)
        screen.result(() => ({ ...summary, ...unfinishedOf(stored) }))
        return 0
      }),
    )
  },
})
