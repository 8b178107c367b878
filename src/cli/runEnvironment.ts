import type { WorldSource } from '../algo/ppo/plan/host.ts'
import type { Environment } from '../env/environment.ts'
import { worldOf, type WorldName } from '../env/worlds.ts'
import type { RunConfig } from '../run/config.ts'
import { drawingOf } from '../picture/drawings.ts'
import type { Picture } from '../picture/picture.ts'

/** The environment of a run, and what the command line needs to know about it. */
export interface RunEnvironment {
  readonly env: Environment<unknown>
  /** the `module` field of the run's config; null for a built-in environment */
  readonly module: NonNullable<RunConfig['module']> | null
  /** where worker threads import it from; null: it acts on the main thread */
  readonly source: WorldSource | null
  /** null if it has no drawing */
  readonly draw: ((state: unknown) => Picture) | null
  readonly framesPerSecond: number
}

/** Frames a second: those of Gymnasium's environments (`render_fps`), and of the bird's game. */
const RATES: { readonly [W in WorldName]: number } = {
  cartpole: 50,
  acrobot: 15,
  'mountain-car': 30,
  'mountain-car-continuous': 30,
  pendulum: 30,
  'flappy-bird': 30,
  'flappy-bird-pixels': 30,
  'frozen-lake': 4,
  'cliff-walking': 4,
}

/** An environment that comes with the library. */
export const builtIn = (name: WorldName): RunEnvironment => ({
  env: worldOf(name),
  module: null,
  source: { world: name },
  draw: drawingOf(name),
  framesPerSecond: RATES[name],
})
