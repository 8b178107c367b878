import { isComputable, type Joining } from './joining.ts'
import type { FillValue, Operand, Sizes, Value } from './value.ts'

/** How the text of a kernel says which number of a fill it computes. */
export interface Place {
  readonly sizes: Sizes
  readonly row: string
  readonly col: string
  readonly i: string
}

/** Statements, and the expression that they lead to. */
export interface Text {
  readonly code: string
  readonly value: string
}

/** What the texts of one kernel share. */
export interface Scope {
  /** The name by which the kernel reads a value, or the live numbers. */
  readonly nameOf: (value: Value | 'live') => string
  /** The name of a new argument, which holds where an operation's live numbers start. */
  readonly startOf: (at: number) => string
  /** Functions that the text calls. */
  readonly declare: (functions: string) => void
  /** A number that no other fill of the kernel has, to tell their names apart. */
  readonly next: () => number
}

const word = (name: string): RegExp => new RegExp(`\\b${name}\\b`, 'g')

const renamed = ({ code, value }: Text, name: string, to: string): Text => ({
  code: code.replaceAll(word(name), to),
  value: value.replaceAll(word(name), to),
})

/** An index from `at` on. gpu.js takes the sum of two literals for a float, so those are added here. */
export const plus = (at: number, index: string): string => {
  if (/^\d+$/.test(index)) return String(at + Number(index))
  return at === 0 ? index : `${at} + ${index}`
}

/** The number of an operand at the computed place. */
const numberAt = (array: string, { value, at }: Operand, place: Place): string => {
  const { sizes, row, col, i } = place
  if (value.sizes.length === 2) return `${array}[${row}][${col}]`
  return `${array}[${plus(at, sizes.length === 1 ? i : `${row} * ${sizes[1]} + ${col}`)}]`
}

/** `x(i)` and `x(row, col)` as gpu.js reads an array. Indices have no parentheses. */
const indexed = (text: Text, array: string, { name, value, at, columns }: Operand): Text => {
  const isMatrix = value.sizes.length === 2
  const ofRow = (_: string, i: string): string =>
    isMatrix ? `${array}[${i}][0]` : `${array}[${plus(at, i)}]`
  const ofTable = (_: string, row: string, col: string): string =>
    isMatrix
      ? `${array}[${row}][${col}]`
      : `${array}[${plus(at, `(${row}) * ${columns} + ${col}`)}]`
  const read = (part: string): string =>
    columns === null
      ? part.replaceAll(new RegExp(`\\b${name}\\(([^()]*)\\)`, 'g'), ofRow)
      : part.replaceAll(new RegExp(`\\b${name}\\(([^(),]*), ([^()]*)\\)`, 'g'), ofTable)
  return { code: read(text.code), value: read(text.value) }
}

/** Reads an operation's live numbers into constants. */
const withLive = (text: Text, { live }: FillValue, k: number, scope: Scope): Text => {
  if (live === null) return text
  const used = live.names.filter((name) => word(name).test(`${text.code} ${text.value}`))
  if (used.length === 0) return text
  const [array, start] = [scope.nameOf('live'), scope.startOf(live.at)]
  const constants = used.map(
    (name) => `const ${name}${k} = ${array}[${start} + ${live.names.indexOf(name)}];`,
  )
  const { code, value } = used.reduce((text, name) => renamed(text, name, `${name}${k}`), text)
  return { code: [...constants, code].join('\n  '), value }
}

/** The text of a fill at a place, and of the fills that are joined to it. */
export const fillText = (
  fillValue: FillValue,
  place: Place,
  isJoined: Joining['isJoined'],
  scope: Scope,
): Text => {
  const { fill, operands } = fillValue
  const k = scope.next()
  if (fill.functions !== undefined) scope.declare(fill.functions)
  let text: Text = { code: fill.code ?? '', value: fill.value }
  // The fill's own variables come first: what is put in below may have variables of those names.
  const variables = [...text.code.matchAll(/\b(?:let|const) (\w+)/g)].map(([, name]) => name!)
  for (const name of new Set(variables)) text = renamed(text, name, `${name}${k}`)
  for (const [name, n] of Object.entries(fill.sizes ?? {})) text = renamed(text, name, String(n))
  text = withLive(text, fillValue, k, scope)
  const before: string[] = []
  for (const operand of operands.filter(({ isEach }) => isEach)) {
    const { name, value } = operand
    const { code, value: found } =
      value.kind === 'fill' && isJoined(value) && isComputable(operand, place.sizes)
        ? fillText(value, place, isJoined, scope)
        : { code: '', value: numberAt(scope.nameOf(value), operand, place) }
    before.push(code, `const ${name}${k} = ${found};`)
    text = renamed(text, name, `${name}${k}`)
  }
  for (const operand of operands.filter(({ isEach }) => !isEach))
    text = indexed(text, scope.nameOf(operand.value), operand)
  for (const name of ['row', 'col', 'i'] as const) text = renamed(text, name, place[name])
  return {
    code: [...before, text.code].filter((line) => line !== '').join('\n  '),
    value: text.value,
  }
}
