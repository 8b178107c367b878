import { env, io, ppo, random } from 'proximal'

const config = ppo.config({ preset: 'cartpole', totalSteps: 10_240 })

/** Trains on so many threads: what the run comes to, which does not depend on their number. */
export const train = async (threads: number): Promise<string> => {
  const parts = await ppo.threadedParts(config, env.cartPole, { threads })
  const ended = ppo.run(config, parts)(ppo.init(parts)(random.key(1)))
  const used = parts.threads
  await parts.stop()
  if (ended._tag === 'Left') throw new Error(ended.left.fault.message)
  return `${used} thread(s): ${io.learnerHash(ended.right.learner)}`
}
