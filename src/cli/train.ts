import * as E from 'fp-ts/lib/Either.js'
import { setImmediate } from 'node:timers/promises'
import { faultOf, type Fault } from '../algo/fault.ts'
import { updatesOf } from '../algo/ppo/config.ts'
import { train as trainPpo } from '../algo/ppo/iterate.ts'
import { init } from '../algo/ppo/parts.ts'
import { threadedParts } from '../algo/ppo/plan/threads.ts'
import { worldOf } from '../env/worlds.ts'
import { firstLink, learnerHash, nextLink } from '../io/hash.ts'
import { appendMetrics, createRun, finishRun } from '../io/runFolder.ts'
import { key } from '../random/key.ts'
import { meanStd } from '../rl/meanStd.ts'
import { threadsOf } from './engine.ts'
import { parseTrain, type TrainOrder } from './order.ts'
import { fromFile, messageOf, type Problem } from './problem.ts'
import { chart, grouped, progress, screen } from './show.ts'

/** Episodes that the reported return is the mean of. */
const LAST = 100

/** Exit code of a run that was interrupted and kept: 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130

/** Becomes true with the first Ctrl-C; the second one ends the process as usual. */
const watchInterrupt = () => {
  const watch = { interrupted: false, stop: () => process.removeListener('SIGINT', on) }
  const on = () => {
    watch.interrupted = true
  }
  process.once('SIGINT', on)
  return watch
}

const run = async ({
  config,
  out,
  json,
  engine,
}: TrainOrder): Promise<E.Either<Problem, number>> => {
  const { ppo, env, seed, preset } = config
  const show = screen(json)
  const updates = updatesOf(ppo)
  const stepsPerUpdate = ppo.envs * ppo.steps
  const learning = await threadedParts(ppo, worldOf(env), {
    threads: await threadsOf(engine),
    maker: config.kernels,
  })
  const created = fromFile(createRun(out, config))
  if (E.isLeft(created)) {
    await learning.stop()
    return created
  }
  show.say(
    `${env}: ${grouped(updates * stepsPerUpdate)} steps in ${grouped(updates)} ${updates === 1 ? 'update' : 'updates'}, preset ${preset}, seed ${seed}, into ${out}`,
  )
  let state = init(learning)(key(seed))
  const chain = [firstLink(state.learner)]
  const returns: number[] = []
  const curve: number[] = []
  const recent = () => meanStd(returns.slice(-LAST))
  let failure: Problem | null = null
  let fault: Fault | null = null
  const watch = watchInterrupt()
  const started = performance.now()
  const bar = progress(show, env, updates * stepsPerUpdate, 'steps')
  try {
    for (const [metrics, next] of trainPpo(ppo, learning)(state)) {
      state = next
      chain.push(nextLink(chain.at(-1)!, metrics, next.learner))
      returns.push(...metrics.episodes.map((episode) => episode.return))
      if (returns.length > 0) curve.push(recent().mean)
      const kept = fromFile(appendMetrics(out, metrics))
      if (E.isLeft(kept)) failure = kept.left
      bar.update(metrics.steps, returns.length > 0 ? `return ${recent().mean.toFixed(1)}` : '')
      // Lets a pending signal in: the loop itself never waits.
      await setImmediate()
      if (watch.interrupted || failure !== null) break
    }
  } catch (error) {
    failure = messageOf(error)
    fault = faultOf(error)
  }
  bar.stop()
  watch.stop()
  await learning.stop()
  const seconds = (performance.now() - started) / 1000

  const finished = fromFile(finishRun(out, state.learner, chain))
  if (E.isLeft(finished)) return finished
  if (failure !== null) {
    if (json && fault !== null) {
      const { cause: _, ...error } = fault
      process.stdout.write(`${JSON.stringify({ error, run: out })}\n`)
    }
    return E.left(`${failure}; what was learned before is in ${out}`)
  }

  const { mean, std } = recent()
  const steps = state.update * stepsPerUpdate
  const episodes = Math.min(LAST, returns.length)
  const hash = learnerHash(state.learner)
  if (curve.length > 1) show.say(`\n${chart(show, curve, '0', `${grouped(steps)} steps`)}\n`)
  if (watch.interrupted) show.say(`stopped after update ${state.update} of ${updates}; it is kept`)
  show.say(
    episodes === 0
      ? 'no episode has ended yet'
      : `return ${mean.toFixed(1)} ± ${std.toFixed(1)} over the last ${episodes} ${episodes === 1 ? 'episode' : 'episodes'}`,
  )
  const { threads } = learning
  show.say(
    `speed  ${grouped(steps / seconds)} steps/s, ${seconds.toFixed(1)} s, ${config.kernels} kernels on ${threads === 1 ? 'one thread' : `${threads} threads`}`,
  )
  show.say(`hash   ${hash}`)
  show.say(`run    ${out}`)
  if (json)
    process.stdout.write(
      `${JSON.stringify({ env, steps, seed, return: { mean, std, episodes }, sps: steps / seconds, hash, run: out, kernels: config.kernels, threads })}\n`,
    )
  return E.right(watch.interrupted ? INTERRUPTED : 0)
}

/**
 * Trains and writes a run folder. An interrupt, or an error in the middle, ends with what was
 * learned until then on the disk.
 */
export const train = async (args: readonly string[]): Promise<E.Either<Problem, number>> => {
  const order = parseTrain(args)
  return E.isLeft(order) ? order : run(order.right)
}
