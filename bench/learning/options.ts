/** @throws RangeError unless the text of the option is a whole number that is large enough */
export const wholeNumber = (name: string, text: string, from: number): number => {
  const n = Number(text)
  if (!(Number.isInteger(n) && n >= from))
    throw new RangeError(`--${name}: expected a whole number >= ${from}, got ${text}`)
  return n
}
