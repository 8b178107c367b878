import { within } from '../../tensor/check.ts'
import { show } from '../show.ts'
import { box, discrete, multiBinary, multiDiscrete, product, tuple, type Space } from '../space.ts'

type Fields = {
  readonly [K in 'kind' | 'n' | 'start' | 'size' | 'sizes' | 'low' | 'high' | 'spaces']?: unknown
}

const refuse = (argument: string, expected: string, got: unknown): never => {
  throw new RangeError(`${argument}: expected ${expected}, got ${show(got)}`)
}

const numbers = (argument: string, value: unknown): readonly number[] => {
  if (!Array.isArray(value)) return refuse(argument, 'an array of numbers', value)
  for (let j = 0; j < value.length; j++)
    if (typeof value[j] !== 'number') refuse(`${argument}[${j}]`, 'a number', value[j])
  return value as readonly number[]
}

const readBox = ({ size, low, high }: Fields): void => {
  const read = box(size as number, numbers('low', low), numbers('high', high))
  for (let j = 0; j < read.size; j++)
    if (read.low[j] === Infinity || read.high[j] === -Infinity)
      throw new RangeError(
        `low[${j}]: expected a finite number between it and high[${j}] = ${read.high[j]}, got ${read.low[j]}`,
      )
}

const readMultiDiscrete = ({ sizes, start }: Fields): void => {
  const all = numbers('sizes', sizes)
  if (start === undefined) multiDiscrete(all)
  else multiDiscrete(all, numbers('start', start))
}

const readProduct = ({ spaces }: Fields): void => {
  if (typeof spaces !== 'object' || spaces === null) return refuse('spaces', 'an object', spaces)
  product(spaces as { readonly [name: string]: Space })
  for (const [name, part] of Object.entries(spaces)) within(name, () => read(part))
}

const readTuple = ({ spaces }: Fields): void => {
  if (!Array.isArray(spaces)) return refuse('spaces', 'an array of spaces', spaces)
  tuple(spaces as readonly Space[])
  spaces.forEach((part, i) => within(`entry ${i}`, () => read(part)))
}

const read = (space: unknown): void => {
  if (typeof space !== 'object' || space === null)
    throw new RangeError(`expected a space, got ${show(space)}`)
  const fields: Fields = space
  if (fields.kind === 'discrete') discrete(fields.n as number, (fields.start ?? 0) as number)
  else if (fields.kind === 'box') readBox(fields)
  else if (fields.kind === 'multiDiscrete') readMultiDiscrete(fields)
  else if (fields.kind === 'multiBinary') multiBinary(fields.n as number)
  else if (fields.kind === 'product') readProduct(fields)
  else if (fields.kind === 'tuple') readTuple(fields)
  else
    refuse('kind', 'one of discrete, box, multiDiscrete, multiBinary, product, tuple', fields.kind)
}

/** Why a value is not a space that the functions of `space.ts` would make; null if it is one. */
export const spaceProblem = (space: unknown): string | null => {
  try {
    read(space)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : show(error)
  }
}
