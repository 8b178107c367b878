import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Acted } from '../algo/acting.ts'
import type { LayoutConfig } from '../algo/agentLayout.ts'
import { layBuffer, type RolloutBuffer } from '../algo/buffer.ts'
import { agentEnvOf } from '../algo/engine.ts'
import type { Environment } from '../env/environment.ts'
import * as safetensors from '../format/safetensors.ts'
import { decodeSlots, expectShown } from '../run/storedSlots.ts'
import { data, describe, own, type Floats, type Numbers, type Tensor } from '../tensor/tensor.ts'
import { decodeFault, FAULT, NAMES, tensorsOf, type RolloutResult } from './rolloutPayload.ts'

/** Bytes that the states of a shard's environments may take. */
export const LARGEST_STATES = 16_777_216

/** Bytes of a header of safetensors, with room to spare. */
const HEADER = 65_536

type Stored = ReadonlyMap<string, safetensors.StoredTensor>

const layLike = (
  config: LayoutConfig,
  env: ReturnType<typeof agentEnvOf>,
  rows: number,
): RolloutBuffer =>
  layBuffer(
    {
      floats: (n) => new Float32Array(n),
      doubles: (n) => new Float64Array(n),
      integers: (n) => new Int32Array(n),
      bytes: (n) => new Uint8Array(n),
    },
    env,
    config.steps,
    rows,
    config.normalise?.observation === true,
  )

const expectFiniteNumbers = (name: string, x: Numbers): string | null => {
  const at = x.findIndex((value) => !Number.isFinite(value))
  return at < 0 ? null : `${name}[${at}]: expected a finite number, got ${x[at]}`
}

/** A tensor of the form of `wanted`, with finite numbers. */
const readLike = (stored: Stored, name: string, wanted: Tensor): E.Either<string, Tensor> => {
  const found = stored.get(name)
  const same =
    found !== undefined &&
    found.dtype === wanted.dtype &&
    found.shape.length === wanted.shape.length &&
    found.shape.every((size, d) => size === wanted.shape[d])
  if (!same)
    return E.left(
      `${name}: expected ${wanted.dtype} ${describe(wanted.dims, wanted.shape)}, got ${found === undefined ? 'nothing' : `${found.dtype} [${found.shape.join(', ')}]`}`,
    )
  const problem = expectFiniteNumbers(name, found.data)
  return problem === null
    ? E.right(own<string[]>([...wanted.dims], [...wanted.shape], found.data))
    : E.left(problem)
}

const readVector = (
  stored: Stored,
  name: string,
  dtype: Tensor['dtype'],
  length: number,
): E.Either<string, Numbers> => {
  const form = { f32: Float32Array, f64: Float64Array, i32: Int32Array, u8: Uint8Array }[dtype]
  return pipe(
    readLike(stored, name, own<string[]>(['number'], [length], new form(length))),
    E.map((t) => data(t) as Numbers),
  )
}

const readBuffer = (stored: Stored, wanted: RolloutBuffer): E.Either<string, RolloutBuffer> =>
  pipe(
    tensorsOf(wanted),
    E.traverseArray(([name, t]) =>
      pipe(
        readLike(stored, name, t),
        E.map((found) => [name, found] as const),
      ),
    ),
    E.map((all) => Object.fromEntries(all) as unknown as RolloutBuffer),
    E.filterOrElse(
      ({ terminated, truncated }) =>
        [terminated, truncated].every((t) => (data(t) as Uint8Array).every((x) => x <= 1)),
      () => 'terminated, truncated: expected only 0 and 1, got other numbers',
    ),
  )

/** Where episodes ended, and where V of a state that nobody acted in is asked for: [time, row] of both. */
const endsOf = ({ terminated, truncated }: RolloutBuffer) => {
  const [steps = 0, rows = 0] = terminated.shape
  const [dead, cut] = [data(terminated), data(truncated)]
  const [ended, asked]: [number[], number[]] = [[], []]
  for (let at = 0; at < steps * rows; at++) {
    if (dead[at] === 1 || cut[at] === 1) ended.push(at)
    if (dead[at] === 0 && (cut[at] === 1 || at >= (steps - 1) * rows)) asked.push(at)
  }
  return { ended, asked }
}

