import type { DiscreteEnvironment } from '../env/environment.ts'
import { vectorise, type Episode } from '../env/wrapper/vectorise.ts'
import { foldIn, split, type Key } from '../random/key.ts'
import type { Policy, PolicyParams } from './policy.ts'

/**
 * The first episode of each of `episodes` worlds, so that short episodes count no more than long
 * ones. The mode of the policy acts, or a sample of it. Returns when every world has ended an
 * episode: a world without an end of its own wants a time limit.
 */
export const evaluate = <S>(
  env: DiscreteEnvironment<S>,
  policy: Policy,
  params: PolicyParams,
  {
    key,
    episodes,
    act,
  }: { readonly key: Key; readonly episodes: number; readonly act: 'mode' | 'sample' },
): readonly Episode[] => {
  const [worldKey, actKey] = split(key, 2)
  const worlds = vectorise(env, episodes, policy.kernels.dtype)
  const finished: Array<Episode | undefined> = Array.from({ length: episodes })
  let world = worlds.init(worldKey)
  for (let t = 0; finished.includes(undefined); t++) {
    const [{ dist }] = policy.forward(params, world.observation)
    const action = act === 'mode' ? policy.mode(dist) : policy.sample(foldIn(actKey, t), dist)
    const [{ episodes: ended }, next] = worlds.step(action)(world)
    for (const episode of ended) finished[episode.env] ??= episode
    world = next
  }
  return finished as Episode[]
}
