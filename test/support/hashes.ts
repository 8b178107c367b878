import { init, train, type Parts, type PpoConfig } from '../../src/algo/ppo/index.ts'
import { firstLink, nextLink } from '../../src/run/hash.ts'
import { key } from '../../src/random/index.ts'

/** The chain of a whole run: one link an update, of its metrics and the learner after it. */
export const chainOf = <S>(config: PpoConfig, parts: Parts<S>, seed = 1): readonly string[] => {
  const start = init(parts)(key(seed))
  const chain = [firstLink(start.learner)]
  for (const [metrics, { learner }] of train(config, parts)(start))
    chain.push(nextLink(chain.at(-1)!, metrics, learner))
  return chain
}

/** What a call throws, as text; its result otherwise. */
export const thrownBy = (call: () => unknown): unknown => {
  try {
    return call()
  } catch (error) {
    return String(error)
  }
}