/** Reads the payloads of a shard, which anyone may have written. */
export interface RolloutReader<S> {
  /** bytes that a payload may have */
  readonly largest: number
  /**
   * Left for a tensor too many or too few, one of another form, a number that is not finite, or states
   * that do not show the observation beside them.
   */
  readonly read: (payload: Uint8Array) => E.Either<string, RolloutResult<S>>
}

/** The reader of the shard with environments [from, to). */
export const rolloutReader = <S>(
  config: LayoutConfig,
  env: Environment<S>,
  [from, to]: readonly [from: number, to: number],
): RolloutReader<S> => {
  const rows = to - from
  const { envs, steps } = config
  const spec = agentEnvOf(env)
  const wanted = layLike(config, spec, rows)
  const { dtype } = wanted.observation
  const features = spec.observationSpace.size
  const known = tensorsOf(wanted).length + Object.keys(NAMES).length
  const recorded = tensorsOf(wanted).reduce(
    (sum, [, t]) => sum + (data(t) as Numbers).byteLength,
    0,
  )
  const atEnds = (4 * features + 16) * steps * rows
  const place = (at: number) => [Math.floor(at / rows), from + (at % rows)] as const

  const readActed = (tensors: Stored): E.Either<string, RolloutResult<S>> =>
    pipe(
      E.Do,
      E.bind('buffer', () => readBuffer(tensors, wanted)),
      E.let('ends', ({ buffer }) => endsOf(buffer)),
      E.bind('last', () => readVector(tensors, NAMES.last, dtype, rows * features)),
      E.bind('beyond', ({ ends }) =>
        readVector(tensors, NAMES.beyond, dtype, ends.asked.length * features),
      ),
      E.bind('episodes', ({ ends }) =>
        readVector(tensors, NAMES.episodes, 'f64', 2 * ends.ended.length),
      ),
      E.bind('slots', ({ last }) => {
        const bytes = tensors.get(NAMES.slots)?.data
        return bytes instanceof Uint8Array && bytes.length <= LARGEST_STATES
          ? pipe(
              decodeSlots<S>(bytes, rows),
              E.tap((slots) =>
                expectShown(env, slots, own(['env', 'feature'], [rows, features], last as Floats)),
              ),
            )
          : E.left(`slots: expected 1 to ${LARGEST_STATES} bytes, got none or more`)
      }),
      E.map(({ buffer, ends, last, beyond, episodes, slots }) => {
        const acted: Acted<S> = {
          slots,
          observation: last as Floats,
          episodes: ends.ended.map((at, i) => {
            const [time, env] = place(at)
            return { time, env, return: episodes[2 * i]!, length: episodes[2 * i + 1]! }
          }),
          bootstrap: {
            at: ends.asked.map((at) => place(at)[0] * envs + place(at)[1]),
            observation: Array.from(beyond),
          },
        }
        return { kind: 'acted', acted: [buffer, acted] } as const
      }),
    )

  return {
    largest: recorded + 4 * features * rows + atEnds + LARGEST_STATES + HEADER,
    read: (payload) =>
      pipe(
        safetensors.open(payload),
        E.flatMap(({ tensors, metadata }): E.Either<string, RolloutResult<S>> => {
          const fault = Object.hasOwn(metadata, FAULT) ? metadata[FAULT] : undefined
          if (fault !== undefined && tensors.size === 0)
            return pipe(
              decodeFault(fault),
              E.map((error) => ({ kind: 'fault', error })),
            )
          return tensors.size === known
            ? readActed(tensors)
            : E.left(`expected ${known} tensors, got ${tensors.size}`)
        }),
        E.mapLeft((problem) => `payload: ${problem}`),
      ),
  }
}
