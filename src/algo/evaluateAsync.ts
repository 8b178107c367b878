import type { AsyncEnvironment } from '../env/environment.ts'
import type { Episode } from '../env/wrapper/vectorise.ts'
import { vectoriseAsync } from '../env/wrapper/vectoriseAsync.ts'
import { foldIn, split } from '../random/key.ts'
import { located } from '../tensor/check.ts'
import { expectOptions, type EvaluateOptions } from './evaluate.ts'
import type { Learner } from './learner.ts'
import type { Policy } from './policy.ts'

/**
 * `evaluate` in a world that promises its answers, with as many games as there are episodes, which
 * all go on until the last of their first episodes has ended. They are left within episodes: where
 * they cannot go back (see `env.fromGymAsync`) evaluate in a world of its own, and close it.
 */
export const evaluateAsync = async <S>(
  env: AsyncEnvironment<S>,
  policy: Policy,
  { params, normaliser }: Pick<Learner, 'params' | 'normaliser'>,
  options: EvaluateOptions,
): Promise<readonly Episode[]> => {
  expectOptions(options)
  const { key, episodes, act } = options
  const worlds = vectoriseAsync(env, episodes, policy.kernels.dtype, policy.bound)
  const [worldKey, actKey] = split(key, 2)
  const look = policy.look(normaliser)
  const finished: Array<Episode | undefined> = Array.from({ length: episodes })
  let world = await worlds.init(worldKey)
  for (let t = 0; finished.includes(undefined); t++) {
    try {
      const [{ dist }] = policy.forward(params, look(world.observation), worlds.open(world))
      const action = act === 'mode' ? policy.mode(dist) : policy.sample(foldIn(actKey, t), dist)
      const [{ episodes: ended }, next] = await worlds.step(action)(world)
      for (const episode of ended) finished[episode.env] ??= episode
      world = next
    } catch (error) {
      throw located(`${env.name}: step ${t}`, error, { world: env.name, step: t })
    }
  }
  return finished as Episode[]
}
