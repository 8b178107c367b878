import { updatesOf } from '../algo/configFields.ts'
import { learnerHash } from '../run/hash.ts'
import { meanStd } from '../rl/meanStd.ts'
import type { StartedRun, TrainResult, TrainOptions } from './types.ts'
import type { Returns } from './returns.ts'
import { chart, grouped, type Console } from './console.ts'

/** The mean return of the last episodes, for the progress of a run; empty before the first. */
export const formatReturn = (returns: Returns): string => {
  const last = returns.last()
  return last.length > 0 ? `return ${meanStd(last).mean.toFixed(1)}` : ''
}

/** Prints the results of a run, for a person and for a machine. */
export const printSummary = (
  { config, out, from }: StartedRun,
  { state, returns, interrupted, seconds, threads, transfers }: TrainResult,
  { backend }: TrainOptions,
  screen: Console,
): void => {
  const { settings, env, seed, gpu } = config
  const perUpdate = settings.envs * settings.steps
  const last = returns.last()
  const { mean, std } = meanStd(last)
  const steps = state.update * perUpdate
  const sps = (steps - (from?.update ?? 0) * perUpdate) / seconds
  const episodes = last.length
  const hash = gpu === undefined ? learnerHash(state.learner) : null
  const curve = returns.curve()
  if (curve.length > 1) screen.block(`\n${chart(screen, curve, '0', `${grouped(steps)} steps`)}\n`)
  if (interrupted)
    screen.say(
      `stopped after update ${state.update} of ${updatesOf(settings)}; it is kept: go on with --resume ${out}`,
    )
  screen.say(
    episodes === 0
      ? 'no episode has ended yet'
      : `return ${mean.toFixed(1)} ± ${std.toFixed(1)} over the last ${episodes} ${episodes === 1 ? 'episode' : 'episodes'}`,
  )
  screen.say(
    `speed  ${grouped(sps)} steps/s, ${seconds.toFixed(1)} s, ${gpu === undefined ? backend.kernels : `${gpu.mode}, and ${backend.kernels}`} kernels on ${threads === 1 ? 'one thread' : `${threads} threads`}`,
  )
  screen.say(hash === null ? 'hash   none: a GPU gives bits of its own' : `hash   ${hash}`)
  screen.say(`run    ${out}`)
  screen.result(() => ({
    env,
    steps,
    seed,
    return: { mean, std, episodes },
    sps,
    hash,
    run: out,
    kernels: backend.kernels,
    threads,
    ...(gpu === undefined ? {} : { gpu, transfers }),
  }))
}
