import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Learner, OptimState, TrainState, Tuned } from '../algo/learner.ts'
import { shown } from '../tensor/shown.ts'
import type { AdamState } from '../optim/adam.ts'
import type { ClipState } from '../optim/clipByGlobalNorm.ts'
import type { Key } from '../random/key.ts'
import { data, own, type Tensor } from '../tensor/tensor.ts'
import {
  read,
  readTrained,
  trainedTensors,
  wrongNumber,
  type Named,
  type Stored,
} from './policy/trained.ts'

const numbers = (...x: readonly number[]): Tensor<['number']> =>
  own(['number'], [x.length], Float64Array.from(x))

const clipNumbers = ({ norm }: ClipState) => numbers(norm)

const adamNumbers = ({ count, beta1Power, beta2Power }: AdamState) =>
  numbers(count, beta1Power, beta2Power)

const tunedNumbers = ({ learningRate, beta }: Tuned) => numbers(learningRate, beta)

const keyNumbers = ({ words }: Key) => numbers(...words)

/** What a run carries on beside what acts: its key, the optimiser's memory, what tuned itself. */
export const learnerTensors = ({
  key,
  learner: {
    optim: [clip, ...adams],
    tuned,
  },
}: TrainState<unknown>): Named => [
  ['run.key', keyNumbers(key)],
  ['optim.clip', clipNumbers(clip)],
  ...adams.flatMap((adam, i): Named => [
    [`optim.adam${i}.numbers`, adamNumbers(adam)],
    [`optim.adam${i}.m`, adam.m],
    [`optim.adam${i}.v`, adam.v],
  ]),
  ...(tuned === null ? [] : [['run.tuned', tunedNumbers(tuned)] as const]),
]

const isNumber = (x: number): boolean => !Number.isNaN(x)

/**
 * Left with the first number that a run cannot go on with: what acts has to be finite, and nothing
 * that learns NaN.
 */
export const expectNumbers = (state: TrainState<unknown>): E.Either<string, void> => {
  const wrong =
    wrongNumber(trainedTensors(state.learner)) ?? wrongNumber(learnerTensors(state), isNumber)
  return wrong === null ? E.right(undefined) : E.left(wrong)
}

const readNumbers = (stored: Stored, name: string, like: Tensor<['number']>) =>
  pipe(
    read(stored)(name, like),
    E.map((t) => Array.from(data(t))),
  )

const isWord = (x: number): boolean => Number.isInteger(x) && x >= 0 && x < 0x1_0000_0000

/** A key's two words, or Left. */
export const keyOf = (words: readonly number[]): E.Either<string, Key> =>
  words.length === 2 && words.every(isWord)
    ? E.right({ words: [words[0]!, words[1]!] })
    : E.left(`key: expected two words of 32 bits, got ${shown(words)}`)

const readAdam = (stored: Stored, like: AdamState, i: number): E.Either<string, AdamState> =>
  pipe(
    E.Do,
    E.bind('numbers', () => readNumbers(stored, `optim.adam${i}.numbers`, adamNumbers(like))),
    E.bind('m', () => read(stored)(`optim.adam${i}.m`, like.m)),
    E.bind('v', () => read(stored)(`optim.adam${i}.v`, like.v)),
    E.map(({ numbers: [count, beta1Power, beta2Power], m, v }) => ({
      count: count!,
      beta1Power: beta1Power!,
      beta2Power: beta2Power!,
      m,
      v,
    })),
  )

const readOptim = (stored: Stored, [clip, ...adams]: OptimState): E.Either<string, OptimState> => {
  const norm = readNumbers(stored, 'optim.clip', clipNumbers(clip))
  if (E.isLeft(norm)) return norm
  const found: AdamState[] = []
  for (const [i, like] of adams.entries()) {
    const adam = readAdam(stored, like, i)
    if (E.isLeft(adam)) return adam
    found.push(adam.right)
  }
  const [first, ...rest] = found
  return E.right([{ norm: norm.right[0]! }, first!, ...rest])
}

const readTuned = (stored: Stored, like: Tuned | null): E.Either<string, Tuned | null> =>
  like === null
    ? E.right(null)
    : pipe(
        readNumbers(stored, 'run.tuned', tunedNumbers(like)),
        E.map(([learningRate, beta]) => ({ learningRate: learningRate!, beta: beta! })),
      )

/** What learns, of the tensors of a file, where it looks like `like`. */
export const readLearner = (stored: Stored, like: Learner): E.Either<string, Learner> =>
  pipe(
    readTrained(like)(stored),
    E.bind('optim', () => readOptim(stored, like.optim)),
    E.bind('tuned', () => readTuned(stored, like.tuned)),
    E.map(({ params, optim, tuned, normaliser }) => ({ params, optim, tuned, normaliser })),
  )

/** The key that a run goes on with. */
export const readKey = (stored: Stored, like: Key): E.Either<string, Key> =>
  pipe(readNumbers(stored, 'run.key', keyNumbers(like)), E.flatMap(keyOf))
