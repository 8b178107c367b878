import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { updatesOf } from '../algo/ppo/config.ts'
import { nothingWritten } from '../io/checkpoints.ts'
import type { Device } from '../kernel/gpu/device.ts'
import type { RunConfig } from '../io/run.ts'
import { createRun, makeRoom, readConfig } from '../io/runFolder.ts'
import { describeGpu, gpuFor, gpuToLearn } from './gpu.ts'
import { learn } from './learn.ts'
import type { Begun, How } from './running.ts'
import { lock, unlock } from './lock.ts'
import { parseTrain, type TrainOrder } from './order.ts'
import { fromFile, type Problem } from './problem.ts'
import { resumed } from './resume.ts'
import { grouped, screen } from './show.ts'

const begun = (out: string, config: RunConfig): E.Either<Problem, Begun> =>
  pipe(
    fromFile(createRun(out, config)),
    E.map(() => ({
      config,
      out,
      from: null,
      past: { text: '', metrics: [], written: nothingWritten },
    })),
  )

/** Learns in a folder that is locked, from what is kept there. */
export const goOnLocked = async (
  out: string,
  how: How,
  device: Device | null = null,
): Promise<E.Either<Problem, number>> => {
  const show = screen(how.json)
  const read = resumed(out)
  if (E.isLeft(read)) {
    await device?.destroy()
    return read
  }
  const { run, damaged } = read.right
  for (const problem of damaged) show.say(`passed over  ${problem}`)
  const done = run.from?.update ?? 0
  show.say(
    `${run.config.env}: on from update ${grouped(done)} of ${grouped(updatesOf(run.config.ppo))}, in ${out}`,
  )
  return learn(run, how, device, show)
}

/** The same in one that no other process is at work in. */
const goOn = async (out: string, how: How): Promise<E.Either<Problem, number>> => {
  const there = fromFile(readConfig(out))
  if (E.isLeft(there)) return there
  const locked = await lock(out)
  if (E.isLeft(locked)) return locked
  try {
    const gpu = await gpuFor(there.right, how.engine.gpu)
    return E.isLeft(gpu) ? gpu : await goOnLocked(out, how, gpu.right?.device ?? null)
  } finally {
    unlock(out)
  }
}

const anew = async (
  order: Extract<TrainOrder, { kind: 'new' }>,
): Promise<E.Either<Problem, number>> => {
  const { out, how } = order
  const gpu =
    how.engine.gpu === null ? E.right(null) : await gpuToLearn(order.config, how.engine.gpu)
  if (E.isLeft(gpu)) return gpu
  const config = gpu.right === null ? order.config : { ...order.config, gpu: gpu.right.record }
  const show = screen(how.json)
  const { ppo, env, seed, preset } = config
  const updates = updatesOf(ppo)
  const room = fromFile(makeRoom(out))
  if (E.isLeft(room)) return room
  const locked = await lock(out)
  if (E.isLeft(locked)) return locked
  try {
    const created = begun(out, config)
    if (E.isLeft(created)) return created
    show.say(
      `${env}: ${grouped(updates * ppo.envs * ppo.steps)} steps in ${grouped(updates)} ${updates === 1 ? 'update' : 'updates'}, preset ${preset}, seed ${seed}, into ${out}`,
    )
    if (gpu.right !== null) show.say(describeGpu(gpu.right))
    return await learn(created.right, how, gpu.right?.device ?? null, show)
  } finally {
    unlock(out)
  }
}

/**
 * Trains and writes a run folder, or goes on in one. An interrupt, or an error in the middle, ends
 * with what was learned until then on the disk; so does a kill, up to the last checkpoint.
 */
export const train = async (args: readonly string[]): Promise<E.Either<Problem, number>> => {
  const order = parseTrain(args)
  if (E.isLeft(order)) return order
  return order.right.kind === 'new' ? anew(order.right) : goOn(order.right.out, order.right.how)
}
