import type { Runtime } from '../engine/runtime.ts'
import type { Task } from '../engine/task.ts'
import type { Key } from '../random/key.ts'
import type { Numbers } from '../tensor/tensor.ts'
import type { AgentLayout } from './agentLayout.ts'
import type { Recompute } from './estimateTargets.ts'
import type { Policy } from './policy.ts'

/** How one thread takes part in an update; all threads of a group do so in step. */
export interface Learning<R> {
  /** @param recompute how the caller's thread values a batch again, for configs that do */
  readonly learn: (key: Key, recompute: Recompute | null) => Task<void>
  /** What the last update came to. */
  readonly result: () => R
  /** arrays that programs fill and `result` reads */
  readonly read: readonly Numbers[]
}

/** Records how an algorithm learns: its update as programs over the arrays of an agent. */
export type BuildLearning<C, O, R> = (
  runtime: Runtime,
  layout: AgentLayout<O>,
  config: C,
  policy: Policy,
) => Learning<R>
