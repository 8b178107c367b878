import type { LayoutConfig } from '../../src/algo/agentLayout.ts'
import { engine, type Method } from '../../src/algo/engine.ts'
import { networkFor, policyFor, type PolicyConfig } from '../../src/algo/policy.ts'
import { wait } from '../../src/engine/task.ts'
import { vectorise, type Environment, type Space } from '../../src/env/index.ts'
import { backendFor } from '../../src/kernel/backends.ts'
import { js, type Machine } from '../../src/kernel/index.ts'
import { sgd } from '../../src/optim/index.ts'

/** What a config must say for a policy to act. */
export interface AgentConfig extends PolicyConfig {
  readonly envs: number
  readonly steps: number
}

/** An algorithm that learns nothing. */
const actingOnly: Method<LayoutConfig, ReturnType<ReturnType<typeof sgd>['init']>, null> = {
  name: 'acting only',
  network: networkFor,
  optimizer: () => sgd({ learningRate: () => 0 }),
  comparesDists: () => false,
  learning: () => ({ learn: () => wait(undefined), result: () => null, read: [] }),
}

/** Environments, a policy, and how it acts in them, as the parts of every algorithm have them. */
export const agentFor = <S, A extends Space = Space>(
  config: AgentConfig,
  env: Environment<S, A>,
  machine: Machine = js.f64,
) => {
  const policy = policyFor(machine, env, config)
  const laid: LayoutConfig = { ...config, shards: 1 }
  const { rollout } = engine(actingOnly, laid, env, policy, backendFor(machine))
  return { env: vectorise(env, config.envs, machine.dtype, config.actionBound), policy, rollout }
}
