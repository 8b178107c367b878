import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { updatesOf } from '../algo/ppo/config.ts'
import { noPast } from '../run/folder/journal.ts'
import type { Device } from '../kernel/gpu/device.ts'
import type { Lock } from '../run/folder/lock.ts'
import type { RunConfig } from '../run/config.ts'
import { createRun, expectRoom, makeRoom, readConfig } from '../run/folder/runFolder.ts'
import { version } from '../run/version.ts'
import { describeEstimate, estimateRun } from '../run/budget.ts'
import { threadsOf } from './engine.ts'
import { environmentFor, environmentOf } from './environment.ts'
import { estimate } from '../algo/ppo/estimate/estimate.ts'
import { expectLongestUpdate, expectMemory } from './budget.ts'
import { describeGpu, gpuFor, gpuToLearn } from './gpu.ts'
import { learn } from './learn.ts'
import type { Begun, How } from './running.ts'
import { lock, unlock } from './lock.ts'
import { freeFolder, parseTrain, type NewOrder, type TrainOrder } from './order.ts'
import { fromFile, type Problem } from './problem.ts'
import { makeReady } from './ready.ts'
import { resumed } from './resume.ts'
import { returnsOf } from './returns.ts'
import type { RunEnvironment } from './runEnvironment.ts'
import { grouped, screen } from './show.ts'

const begun = (
  out: string,
  config: RunConfig,
  environment: RunEnvironment,
  held: Lock,
): E.Either<Problem, Begun> =>
  pipe(
    fromFile(createRun(out, config)),
    E.map(() => ({
      config,
      environment,
      out,
      lock: held,
      from: null,
      past: noPast(),
      returns: returnsOf(),
    })),
  )

/** Learns in a folder that is locked, from what is kept there. */
export const goOnLocked = async (
  out: string,
  environment: RunEnvironment,
  held: Lock,
  how: How,
  device: Device | null = null,
): Promise<E.Either<Problem, number>> => {
  const show = screen(how.json)
  const read = resumed(out, environment, held)
  if (E.isLeft(read)) {
    await device?.destroy()
    return read
  }
  const { run, damaged } = read.right
  for (const problem of damaged) show.say(`passed over  ${problem}`)
  const done = run.from?.update ?? 0
  const threads = await threadsOf(how.engine)
  const estimated = estimateRun(run.config, environment.env, { from: done, threads })
  show.say(
    `${run.config.env}: on from update ${grouped(done)} of ${grouped(updatesOf(run.config.ppo))}, in ${out}: ${describeEstimate(estimated)}`,
  )
  return learn(run, how, device, show)
}

/** The same in one that no other process is at work in. */
const goOn = async ({
  out,
  how,
  environment: values,
}: Extract<TrainOrder, { kind: 'resume' }>): Promise<E.Either<Problem, number>> => {
  const there = fromFile(readConfig(out))
  if (E.isLeft(there)) return there
  const environment = await environmentOf(there.right, values)
  if (E.isLeft(environment)) return environment
  const estimated = await expectLongestUpdate(out, there.right, environment.right.env, how)
  if (E.isLeft(estimated)) return estimated
  const locked = await lock(out)
  if (E.isLeft(locked)) return locked
  try {
    const gpu = await gpuFor(there.right, how.engine.gpu)
    if (E.isLeft(gpu)) return gpu
    return await goOnLocked(out, environment.right, locked.right, how, gpu.right?.device ?? null)
  } finally {
    unlock(locked.right)
  }
}

/** A new or empty folder for a run, locked. */
const taken = async (out: string): Promise<E.Either<Problem, Lock>> => {
  const room = fromFile(makeRoom(out))
  return E.isLeft(room) ? room : lock(out)
}

const anew = async ({ choices, how, ...order }: NewOrder): Promise<E.Either<Problem, number>> => {
  const found = await environmentFor(order.env)
  if (E.isLeft(found)) return found
  const environment = found.right
  const { env, module } = environment
  const { seed, preset, ppo } = choices
  const threads = await threadsOf(how.engine)
  const fits = expectMemory(estimate(ppo, env, { updates: 1, threads }))
  if (E.isLeft(fits)) return fits
  const gpu = how.engine.gpu === null ? E.right(null) : await gpuToLearn(ppo, env, how.engine.gpu)
  if (E.isLeft(gpu)) return gpu
  const config: RunConfig = {
    format: 'proximal run 1',
    version,
    env: env.name,
    ...choices,
    kernels: how.engine.kernels,
    past: [],
    ...(module === null ? {} : { module }),
    ...(gpu.right === null ? {} : { gpu: gpu.right.record }),
  }
  const out = order.out ?? freeFolder(env.name, `-seed${seed}`)
  const show = screen(how.json)
  const updates = updatesOf(ppo)
  const free = fromFile(expectRoom(out))
  if (E.isLeft(free)) return free
  const device = gpu.right?.device ?? null
  const ready = await makeReady({ config, environment, out, from: null }, how, device)
  if (E.isLeft(ready)) return ready
  const locked = await taken(out)
  if (E.isLeft(locked)) {
    await ready.right.parts.stop()
    return locked
  }
  try {
    const created = begun(out, config, environment, locked.right)
    if (E.isLeft(created)) {
      await ready.right.parts.stop()
      return created
    }
    show.say(
      `${env.name}: ${grouped(updates * ppo.envs * ppo.steps)} steps in ${grouped(updates)} ${updates === 1 ? 'update' : 'updates'}, preset ${preset}${order.isPresetGiven || module === null ? '' : ' (the default)'}, seed ${seed}, into ${out}`,
    )
    if (gpu.right !== null) show.say(describeGpu(gpu.right))
    return await learn(created.right, how, device, show, ready.right)
  } finally {
    unlock(locked.right)
  }
}

/**
 * Trains and writes a run folder, or goes on in one. An interrupt, or an error in the middle, ends
 * with what was learned until then on the disk; so does a kill, up to the last checkpoint.
 */
export const train = async (args: readonly string[]): Promise<E.Either<Problem, number>> => {
  const order = parseTrain(args)
  if (E.isLeft(order)) return order
  return order.right.kind === 'new' ? anew(order.right) : goOn(order.right)
}
