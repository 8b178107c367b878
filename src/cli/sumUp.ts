import { updatesOf } from '../algo/ppo/config.ts'
import { learnerHash } from '../run/hash.ts'
import { meanStd } from '../rl/meanStd.ts'
import type { Begun, Ended, How } from './running.ts'
import type { Returns } from './returns.ts'
import { chart, grouped, type Screen } from './show.ts'
import { writeJson } from './output.ts'

/** For the progress of a run: the mean return of late, or nothing before the first. */
export const shownReturn = (returns: Returns): string => {
  const last = returns.last()
  return last.length > 0 ? `return ${meanStd(last).mean.toFixed(1)}` : ''
}

/** What a run came to, for a person and, with `json`, for a machine. */
export const sumUp = (
  { config, out, from }: Begun,
  { state, returns, interrupted, seconds, threads, transfers }: Ended,
  { json, engine }: How,
  show: Screen,
): void => {
  const { ppo, env, seed, gpu } = config
  const perUpdate = ppo.envs * ppo.steps
  const last = returns.last()
  const { mean, std } = meanStd(last)
  const steps = state.update * perUpdate
  const sps = (steps - (from?.update ?? 0) * perUpdate) / seconds
  const episodes = last.length
  const hash = gpu === undefined ? learnerHash(state.learner) : null
  const curve = returns.curve()
  if (curve.length > 1) show.block(`\n${chart(show, curve, '0', `${grouped(steps)} steps`)}\n`)
  if (interrupted)
    show.say(
      `stopped after update ${state.update} of ${updatesOf(ppo)}; it is kept: go on with --resume ${out}`,
    )
  show.say(
    episodes === 0
      ? 'no episode has ended yet'
      : `return ${mean.toFixed(1)} ± ${std.toFixed(1)} over the last ${episodes} ${episodes === 1 ? 'episode' : 'episodes'}`,
  )
  show.say(
    `speed  ${grouped(sps)} steps/s, ${seconds.toFixed(1)} s, ${gpu === undefined ? engine.kernels : `${gpu.mode}, and ${engine.kernels}`} kernels on ${threads === 1 ? 'one thread' : `${threads} threads`}`,
  )
  show.say(hash === null ? 'hash   none: a GPU gives bits of its own' : `hash   ${hash}`)
  show.say(`run    ${out}`)
  if (json)
    writeJson({
      env,
      steps,
      seed,
      return: { mean, std, episodes },
      sps,
      hash,
      run: out,
      kernels: engine.kernels,
      threads,
      ...(gpu === undefined ? {} : { gpu, transfers }),
    })
}
