import type { Environment } from '../env/environment.ts'
import { choices, width } from '../env/space.ts'
import { life, type Episode, type Slot } from '../env/wrapper/vectorise.ts'
import { foldIn, split, type Key } from '../random/key.ts'
import { expectOneOf } from '../tensor/argument.ts'
import { located, within } from '../tensor/check.ts'
import { allocate, data, own, type Floats, type Tensor } from '../tensor/tensor.ts'
import type { Learner } from './learner.ts'
import type { Policy } from './policy.ts'

export interface EvaluateOptions {
  readonly key: Key
  /** a whole number */
  readonly episodes: number
  readonly act: 'mode' | 'sample'
}

export const expectOptions = ({ episodes, act }: EvaluateOptions): void => {
  if (!(Number.isInteger(episodes) && episodes >= 0))
    throw new RangeError(`episodes: expected a whole number >= 0, got ${episodes}`)
  expectOneOf('act', act, ['mode', 'sample'])
}

/** How far an evaluation is: the episodes that have ended, and the steps of all. */
export interface Played {
  readonly ended: number
  readonly steps: number
}

/** The rows of [B, param] at those places of `count` rows; all others are 0. */
export const inPlace = (
  rows: Tensor<[string, 'param']>,
  places: readonly number[],
  count: number,
): Tensor<[string, 'param']> => {
  const [, columns] = rows.shape
  const from = data(rows)
  const out = allocate(rows.dtype, count * columns)
  places.forEach((place, row) => {
    for (let j = 0; j < columns; j++) out[place * columns + j] = from[row * columns + j]!
  })
  return own([rows.dims[0], 'param'], [count, columns], out)
}

/**
 * `evaluate` step by step: after each step of all worlds that still play it says how far it is, and
 * at the end it returns the episodes.
 */
export function* evaluation<S>(
  env: Environment<S>,
  policy: Policy,
  { params, normaliser }: Pick<Learner, 'params' | 'normaliser'>,
  options: EvaluateOptions,
): Generator<Played, readonly Episode[], void> {
  expectOptions(options)
  const { key, episodes, act } = options
  const [worldKey, actKey] = split(key, 2)
  const { start, step, see, open } = life(env, policy.bound)
  const look = policy.look(normaliser)
  const features = env.observationSpace.size
  const entries = choices(env.actionSpace)
  const columns = width(env.actionSpace)
  const ended = new Map<number, Episode>()
  let steps = 0
  let places = Array.from({ length: episodes }, (_, place) => place)
  const slots = within(
    `${env.name}: start`,
    () => places.map((place): Slot<S> => start(foldIn(worldKey, place), place)),
    { world: env.name, step: 0 },
  )

  const seen = (): Tensor<['env', 'feature']> => {
    const out = allocate(policy.kernels.dtype, places.length * features) as Floats
    places.forEach((place, row) => see(slots[place]!.state, out, row * features, place, episodes))
    return own(['env', 'feature'], [places.length, features], out)
  }

  const openChoices = (): Tensor<['env', 'choice']> | null => {
    if (open === null) return null
    const out = new Uint8Array(places.length * entries)
    places.forEach((place, row) => open(slots[place]!.state, out, row * entries, place))
    return own(['env', 'choice'], [places.length, entries], out)
  }

  const goesOn = (place: number, action: ReturnType<typeof data>, from: number): boolean => {
    const [{ terminated, truncated }, next] = step(slots[place]!, action, from, place)
    slots[place] = next
    if (!terminated && !truncated) return true
    ended.set(place, { env: place, return: next.return, length: next.length })
    return false
  }

  for (let t = 0; places.length > 0; t++) {
    try {
      const [{ dist }] = policy.forward(params, look(seen()), openChoices())
      // What is drawn for a row depends on its place, so those that have ended keep theirs.
      const action = data(
        act === 'mode'
          ? policy.mode(dist)
          : policy.sample(foldIn(actKey, t), inPlace(dist, places, episodes)),
      )
      steps += places.length
      places = places.filter((place, row) =>
        goesOn(place, action, (act === 'mode' ? row : place) * columns),
      )
    } catch (error) {
      throw located(`${env.name}: step ${t}`, error, { world: env.name, step: t })
    }
    yield { ended: ended.size, steps }
  }
  return slots.map((_, place) => ended.get(place)!)
}

/**
 * The first episode of each of `episodes` worlds, so that short episodes count no more than long
 * ones. The mode of the policy acts, or a sample of it, on what it sees by the statistics that it
 * was trained with, which stay as they are. Returns when every world has ended an episode: a world
 * without an end of its own wants a time limit.
 *
 * Episode i follows from the key and from i alone, however many others there are and whenever they
 * end.
 *
 * @param trained a learner, or what of it acts
 * @throws RangeError for options that are none, and, with its address, where the world breaks its word
 */
export const evaluate = <S>(
  env: Environment<S>,
  policy: Policy,
  trained: Pick<Learner, 'params' | 'normaliser'>,
  options: EvaluateOptions,
): readonly Episode[] => {
  const playing = evaluation(env, policy, trained, options)
  for (;;) {
    const { done, value } = playing.next()
    if (done === true) return value
  }
}
