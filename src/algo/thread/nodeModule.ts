/** The modules of Node that threads need. */
interface NodeModules {
  readonly 'node:os': typeof import('node:os')
  readonly 'node:worker_threads': typeof import('node:worker_threads')
}

/**
 * A module of Node, where the program runs in Node. It is not an import, so that bundlers for browsers do
 * not look for it.
 */
export const nodeModule = <N extends keyof NodeModules>(name: N): NodeModules[N] =>
  process.getBuiltinModule(name)
