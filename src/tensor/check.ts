import { noTensor } from './noTensor.ts'
import { data, describe, expectTensor, isTensor, type Shape, type Tensor } from './tensor.ts'

/**
 * Returns the tensor if its dimensions have those names and sizes, and throws otherwise: `reward: expected
 * [time=128, env=4], got [env=4, time=128]`. Types check the names at compile time; this is for plain
 * JavaScript, and for sizes, which types do not know.
 */
export const expectShape = <D extends string[]>(
  argument: string,
  t: Tensor,
  dims: Readonly<D>,
  shape: Shape<D>,
): Tensor<D> => {
  const sizes: readonly number[] = shape
  if (!isTensor(t)) throw noTensor(argument, ` ${describe(dims, sizes)}`, t)
  const same =
    t.dims.length === dims.length &&
    dims.every((name, i) => t.dims[i] === name && t.shape[i] === sizes[i])
  if (!same)
    throw new RangeError(
      `${argument}: expected ${describe(dims, sizes)}, got ${describe(t.dims, t.shape)}`,
    )
  return t as Tensor<D>
}

/**
 * Returns the tensor if its dimensions have those names, and throws otherwise: `logProb: expected [sample],
 * got [time=128, env=4]`.
 */
export const expectDims = <D extends string[]>(
  argument: string,
  t: Tensor,
  dims: Readonly<D>,
): Tensor<D> => {
  if (!isTensor(t)) throw noTensor(argument, ` [${dims.join(', ')}]`, t)
  if (t.dims.length !== dims.length || dims.some((name, i) => t.dims[i] !== name))
    throw new RangeError(
      `${argument}: expected [${dims.join(', ')}], got ${describe(t.dims, t.shape)}`,
    )
  return t as Tensor<D>
}

/** Throws unless every argument is a tensor with the dimensions of the first. */
export const expectAlike = (tensors: { readonly [argument: string]: Tensor }): void => {
  const [[name, first], ...others] = Object.entries(tensors) as [[string, Tensor]]
  expectTensor(name, first)
  for (const [argument, t] of others as Array<[string, Tensor]>)
    expectShape(argument, t, first.dims, first.shape)
}

/** Where something went wrong, as data: `{ update: 12, environment: 'cartpole', step: 3, env: 0, field: 'reward' }`. */
export type Address = Readonly<Record<string, number | string>>

/** An error with its address beside the message, where printing it does not repeat it. */
export const errorAt = (address: Address, message: string, cause?: unknown): RangeError =>
  Object.defineProperty(new RangeError(message, cause === undefined ? {} : { cause }), 'address', {
    value: address,
  })

const isPart = (x: unknown): x is number | string => typeof x === 'number' || typeof x === 'string'

/**
 * What is known of where an error happened; nothing for errors that were not made here. Never
 * throws, whatever it is handed.
 */
export const addressOf = (error: unknown): Address => {
  try {
    if (!(error instanceof RangeError && 'address' in error)) return {}
    const { address } = error
    if (typeof address !== 'object' || address === null) return {}
    const parts = Object.entries(address as Readonly<Record<string, unknown>>)
    return Object.fromEntries(parts.flatMap(([name, x]) => (isPart(x) ? [[name, x]] : [])))
  } catch {
    return {}
  }
}

/** `observation[env=3, feature=0]: expected a finite number, got NaN`, for element `at`. */
export const notFinite = (
  argument: string,
  dims: readonly string[],
  sizes: readonly number[],
  at: number,
  got: number,
): RangeError => {
  const place: Array<readonly [string, number]> = []
  let rest = at
  for (let d = sizes.length - 1; d >= 0; d--) {
    place.unshift([dims[d]!, rest % sizes[d]!])
    rest = Math.floor(rest / sizes[d]!)
  }
  const written = place.map(([dim, index]) => `${dim}=${index}`).join(', ')
  return errorAt(
    { field: argument, ...Object.fromEntries(place) },
    `${argument}[${written}]: expected a finite number, got ${got}`,
  )
}

/** Throws unless every number is finite, and says where the first other one is. */
export const expectFinite = (argument: string, t: Tensor): void => {
  const x = data(t)
  for (let i = 0; i < x.length; i++)
    if (!Number.isFinite(x[i]!)) throw notFinite(argument, t.dims, t.shape, i, x[i]!)
}

/**
 * A RangeError with its place in front: `update 12: step 3: reward[env=0]: expected …`. Any other
 * error, and one that cannot be read, stays as it is.
 */
export const located = (place: string, error: unknown, address: Address = {}): unknown => {
  try {
    return error instanceof RangeError
      ? errorAt({ ...address, ...addressOf(error) }, `${place}: ${error.message}`, error)
      : error
  } catch {
    return error
  }
}

/** f(), whose errors are `located`. */
export const within = <T>(place: string, f: () => T, address: Address = {}): T => {
  try {
    return f()
  } catch (error) {
    throw located(place, error, address)
  }
}
