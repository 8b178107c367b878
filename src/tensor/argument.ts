const refusal = (argument: string, expected: string, got: number | string): RangeError =>
  new RangeError(`${argument}: expected ${expected}, got ${got}`)

/** Returns x if it is a number and not NaN, and throws otherwise: `kl: expected a number, got NaN`. */
export const expectNumber = (argument: string, x: number): number => {
  if (Number.isNaN(x)) throw refusal(argument, 'a number', x)
  return x
}

/** Returns x if it is a number > least, and throws otherwise. */
export const expectAbove = (argument: string, x: number, least: number): number => {
  if (!(x > least)) throw refusal(argument, `a number > ${least}`, x)
  return x
}

/** Returns x if it is a number >= least, and throws otherwise. */
export const expectAtLeast = (argument: string, x: number, least: number): number => {
  if (!(x >= least)) throw refusal(argument, `a number >= ${least}`, x)
  return x
}

/** Returns x if it is a whole number >= 1, and throws otherwise. */
export const expectCount = (argument: string, n: number): number => {
  if (!(Number.isInteger(n) && n >= 1)) throw refusal(argument, 'a whole number >= 1', n)
  return n
}

/** Returns x if it is one of the allowed values, and throws otherwise; the error lists them. */
export const expectOneOf = <T extends number | string>(
  argument: string,
  value: T,
  allowed: readonly T[],
): T => {
  if (!allowed.includes(value)) throw refusal(argument, `one of ${allowed.join(', ')}`, value)
  return value
}
