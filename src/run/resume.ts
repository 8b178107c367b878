import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { algorithms, type AnyOptim, type AnyParts, type AnyState } from '../algo/algorithm.ts'
import type { LearnerParts, TrainState } from '../algo/learner.ts'
import type { EnvView } from '../env/environment.ts'
import type { VecEnvState } from '../env/wrapper/vectorise.ts'
import { key } from '../random/key.ts'
import { excerpt } from '../tensor/printable.ts'
import type { StoredCheckpoint } from './checkpoint.ts'
import { decodeSlots, expectShown } from './storedSlots.ts'
import { expectNumbers, learnerTensors, readKey, readLearner } from './storedLearner.ts'
import { read, trainedTensors, type Stored } from './policy/policySnapshot.ts'

const readEnvState = <S>(
  stored: Stored,
  env: EnvView<S>,
  like: VecEnvState<S>,
): E.Either<string, VecEnvState<S>> => {
  const bytes = stored.get('run.world')?.data
  if (!(bytes instanceof Uint8Array)) return E.left('run.world: expected bytes, got none')
  return pipe(
    decodeSlots<S>(bytes, like.slots.length),
    E.bindTo('slots'),
    E.bind('observation', () => read(stored)('run.observation', like.observation)),
    E.tap(({ slots, observation }) => expectShown(env, slots, observation)),
  )
}

const OF_RUN = ['run.world', 'run.observation', 'run.config', 'run.chain', 'run.link', 'sha256']

/** Left where a checkpoint keeps what a state like that has not. */
const expectNoMore = (stored: Stored, like: AnyState<unknown>): E.Either<string, void> => {
  const known = new Set([
    ...[...trainedTensors(like.learner), ...learnerTensors(like)].map(([name]) => name),
    ...OF_RUN,
  ])
  const more = [...stored.keys()].find((name) => !known.has(name))
  return more === undefined
    ? E.right(undefined)
    : E.left(`${excerpt(more)}: expected nothing with that name: the config differs`)
}

/**
 * Restores the state of a checkpoint. A run that continues from it equals, to the bit, one that was
 * never interrupted. The config may differ from that of the checkpoint if its state has the same
 * parts.
 *
 * @param like any state of such a run, as `ppo.init` gives
 * @returns Left with the first part that is not like it, a number that is not finite, or an environment's state whose observation differs from the saved one
 */
export const stateLike =
  <S, O extends AnyOptim>(env: EnvView<S>, like: TrainState<S, O>) =>
  ({
    tensors,
    update,
  }: Pick<StoredCheckpoint, 'tensors' | 'update'>): E.Either<string, TrainState<S, O>> =>
    pipe(
      E.Do,
      E.bind('learner', () => readLearner(tensors, like.learner)),
      E.bind('key', () => readKey(tensors, like.key)),
      E.bind('envState', () => readEnvState(tensors, env, like.envState)),
      E.tap(() => expectNoMore(tensors, like)),
      E.map(({ learner, key: k, envState }) => ({ update, key: k, envState, learner })),
      E.tap((state) => expectNumbers(state)),
    )

/**
 * Restores the state of a checkpoint, to continue from with these parts: see `stateLike`.
 *
 * @returns Left also if the checkpoint belongs to another algorithm
 */
export const resume =
  <S, O extends AnyOptim = AnyOptim>(
    parts: AnyParts<S> & Partial<Pick<LearnerParts<O>, 'optimizer'>>,
  ) =>
  (stored: StoredCheckpoint): E.Either<string, TrainState<S, O>> => {
    const algorithm = algorithms[stored.algorithm]
    return E.isRight(algorithm.decode(parts.config))
      ? // Its optimiser is that of the parts.
        stateLike(parts.env.env, algorithm.init(parts, key(0)) as TrainState<S, O>)(stored)
      : E.left(`expected a checkpoint of the parts' algorithm, got one of ${stored.algorithm}`)
  }
