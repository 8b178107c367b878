import * as E from 'fp-ts/lib/Either.js'
import type { WorldSource } from '../algo/ppo/plan/host.ts'
import type { Environment } from '../env/environment.ts'
import { worldOf, type WorldName } from '../env/worlds.ts'
import type { RunConfig } from '../io/run.ts'
import { drawingOf } from '../picture/drawings.ts'
import type { Picture } from '../picture/picture.ts'
import type { Problem } from './problem.ts'

/** The environment of a run, and what the command line needs to know about it. */
export interface RunEnvironment {
  readonly env: Environment<unknown>
  /** Where worker threads import it from; null: it acts on the main thread. */
  readonly source: WorldSource | null
  /** null: it has no drawing */
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
  source: { world: name },
  draw: drawingOf(name),
  framesPerSecond: RATES[name],
})

/** The environment that a run's config names. */
export const environmentOf = ({
  env,
}: Pick<RunConfig, 'env'>): Promise<E.Either<Problem, RunEnvironment>> =>
  Promise.resolve(E.right(builtIn(env)))
