import type { Environment } from '../env/environment.ts'
import type { Bound } from '../env/reader.ts'
import { vectorise, type Episode } from '../env/wrapper/vectorise.ts'
import type { Batch } from '../nn/dense.ts'
import { foldIn, split, type Key } from '../random/key.ts'
import type { Policy, PolicyParams } from './policy.ts'

export interface EvaluateOptions {
  readonly key: Key
  readonly episodes: number
  readonly act: 'mode' | 'sample'
  /** how the policy sees what the worlds show; as it is, unless given */
  readonly look?: <B extends string>(observation: Batch<B>) => Batch<B>
  /** what becomes of actions beyond the bounds of a box: as in training (`clip`) */
  readonly bound?: Bound
}

/**
 * The first episode of each of `episodes` worlds, so that short episodes count no more than long
 * ones. The mode of the policy acts, or a sample of it. Returns when every world has ended an
 * episode: a world without an end of its own wants a time limit.
 */
export const evaluate = <S>(
  env: Environment<S>,
  policy: Policy,
  params: PolicyParams,
  { key, episodes, act, look = (observation) => observation, bound = 'clip' }: EvaluateOptions,
): readonly Episode[] => {
  const [worldKey, actKey] = split(key, 2)
  const worlds = vectorise(env, episodes, policy.kernels.dtype, bound)
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
