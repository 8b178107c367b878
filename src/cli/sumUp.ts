import { updatesOf } from '../algo/ppo/config.ts'
import { learnerHash } from '../io/hash.ts'
import { meanStd } from '../rl/meanStd.ts'
import type { Begun, Ended, How } from './running.ts'
import { chart, grouped, type Screen } from './show.ts'

/** Episodes that the reported return is the mean of. */
const LAST = 100

const recent = (returns: readonly number[]) => meanStd(returns.slice(-LAST))

/** For the progress of a run: the mean return of late, or nothing before the first. */
export const shownReturn = (returns: readonly number[]): string =>
  returns.length > 0 ? `return ${recent(returns).mean.toFixed(1)}` : ''

/** The mean of the last episodes after each, at most a thousand of them. */
const curveOf = (returns: readonly number[]): readonly number[] => {
  const apart = Math.ceil(returns.length / 1000)
  return returns.flatMap((_, i) => (i % apart === 0 ? [recent(returns.slice(0, i + 1)).mean] : []))
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
  const { mean, std } = recent(returns)
  const steps = state.update * perUpdate
  const sps = (steps - (from?.update ?? 0) * perUpdate) / seconds
  const episodes = Math.min(LAST, returns.length)
  const hash = gpu === undefined ? learnerHash(state.learner) : null
  const curve = curveOf(returns)
  if (curve.length > 1) show.say(`\n${chart(show, curve, '0', `${grouped(steps)} steps`)}\n`)
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
    process.stdout.write(
      `${JSON.stringify({ env, steps, seed, return: { mean, std, episodes }, sps, hash, run: out, kernels: engine.kernels, threads, ...(gpu === undefined ? {} : { gpu, transfers }) })}\n`,
    )
}
