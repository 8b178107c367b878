import { updatesOf } from '../algo/configFields.ts'
import type { Evaluated } from '../algo/evaluated.ts'
import { learnerHash } from '../run/hash.ts'
import { meanStd } from '../rl/meanStd.ts'
import type { StartedRun, TrainResult, TrainOptions } from './types.ts'
import { chart, grouped, type Console } from './console.ts'

const describeEvaluation = ({ evalReturn, evalStd, evalLow, evalHigh }: Evaluated): string => {
  const interval = Number.isNaN(evalLow)
    ? ''
    : `, 95 % interval ${evalLow.toFixed(1)} … ${evalHigh.toFixed(1)}`
  return `eval   ${evalReturn.toFixed(1)} ± ${evalStd.toFixed(1)} in the last evaluation${interval}`
}

/** The last evaluation, for --json. */
const evaluationResult = (evaluated: Evaluated) => ({
  mean: evaluated.evalReturn,
  std: evaluated.evalStd,
  interval: [evaluated.evalLow, evaluated.evalHigh],
  length: evaluated.evalLength,
})

/** Prints the results of a run, for a person and for a machine. */
export const printSummary = (
  { config, out, from, seen }: StartedRun,
  { state, interrupted, seconds, threads, transfers }: TrainResult,
  { backend }: TrainOptions,
  screen: Console,
): void => {
  const { settings, env, seed, gpu } = config
  const perUpdate = settings.envs * settings.steps
  const last = seen.returns.last()
  const { mean, std } = meanStd(last)
  const steps = state.update * perUpdate
  const sps = (steps - (from?.update ?? 0) * perUpdate) / seconds
  const episodes = last.length
  const hash = gpu === undefined ? learnerHash(state.learner) : null
  const evaluated = seen.evaluated()
  for (const [title, curve] of [
    ['', seen.returns.curve()],
    ['return in evaluations\n', seen.evaluations()],
  ] as const)
    if (curve.length > 1)
      screen.block(`\n${title}${chart(screen, curve, '0', `${grouped(steps)} steps`)}\n`)
  const { evaluation } = config
  const stopAt = evaluation?.stopAt
  const best = seen.best()
  const warnings = seen.warnings()
  if (seen.stopped())
    screen.say(
      `stopped after update ${state.update} of ${updatesOf(settings)}: evaluations have reached ${stopAt}`,
    )
  if (interrupted)
    screen.say(
      `stopped after update ${state.update} of ${updatesOf(settings)}; the run is kept: continue with --resume ${out}`,
    )
  screen.say(
    episodes === 0
      ? 'no episode has finished yet'
      : `return ${mean.toFixed(1)} ± ${std.toFixed(1)} over the last ${episodes} ${episodes === 1 ? 'episode' : 'episodes'}`,
  )
  if (evaluated !== null) screen.say(describeEvaluation(evaluated))
  if (best !== null)
    screen.say(`best   ${best.mean.toFixed(1)} after update ${best.update}: eval --best plays it`)
  screen.say(
    `speed  ${grouped(sps)} steps/s, ${seconds.toFixed(1)} s, ${gpu === undefined ? backend.kernels : `${gpu.mode}, and ${backend.kernels}`} kernels on ${threads === 1 ? 'one thread' : `${threads} threads`}`,
  )
  screen.say(hash === null ? 'hash   none: GPU results are not bit-reproducible' : `hash   ${hash}`)
  screen.say(`run    ${out}`)
  screen.result(() => ({
    env,
    steps,
    seed,
    return: { mean, std, episodes },
    ...(evaluated === null ? {} : { evaluation: evaluationResult(evaluated) }),
    ...(best === null ? {} : { best }),
    ...(stopAt === undefined ? {} : { stopped: seen.stopped() }),
    ...(warnings.length === 0 ? {} : { warnings }),
    sps,
    hash,
    run: out,
    kernels: backend.kernels,
    threads,
    ...(gpu === undefined ? {} : { gpu, transfers }),
  }))
}
