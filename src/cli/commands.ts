import type { Command } from './command.ts'

type Loader = () => Promise<{ readonly command: Command }>

/** The commands in the order of the help. Only the one that runs is loaded. */
export const commands: { readonly [name: string]: Loader } = {
  train: () => import('./command/train.ts'),
  worker: () => import('./command/worker.ts'),
  sweep: () => import('./command/sweep.ts'),
  tune: () => import('./command/tune.ts'),
  rlhf: () => import('./command/rlhf.ts'),
  label: () => import('./command/label.ts'),
  fork: () => import('./command/fork.ts'),
  eval: () => import('./command/eval.ts'),
  replay: () => import('./command/replay.ts'),
  export: () => import('./command/export.ts'),
  watch: () => import('./command/watch.ts'),
  presets: () => import('./command/presets.ts'),
  backends: () => import('./command/backends.ts'),
}
