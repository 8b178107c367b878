import { env, frameBudget, io, ppo, random } from '../../../.build/tested/dist/index.js'

const config = { ...ppo.preset('cleanrl'), totalSteps: 2048, shards: 3 }

/**
 * The hash of the run on a page's main thread, a number of pieces in each animation frame, and whether
 * there were more frames than updates. Its clock counts pieces, so the frames do not depend on time.
 */
export const runInFrames = async () => {
  let frames = 0
  const frame = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        frames++
        resolve()
      })
    })
  let pieces = 0
  const parts = ppo.pausingParts(
    config,
    env.cartPole,
    frameBudget(400, { frame, now: () => pieces++ }),
  )
  let last
  for await (const [, state] of ppo.trainAsync(config, parts)(ppo.init(parts)(random.key(1))))
    last = state
  return { hash: io.learnerHash(last.learner), drawsInUpdates: frames > 2 * last.update }
}

/** The hash of a short run, or what went wrong. */
export const run = async (threads, backend) => {
  try {
    const parts = await ppo.threadedParts(config, env.cartPole, { threads, backend })
    let learner
    for (const [, state] of ppo.train(config, parts)(ppo.init(parts)(random.key(1))))
      learner = state.learner
    await parts.stop()
    return `${parts.threads}: ${io.learnerHash(learner)}`
  } catch (error) {
    return String(error)
  }
}
