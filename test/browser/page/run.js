import { env, io, ppo, random } from '../../../.build/tested/dist/index.js'

/** The hash of a short run, or what went wrong. */
export const run = async (threads, maker) => {
  const config = { ...ppo.preset('cleanrl'), totalSteps: 2048, shards: 3 }
  try {
    const parts = await ppo.threadedParts(config, env.cartPole, { threads, maker })
    let learner
    for (const [, state] of ppo.train(config, parts)(ppo.init(parts)(random.key(1))))
      learner = state.learner
    await parts.stop()
    return `${parts.threads}: ${io.learnerHash(learner)}`
  } catch (error) {
    return String(error)
  }
}
