import type { AnyEnvironment } from '../env/environment.ts'
import { choices, width } from '../env/space.ts'
import { andThen, waitAll, type Task } from '../engine/task.ts'
import type { Episode, AnyEnvStepper, EnvState } from '../env/wrapper/vectorise.ts'
import { foldIn, split, type Key } from '../random/key.ts'
import { addressOf, located } from '../tensor/check.ts'
import {
  allocate,
  data,
  own,
  type Floats,
  type ReadonlyNumbers,
  type Tensor,
} from '../tensor/tensor.ts'
import type { Learner } from './learner.ts'
import type { Policy } from './policy.ts'

/** Progress of an evaluation: finished episodes, and environment steps of all episodes. */
export interface Played {
  readonly ended: number
  readonly steps: number
}

/** What `playEpisodes` needs. */
export interface Play<S> {
  readonly env: AnyEnvironment<S>
  readonly lives: AnyEnvStepper<S>
  readonly policy: Policy
  readonly trained: Pick<Learner, 'params' | 'normaliser'>
  readonly key: Key
  /** number of episodes */
  readonly episodes: number
  readonly act: 'mode' | 'sample'
  /** number of episodes played at a time */
  readonly concurrency: number
  /** cut an episode after that many steps; unlimited by default */
  readonly longest?: number
}

/** An episode that is being played. */
interface Seat<S> {
  readonly place: number
  slot: EnvState<S>
}

/** Draws for one row of parameters, as row `place` of all that the key draws for. */
export const drawRow = (
  { distribution }: Policy,
  param: Tensor<[string, 'param']>,
  row: number,
  key: Key,
  place: number,
): Tensor => {
  const [, columns] = param.shape
  const one = (data(param) as Floats).slice(row * columns, (row + 1) * columns)
  return distribution.at(own([param.dims[0], 'param'], [1, columns], one)).sample(key, place)
}

/** Makes the function that computes the actions of all seats. */
const decider = <S>({ env, lives, policy, trained, key, episodes, act }: Play<S>) => {
  const look = policy.normaliseObservation(trained.normaliser)
  const features = env.observationSpace.size
  const entries = choices(env.actionSpace)
  const columns = width(env.actionSpace)
  const { observe: see, actionMask: open } = lives

  const seen = (seats: ReadonlyArray<Seat<S>>): Tensor<['env', 'feature']> => {
    const out = allocate(policy.machine.dtype, seats.length * features) as Floats
    seats.forEach(({ slot, place }, row) => see(slot.state, out, row * features, place, episodes))
    return own(['env', 'feature'], [seats.length, features], out)
  }

  const maskOf = (seats: ReadonlyArray<Seat<S>>): Tensor<['env', 'choice']> | null => {
    if (open === null) return null
    const out = new Uint8Array(seats.length * entries)
    seats.forEach(({ slot, place }, row) => open(slot.state, out, row * entries, place))
    return own(['env', 'choice'], [seats.length, entries], out)
  }

  /** The action of each seat: numbers, and where among them it begins. */
  return (seats: ReadonlyArray<Seat<S>>): ((row: number) => readonly [ReadonlyNumbers, number]) => {
    const [{ dist }] = policy.forward(trained.params, look(seen(seats)), maskOf(seats))
    if (act === 'mode') {
      const best = data(dist.mode())
      return (row) => [best, row * columns]
    }
    // A sample depends on the episode's index and length, not on the other episodes in the batch.
    return (row) => {
      const { place, slot } = seats[row]!
      return [data(drawRow(policy, dist.param, row, foldIn(key, slot.length), place)), 0]
    }
  }
}

/** Releases unfinished episodes. Errors are ignored, so that they do not hide the original one. */
const releaseAll = <S>({ release }: AnyEnvStepper<S>, seats: ReadonlyArray<Seat<S>>): void => {
  for (const { slot, place } of seats)
    try {
      release(slot.state, place)
    } catch {
      // Go on to release the others.
    }
}

/**
 * Plays `episodes` episodes, `concurrency` at a time. Episode i depends only on the key and on i.
 * Releases the states of unfinished episodes, however it ends.
 *
 * @param onStep called after every step of all current episodes, with the progress so far
 */
export function* playEpisodes<S>(
  play: Play<S>,
  onStep: (played: Played) => void = () => undefined,
): Task<readonly Episode[]> {
  const { env, lives, episodes, concurrency, longest = Infinity } = play
  const [envKey, actKey] = split(play.key, 2)
  const decide = decider({ ...play, key: actKey })
  const ended = new Map<number, Episode>()
  let seats: Array<Seat<S>> = []
  let begun = 0
  let steps = 0

  /** Starts the next episodes. Each gets its seat on its own, even if others fail to start. */
  const begin = function* (): Task<void> {
    const count = Math.min(concurrency - seats.length, episodes - begun)
    const places = Array.from({ length: count }, (_, i) => begun + i)
    begun += count
    try {
      yield* waitAll(
        places.map((place) =>
          andThen(lives.start(foldIn(envKey, place), place), (slot) => {
            seats.push({ place, slot })
          }),
        ),
      )
    } catch (error) {
      throw located(`${env.name}: start`, error, { environment: env.name, step: 0 })
    }
    seats.sort((a, b) => a.place - b.place)
  }

  const step = function* (): Task<void> {
    const actionOf = decide(seats)
    const outcomes = yield* waitAll(
      seats.map((seat, row) => {
        const [action, from] = actionOf(row)
        return andThen(lives.step(seat.slot, action, from, seat.place), ([outcome, slot]) => {
          seat.slot = slot
          return outcome
        })
      }),
    )
    steps += seats.length
    seats = seats.filter(({ place, slot }, row) => {
      const { terminated, truncated } = outcomes[row]!
      if (!terminated && !truncated && slot.length < longest) return true
      lives.release(slot.state, place)
      ended.set(place, { env: place, return: slot.return, length: slot.length })
      return false
    })
  }

  /** The length of the episode that an error is about, or else of the longest. */
  const ageOf = (error: unknown): number => {
    const { env: at } = addressOf(error)
    const seat = seats.find(({ place }) => place === at)
    return seat?.slot.length ?? Math.max(...seats.map(({ slot }) => slot.length))
  }

  try {
    while (ended.size < episodes) {
      yield* begin()
      try {
        yield* step()
      } catch (error) {
        const age = ageOf(error)
        throw located(`${env.name}: step ${age}`, error, { environment: env.name, step: age })
      }
      onStep({ ended: ended.size, steps })
    }
    return Array.from({ length: episodes }, (_, place) => ended.get(place)!)
  } finally {
    releaseAll(lives, seats)
  }
}
