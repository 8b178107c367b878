import type { EnvironmentSource } from '../algo/thread/host.ts'
import type { EnvironmentPlace } from '../distributed/places.ts'
import { builtInOf, type BuiltInName } from '../builtin/index.ts'
import type { Environment } from '../env/environment.ts'
import type { Picture } from '../picture/picture.ts'
import type { RunConfig } from '../run/config.ts'

/** The environment of a run, and what the command line needs to know about it. */
export interface RunEnvironment {
  readonly env: Environment<unknown>
  /** the `module` field of the run's config; null for a built-in environment */
  readonly module: NonNullable<RunConfig['module']> | null
  /** where worker threads import it from; null: it acts on the main thread */
  readonly source: EnvironmentSource | null
  /** the export of a module that it is, or that returns it; null for a built-in environment */
  readonly place: EnvironmentPlace | null
  /** null if it has no drawing */
  readonly draw: ((state: unknown) => Picture) | null
  readonly framesPerSecond: number
}

/** An environment that comes with the library. */
export const builtIn = (name: BuiltInName): RunEnvironment => {
  const { env, draw, framesPerSecond } = builtInOf(name)
  return {
    env,
    module: null,
    source: { environment: name },
    place: null,
    draw,
    framesPerSecond,
  }
}
