import type { Environment } from '../env/environment.ts'
import { vectorise, type Episode } from '../env/wrapper/vectorise.ts'
import { foldIn, split, type Key } from '../random/key.ts'
import type { Learner } from './learner.ts'
import type { Policy } from './policy.ts'

export interface EvaluateOptions {
  readonly key: Key
  readonly episodes: number
  readonly act: 'mode' | 'sample'
}

/**
 * The first episode of each of `episodes` worlds, so that short episodes count no more than long
 * ones. The mode of the policy acts, or a sample of it, on what it sees by the statistics that it
 * was trained with, which stay as they are. Returns when every world has ended an episode: a world
 * without an end of its own wants a time limit.
 *
 * @param trained a learner, or what of it acts
 */
export const evaluate = <S>(
  env: Environment<S>,
  policy: Policy,
  { params, normaliser }: Pick<Learner, 'params' | 'normaliser'>,
  { key, episodes, act }: EvaluateOptions,
): readonly Episode[] => {
  const [worldKey, actKey] = split(key, 2)
  const worlds = vectorise(env, episodes, policy.kernels.dtype, policy.bound)
  const look = policy.look(normaliser)
  const finished: Array<Episode | undefined> = Array.from({ length: episodes })
  let world = worlds.init(worldKey)
  for (let t = 0; finished.includes(undefined); t++) {
    const [{ dist }] = policy.forward(params, look(world.observation), worlds.open(world))
    const action = act === 'mode' ? policy.mode(dist) : policy.sample(foldIn(actKey, t), dist)
    const [{ episodes: ended }, next] = worlds.step(action)(world)
    for (const episode of ended) finished[episode.env] ??= episode
    world = next
  }
  return finished as Episode[]
}
