import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { AnyOptim } from '../algo/algorithm.ts'
import { data, own, type Tensor } from '../tensor/tensor.ts'
import { read, type Named, type Stored } from './policy/policySnapshot.ts'

/** The state of a transform of gradients: its numbers, and its tensors of one number per parameter. */
interface Kind {
  readonly name: string
  readonly tensors: readonly string[]
  readonly numbers: readonly string[]
}

const KINDS: readonly Kind[] = [
  { name: 'clip', tensors: [], numbers: ['norm'] },
  { name: 'adam', tensors: ['m', 'v'], numbers: ['count', 'beta1Power', 'beta2Power'] },
  { name: 'rmsProp', tensors: ['v'], numbers: ['count'] },
]

const kindOf = (state: object): Kind | undefined =>
  KINDS.find(({ tensors, numbers }) => {
    const fields = [...tensors, ...numbers]
    return fields.length === Object.keys(state).length && fields.every((name) => name in state)
  })

type Fields = Readonly<Record<string, unknown>>

/** The parts of an optimiser's state, each with its kind and the name that its tensors begin with. */
const partsOf = (optim: AnyOptim) =>
  optim.map((state, i) => {
    const kind = kindOf(state)
    if (kind === undefined)
      throw new RangeError(
        `optim[${i}]: expected the state of one of ${KINDS.map(({ name }) => name).join(', ')}, got one of ${Object.keys(state).join(', ')}`,
      )
    const name = `optim.${kind.name}${i === 0 ? '' : i - 1}`
    return { kind, name, state: state as Fields }
  })

/** A list of numbers as a tensor. */
export const numbers = (...x: readonly number[]): Tensor<['number']> =>
  own(['number'], [x.length], Float64Array.from(x))

const numbersName = ({ tensors }: Kind, name: string): string =>
  tensors.length === 0 ? name : `${name}.numbers`

const numbersOf = ({ numbers: names }: Kind, state: Fields): Tensor<['number']> =>
  numbers(...names.map((name) => state[name] as number))

/** Whether an optimiser is a clip and one or more transforms of a kind. */
export const isOptimOf = (kind: string, optim: unknown): boolean => {
  if (!Array.isArray(optim)) return false
  const [clip, ...rest] = (optim as readonly object[]).map((state) => kindOf(state)?.name)
  return clip === 'clip' && rest.length > 0 && rest.every((name) => name === kind)
}

/** Everything that an optimiser remembers, by name. */
export const optimTensors = (optim: AnyOptim): Named => {
  const all: Array<Named[number]> = []
  for (const { kind, name, state } of partsOf(optim)) {
    for (const field of kind.tensors) all.push([`${name}.${field}`, state[field] as Tensor])
    all.push([numbersName(kind, name), numbersOf(kind, state)])
  }
  return all
}

/** Numbers of a file, as many as `like` has. */
export const readNumbers = (
  stored: Stored,
  name: string,
  like: Tensor<['number']>,
): E.Either<string, readonly number[]> =>
  pipe(
    read(stored)(name, like),
    E.map((found) => Array.from(data(found))),
  )

/** What an optimiser remembers, of the tensors of a file, where it looks like `like`. */
export const readOptim = <O extends AnyOptim>(stored: Stored, like: O): E.Either<string, O> =>
  pipe(
    partsOf(like),
    E.traverseArray(({ kind, name, state }) =>
      pipe(
        E.Do,
        E.bind('tensors', () =>
          E.traverseArray((field: string) =>
            pipe(
              read(stored)(`${name}.${field}`, state[field] as Tensor),
              E.map((tensor) => [field, tensor] as const),
            ),
          )(kind.tensors),
        ),
        E.bind('numbers', () =>
          readNumbers(stored, numbersName(kind, name), numbersOf(kind, state)),
        ),
        E.map(({ tensors, numbers }): object =>
          Object.fromEntries<unknown>([
            ...kind.numbers.map((field, i) => [field, numbers[i]] as const),
            ...tensors,
          ]),
        ),
      ),
    ),
    // Its parts are those of `like`, kind by kind.
    E.map((parts: AnyOptim) => parts as O),
  )
