import { buildAlone } from '../engine/runtime.ts'
import type { Environment } from '../env/environment.ts'
import { runSync } from '../engine/task.ts'
import { envStepper, type EnvState } from '../env/wrapper/vectorise.ts'
import { backend as backendNamed, type BackendName } from '../kernel/backends.ts'
import { key as keyOf, type Key } from '../random/key.ts'
import { expectShape } from '../tensor/check.ts'
import { withFlat } from '../tensor/params.ts'
import { data, own, type Floats, type Numbers, type Tensor } from '../tensor/tensor.ts'
import { acting, type Acted } from './acting.ts'
import type { LayoutConfig } from './agentLayout.ts'
import { layBuffer, type RolloutBuffer } from './buffer.ts'
import { agentEnvOf } from './engine.ts'
import type { Normaliser } from './look.ts'
import { layStats, setStats } from './observationStats.ts'
import { networkFor, policyFor, type PolicyParams } from './policy.ts'

/** What acting in some of the environments gives: what it records, and what it returns. */
export type ShardActed<S> = readonly [buffer: RolloutBuffer, acted: Acted<S>]

const copied = (t: Tensor): Tensor =>
  own<string[]>([...t.dims], [...t.shape], (data(t) as Numbers).slice())

/**
 * Acts in environments [from, to) of a config alone, as a pure function of parameters, key, statistics
 * and states. `joinActed` of all parts, in their order, is the rollout of a single process to the bit,
 * wherever the cuts are.
 */
export const rolloutShard = <S>(
  config: LayoutConfig,
  env: Environment<S>,
  [from, to]: readonly [from: number, to: number],
  kernels: BackendName | 'auto' = 'auto',
) => {
  const { envs, steps, normalise } = config
  const backend = backendNamed(kernels)
  const policy = policyFor(backend.machine, env, config)
  const spec = agentEnvOf(env)
  const like = networkFor(spec, { ...config, weights: 'fanIn' }).init(
    keyOf(0),
    policy.machine.dtype,
  )
  const count = data(like.flat).length
  const { flat, stats, buffer, act } = buildAlone(backend, (runtime) => {
    const { shared } = runtime
    const flat: Floats = shared.floats(count)
    const params = withFlat(like.tree, flat)
    const stats = layStats(shared, normalise, spec.observationSpace.size)
    const buffer = layBuffer(shared, spec, steps, to - from, stats !== null)
    const act = acting(runtime, {
      env: spec,
      policy,
      params,
      buffer,
      stats,
      steps,
      envs,
      range: [from, to],
    })
    return { flat, stats, buffer, act }
  })
  const perform = act(envStepper(env, policy.bound))
  return (params: Pick<PolicyParams, 'flat'>, key: Key, normaliser: Normaliser | null) =>
    (slots: ReadonlyArray<EnvState<S>>): ShardActed<S> => {
      if (slots.length !== to - from)
        throw new RangeError(`slots: expected [env=${to - from}], got [env=${slots.length}]`)
      flat.set(data(expectShape('params', params.flat, ['param'], [count])))
      if (stats !== null && normalise !== undefined)
        setStats(stats, normalise, normaliser?.observation ?? null)
      const acted = runSync(perform(key, slots))
      const all = Object.entries(buffer).map(([name, t]) => [name, copied(t as Tensor)])
      return [Object.fromEntries(all) as RolloutBuffer, acted]
    }
}
