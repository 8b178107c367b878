import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { EnvView } from '../env/environment.ts'
import { show, showThrown } from '../env/show.ts'
import type { EnvState } from '../env/wrapper/vectorise.ts'
import { shown } from '../tensor/shown.ts'
import { data, type Tensor } from '../tensor/tensor.ts'
import { decodePlain, encodePlain } from './plain.ts'
import { keyOf } from './storedLearner.ts'

type Slots<S> = ReadonlyArray<EnvState<S>>

/** The fields of a slot in one order, whoever made it: equal states have equal bytes. */
const inOrder = <S>({ key, state, return: earned, length }: EnvState<S>): EnvState<S> => ({
  key: { words: key.words },
  state,
  return: earned,
  length,
})

/** The states of environments as bytes; Left where one is not a plain value. */
export const encodeSlots = <S>(slots: Slots<S>): E.Either<string, Uint8Array> =>
  pipe(
    encodePlain(slots.map(inOrder)),
    E.mapLeft((problem) => `envState: ${problem}`),
  )

const isRecord = (u: unknown): u is { readonly [name: string]: unknown } =>
  typeof u === 'object' && u !== null

const isLength = (u: unknown): u is number => Number.isSafeInteger(u) && Number(u) >= 0

const readSlot = <S>(u: unknown, at: number): E.Either<string, EnvState<S>> => {
  const wrong = (got: unknown) =>
    E.left(`envState[env=${at}]: expected its key, state, return and length, got ${show(got)}`)
  if (!isRecord(u) || !('state' in u)) return wrong(u)
  const { key: k, state, return: earned, length } = u
  if (!isRecord(k) || !Array.isArray(k['words'])) return wrong(k)
  if (typeof earned !== 'number' || !isLength(length)) return wrong([earned, length])
  return pipe(
    keyOf(k['words'] as readonly number[]),
    E.bimap(
      (problem) => `envState[env=${at}]: ${problem}`,
      (found): EnvState<S> => ({ key: found, state: state as S, return: earned, length }),
    ),
  )
}

/** Left unless the environment shows of its states what was kept beside them, number by number. */
export const expectShown = <S>(
  env: EnvView<S>,
  slots: Slots<S>,
  observation: Tensor<['env', 'feature']>,
): E.Either<string, Slots<S>> => {
  const kept = data(observation)
  const features = env.observationSpace.size
  const round = (x: number) => (observation.dtype === 'f32' ? Math.fround(x) : x)
  for (const [i, { state }] of slots.entries()) {
    let seen: readonly unknown[]
    try {
      // A state from outside may show anything.
      seen = Array.from<unknown>(env.observe(state))
    } catch (error) {
      return E.left(
        `envState[env=${i}]: expected a state of ${env.name}, which threw ${showThrown(error)}`,
      )
    }
    for (let f = 0; f < features; f++) {
      const x = seen[f]
      if (typeof x !== 'number' || !Object.is(round(x), kept[i * features + f]))
        return E.left(
          `envState[env=${i}, feature=${f}]: expected a state of ${env.name} that shows ${kept[i * features + f]}, got ${shown(x)}: the environment differs from the saved one`,
        )
    }
  }
  return E.right(slots)
}

/** The states of environments of such bytes; Left where they are none. */
export const decodeSlots = <S>(bytes: Uint8Array, count: number): E.Either<string, Slots<S>> =>
  pipe(
    decodePlain(bytes),
    E.mapLeft((problem) => `run.world: ${problem}`),
    E.filterOrElse(
      (u): u is unknown[] => Array.isArray(u) && u.length === count,
      (u) => `run.world: expected a list of ${count} environment states, got ${show(u)}`,
    ),
    E.flatMap((u) =>
      E.traverseArray((x: { at: number; u: unknown }) => readSlot<S>(x.u, x.at))(
        Array.from(u, (x: unknown, at) => ({ u: x, at })),
      ),
    ),
  )
