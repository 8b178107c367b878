import type { PpoConfig } from '../algo/ppo/config.ts'
import type { Environment } from '../env/environment.ts'
import type { Space } from '../env/space.ts'
import type { Picture } from '../picture/picture.ts'

/** An environment that comes with the library. */
export interface BuiltIn<S, A extends Space = Space> {
  readonly env: Environment<S, A>
  /** the config to train it with, chosen on seeds from 1001 on; results are reported on seeds 1 to 10 */
  readonly preset: PpoConfig
  readonly draw: (state: S) => Picture
  /** Gymnasium's `render_fps`, or the speed of the original game */
  readonly framesPerSecond: number
}

/** Infers the types of a record. */
export const builtIn = <S, A extends Space>(record: BuiltIn<S, A>): BuiltIn<S, A> => record
