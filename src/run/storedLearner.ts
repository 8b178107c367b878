import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AnyOptim, AnyState } from '../algo/algorithm.ts'
import type { Learner, AdaptiveState } from '../algo/learner.ts'
import type { Key } from '../random/key.ts'
import { shown } from '../tensor/shown.ts'
import { numbers, optimTensors, readNumbers, readOptim } from './optimState.ts'
import {
  readTrained,
  trainedTensors,
  wrongNumber,
  type Named,
  type Stored,
} from './policy/policySnapshot.ts'

const tunedNumbers = ({ learningRate, beta }: AdaptiveState) => numbers(learningRate, beta)

const keyNumbers = ({ words }: Key) => numbers(...words)

/** What a run carries on beside what acts: its key, the optimiser's memory, what tuned itself. */
export const learnerTensors = ({ key, learner: { optim, adaptive } }: AnyState<unknown>): Named => [
  ['run.key', keyNumbers(key)],
  ...optimTensors(optim),
  ...(adaptive === null ? [] : [['run.tuned', tunedNumbers(adaptive)] as const]),
]

const isNumber = (x: number): boolean => !Number.isNaN(x)

/**
 * Left with the first number with which a run cannot continue: what acts must be finite, and nothing that
 * learns may be NaN.
 */
export const expectNumbers = (state: AnyState<unknown>): E.Either<string, void> => {
  const wrong =
    wrongNumber(trainedTensors(state.learner)) ?? wrongNumber(learnerTensors(state), isNumber)
  return wrong === null ? E.right(undefined) : E.left(wrong)
}

const isWord = (x: number): boolean => Number.isInteger(x) && x >= 0 && x < 0x1_0000_0000

/** A key's two words, or Left. */
export const keyOf = (words: readonly number[]): E.Either<string, Key> =>
  words.length === 2 && words.every(isWord)
    ? E.right({ words: [words[0]!, words[1]!] })
    : E.left(`key: expected two words of 32 bits, got ${shown(words)}`)

const readAdaptive = (
  stored: Stored,
  like: AdaptiveState | null,
): E.Either<string, AdaptiveState | null> =>
  like === null
    ? E.right(null)
    : pipe(
        readNumbers(stored, 'run.tuned', tunedNumbers(like)),
        E.map(([learningRate, beta]) => ({ learningRate: learningRate!, beta: beta! })),
      )

/** What learns, of the tensors of a file, where it looks like `like`. */
export const readLearner = <O extends AnyOptim>(
  stored: Stored,
  like: Learner<O>,
): E.Either<string, Learner<O>> =>
  pipe(
    readTrained(like)(stored),
    E.bind('optim', () => readOptim(stored, like.optim)),
    E.bind('adaptive', () => readAdaptive(stored, like.adaptive)),
    E.map(({ params, optim, adaptive, normaliser }) => ({ params, optim, adaptive, normaliser })),
  )

/** The key with which a run continues. */
export const readKey = (stored: Stored, like: Key): E.Either<string, Key> =>
  pipe(readNumbers(stored, 'run.key', keyNumbers(like)), E.flatMap(keyOf))
