import * as E from 'fp-ts/lib/Either.js'
import { setImmediate } from 'node:timers/promises'
import { updatesOf } from '../algo/ppo/config.ts'
import { train } from '../algo/ppo/iterate.ts'
import { init, type Parts } from '../algo/ppo/parts.ts'
import { threadedParts } from '../algo/ppo/plan/threads.ts'
import { worldOf } from '../env/worlds.ts'
import { firstLink, learnerHash, nextLink } from '../io/hash.ts'
import { readRun, type StoredRun } from '../io/runFolder.ts'
import { key } from '../random/key.ts'
import { parseCommand } from './arguments.ts'
import { engineOptions, parseEngine, threadsOf } from './engine.ts'
import { fromFile, type Problem } from './problem.ts'
import { grouped, progress, screen } from './show.ts'

/** The first update whose link differs (0 is the start), or null when all are the same. */
const firstDifference = async (
  { config, record }: StoredRun,
  learning: Parts<unknown>,
  tell: (update: number) => void,
): Promise<{ readonly update: number; readonly got: string } | null> => {
  const start = init(learning)(key(config.seed))
  let link = firstLink(start.learner)
  if (link !== record.chain[0]) return { update: 0, got: link }
  let final = learnerHash(start.learner)
  if (record.chain.length > 1)
    for (const [metrics, { update, learner }] of train(config.ppo, learning)(start)) {
      link = nextLink(link, metrics, learner)
      if (link !== record.chain[update]) return { update, got: link }
      final = learnerHash(learner)
      tell(update)
      await setImmediate()
      if (update === record.chain.length - 1) break
    }
  return final === record.hash ? null : { update: record.chain.length - 1, got: final }
}

/** Runs a stored config again, and compares every update with the one recorded. */
export const replay = async (args: readonly string[]): Promise<E.Either<Problem, number>> => {
  const given = parseCommand(args, { json: { type: 'boolean' }, ...engineOptions }, ['<run>'])
  if (E.isLeft(given)) return given
  const folder = given.right.names[0]!
  const json = given.right.values.json === true
  const engine = parseEngine(given.right.values)
  if (E.isLeft(engine)) return engine
  const stored = fromFile(readRun(folder))
  if (E.isLeft(stored)) return stored
  const { config, record } = stored.right
  const updates = record.chain.length - 1
  if (updates > updatesOf(config.ppo))
    return E.left(
      `${folder}: expected at most ${updatesOf(config.ppo)} updates in its chain, got ${updates}`,
    )

  const show = screen(json)
  const bar = progress(show, `replay of ${folder}`, updates, 'updates')
  const learning = await threadedParts(config.ppo, worldOf(config.env), {
    threads: await threadsOf(engine.right),
    maker: engine.right.kernels,
  })
  const tell = (update: number) => bar.update(update, 'same')
  const difference = await firstDifference(stored.right, learning, tell).finally(async () => {
    bar.stop()
    await learning.stop()
  })
  if (difference === null)
    show.say(`the same to the bit: ${grouped(updates)} updates, hash ${record.hash}`)
  else
    show.say(
      `differs first at update ${difference.update}: expected ${record.chain[difference.update]}, got ${difference.got}`,
    )
  if (json)
    process.stdout.write(
      `${JSON.stringify({ run: folder, same: difference === null, updates, firstDifference: difference?.update ?? null, hash: record.hash })}\n`,
    )
  return E.right(difference === null ? 0 : 1)
}
