import type { DiscreteEnvironment } from '../env/environment.ts'
import { vectorise, type Episode } from '../env/wrapper/vectorise.ts'
import { foldIn, split, type Key } from '../random/key.ts'
import { data } from '../tensor/tensor.ts'
import type { Policy, PolicyParams } from './policy.ts'

/**
 * The first episode of each of `episodes` worlds, so that short episodes count no more than long
 * ones. The mode of the policy acts, or a sample of it.
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
    const [{ terminated, truncated, reward }, next] = worlds.step(action)(world)
    const [over, off, r] = [data(terminated), data(truncated), data(reward)]
    for (const [i, slot] of world.slots.entries())
      if (finished[i] === undefined && (over[i] !== 0 || off[i] !== 0))
        finished[i] = { return: slot.return + r[i]!, length: slot.length + 1 }
    world = next
  }
  return finished as Episode[]
}
