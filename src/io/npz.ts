import { zipSync } from 'fflate'
import * as E from 'fp-ts/lib/Either.js'
import type { Trajectory } from '../algo/rollout.ts'
import { reader, type Bound } from '../env/reader.ts'
import { width, type Space } from '../env/space.ts'
import { excerpt } from '../tensor/printable.ts'
import { data, own, type Tensor } from '../tensor/tensor.ts'
import { decodeNpy, encodeNpy } from './npy.ts'
import type { StoredTensor } from './safetensors.ts'
import { unzip } from './unzip.ts'

/** Zip knows local time only: noon of its first day, wherever it is, is the same bytes. */
const epoch = (): Date => new Date(1980, 0, 1, 12)

/**
 * Named tensors as a .npz file: a zip archive of `name.npy`, stored as they are, as `numpy.savez`
 * does. The same tensors give the same bytes.
 */
export const encodeNpz = (tensors: ReadonlyArray<readonly [string, Tensor]>): Uint8Array =>
  zipSync(Object.fromEntries(tensors.map(([name, t]) => [`${name}.npy`, encodeNpy(t)])), {
    level: 0,
    mtime: epoch(),
  })

/** Default limit of decompressed bytes: 256 MiB. */
const MOST_INFLATED = 268_435_456

/**
 * The arrays of a .npz file by name, as `encodeNpz`, `numpy.savez` and `numpy.savez_compressed`
 * write it, in row-major order whatever their own:
 *
 * | NumPy | read as |
 * | --- | --- |
 * | `float16`, `float32` | f32 |
 * | `float64` | f64 |
 * | `int8`, `int16`, `uint16`, `int32` | i32 |
 * | `uint8`, `bool` | u8, 1 for True |
 * | `uint32`, `int64`, `uint64` | f64, where every element is within ±(2⁵³ − 1) |
 *
 * @param most maximum total bytes of decompressed arrays, since a small file can expand to a thousand
 * times its size; 256 MiB by default
 * @returns Left with what is wrong with the archive or one of its arrays: structured types,
 * objects, text, dates and complex numbers are refused by name
 */
export const decodeNpz = (
  bytes: Uint8Array,
  { most = MOST_INFLATED }: { readonly most?: number } = {},
): E.Either<string, ReadonlyMap<string, StoredTensor>> => {
  const files = unzip(bytes, most)
  if (E.isLeft(files)) return files
  const out = new Map<string, StoredTensor>()
  for (const [name, file] of files.right) {
    if (!name.endsWith('.npy'))
      return E.left(`${excerpt(name)}: expected a name that ends with .npy`)
    const decoded = decodeNpy(file)
    if (E.isLeft(decoded)) return E.left(`${excerpt(name)}: ${decoded.left}`)
    out.set(name.slice(0, -'.npy'.length), decoded.right)
  }
  return E.right(out)
}

const numbersIn = (element: unknown): readonly number[] =>
  typeof element === 'number'
    ? [element]
    : Object.values(element as Readonly<Record<string, unknown>>).flatMap(numbersIn)

/**
 * The actions of a trajectory as the environment receives them, [time, env, number] in f64: numbers
 * of a box within its bounds, records part by part. Null where they are the numbers drawn.
 */
export const actionsTaken = (space: Space, bound: Bound, action: Tensor): Tensor | null => {
  const [time = 0, envs = 0] = action.shape
  const read = reader(space, bound)
  const columns = width(space)
  const drawn = data(action)
  const taken = new Float64Array(time * envs * columns)
  for (let at = 0; at < taken.length; at += columns) taken.set(numbersIn(read(drawn, at)), at)
  return taken.every((x, i) => x === drawn[i])
    ? null
    : own(['time', 'env', 'number'], [time, envs, columns], taken)
}

/** Values of a trajectory that differ between environment and policy. */
export interface TrajectoryExtras {
  /** observations before they were normalised */
  readonly shown?: Tensor | null
  /** actions within their bounds: see `actionsTaken` */
  readonly taken?: Tensor | null
}

/**
 * A trajectory as a .npz file: `observations` [time, env, feature] as the policy saw them,
 * `actions` [time, env] or [time, env, action] as the policy drew them, and of each step [time,
 * env]: `rewards`, `terminated` and `truncated` (1 where it was), `log_probs`, `values` V(sₜ) and
 * `next_values` V(s′ₜ), 0 where terminated; `action_masks` [time, env, choice] where the
 * environment closes choices. Where they differ: `raw_observations` as the environment showed
 * them, and `env_actions` as it received them.
 */
export const trajectoryNpz = (
  trajectory: Trajectory,
  { shown = null, taken = null }: TrajectoryExtras = {},
): Uint8Array =>
  encodeNpz([
    ['observations', trajectory.observation],
    ['actions', trajectory.action],
    ['rewards', trajectory.reward],
    ['terminated', trajectory.terminated],
    ['truncated', trajectory.truncated],
    ['log_probs', trajectory.logProb],
    ['values', trajectory.value],
    ['next_values', trajectory.nextValue],
    ...(trajectory.open === undefined ? [] : [['action_masks', trajectory.open] as const]),
    ...(shown === null ? [] : [['raw_observations', shown] as const]),
    ...(taken === null ? [] : [['env_actions', taken] as const]),
  ])
